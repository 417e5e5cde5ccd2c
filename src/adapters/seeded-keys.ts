import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { brandHex } from '../core/base/brands.js';
import type { DeviceId } from '../core/base/brands.js';
import { bytesToHex } from '../core/base/hash.js';
import { assert } from '../core/base/result.js';
import type { DeviceKeys, KeyStorage } from '../ports/keys.js';
import type { Randomness } from '../ports/randomness.js';
import { createSealer } from './sealing.js';
import type { Agreement, AesGcm } from './sealing.js';

/** The two secrets of a device, 32 bytes each. */
export interface DeviceSecrets {
  /** Ed25519 seed. */
  readonly signing: Uint8Array;
  /** X25519 secret key. */
  readonly agreement: Uint8Array;
}

/**
 * Derives both secrets from one seed of 32 bytes, such as a recovery key on paper holds.
 *
 * HKDF-SHA256 without salt, info 'upkeep/seed/1/signing' and 'upkeep/seed/1/agreement'.
 * Errors: throws on a seed of another length.
 */
export const secretsOfSeed = (seed: Uint8Array): DeviceSecrets => {
  assert(seed.length === 32, 'a seed has 32 bytes');
  const derived = (name: string): Uint8Array =>
    hkdf(sha256, seed, undefined, utf8ToBytes(`upkeep/seed/1/${name}`), 32);
  return { signing: derived('signing'), agreement: derived('agreement') };
};

/** What keys in memory need besides their secrets. */
export interface SeededParts {
  readonly storage: KeyStorage;
  /** Draws the ephemeral keys and nonces of envelopes. */
  readonly randomness: Randomness;
  readonly aes: AesGcm;
}

/**
 * Keys whose secrets lie in memory: signed and agreed with in JavaScript.
 *
 * Signatures are RFC 8032's deterministic ones. For recovery keys, for tests, and for browsers that
 * cannot keep keys of their own.
 */
export const createSeededKeys = (secrets: DeviceSecrets, parts: SeededParts): DeviceKeys => ({
  signer: {
    device: brandHex<DeviceId>(bytesToHex(ed25519.getPublicKey(secrets.signing))),
    storage: parts.storage,
    sign: async (message) => ed25519.sign(message, secrets.signing),
  },
  sealer: createSealer({
    own: agreementOf(secrets.agreement),
    ephemeral: async () => agreementOf(parts.randomness.bytes(32)),
    randomness: parts.randomness,
    aes: parts.aes,
  }),
});

const agreementOf = (secret: Uint8Array): Agreement => ({
  publicKey: x25519.getPublicKey(secret),
  agree: async (other) => x25519.getSharedSecret(secret, other),
});
