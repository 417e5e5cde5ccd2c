import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { type DeviceId, type EncryptionKey, brandHex } from '../../core/base/brands.js';
import { bytesToHex, compareBytes, hexToBytes, sha256 } from '../../core/base/hash.js';
import { err, ok } from '../../core/base/result.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Verifier } from '../../ports/verifier.js';
import { createQuickHash } from '../quick-hash.js';

/**
 * Keys whose signatures and envelopes are hashes: as fast as a simulation needs them.
 *
 * The public keys are real ones, since enrolling checks them. Anyone who knows this file can forge;
 * nobody in a simulation does, but where a fault says so.
 */
export const createFakeKeys = (name: string): DeviceKeys => {
  const { device, encryptionKey } = publicKeysOf(name);
  return {
    signer: {
      device,
      storage: 'soft',
      sign: async (message) => fakeSignature(device, message),
    },
    sealer: {
      encryptionKey,
      seal: async (recipient, plaintext, context) =>
        sealed(recipient, plaintext, tagOf(recipient, context)),
      open: async (envelope, context) => {
        const own = hexToBytes(encryptionKey);
        const isMine = compareBytes(envelope.subarray(0, 32), own) === 0;
        const tag = tagOf(encryptionKey, context);
        if (!isMine || compareBytes(envelope.subarray(32, 48), tag) !== 0) {
          return err({ kind: 'unopenable' });
        }
        return ok(envelope.slice(48));
      },
      pairSecret: async (other) =>
        sha256(new TextEncoder().encode([encryptionKey, other].sort().join('+'))),
    },
  };
};

/** Believes what createFakeKeys signed. */
export const createFakeVerifier = (): Verifier => ({
  verify: async (checks) =>
    checks.map(
      ({ key, message, signature }) => compareBytes(fakeSignature(key, message), signature) === 0,
    ),
});

const fakeSignature = (device: DeviceId, message: Uint8Array): Uint8Array => {
  const hash = createQuickHash();
  hash.addText(device);
  hash.addBytes(message);
  const out = new Uint8Array(64);
  out.set(hash.digest());
  hash.addNumber(1);
  out.set(hash.digest(), 32);
  return out;
};

const tagOf = (recipient: EncryptionKey, context: Uint8Array): Uint8Array => {
  const hash = createQuickHash();
  hash.addText(recipient);
  hash.addBytes(context);
  return hash.digest();
};

const sealed = (recipient: EncryptionKey, plaintext: Uint8Array, tag: Uint8Array): Uint8Array => {
  const out = new Uint8Array(48 + plaintext.length);
  out.set(hexToBytes(recipient));
  out.set(tag, 32);
  out.set(plaintext, 48);
  return out;
};

const publicKeys = new Map<string, { device: DeviceId; encryptionKey: EncryptionKey }>();

/** Worked out once for each name: points take a millisecond. */
const publicKeysOf = (name: string): { device: DeviceId; encryptionKey: EncryptionKey } => {
  const held = publicKeys.get(name);
  if (held !== undefined) return held;
  const secret = sha256(new TextEncoder().encode(`simulated/${name}`));
  const made = {
    device: brandHex<DeviceId>(bytesToHex(ed25519.getPublicKey(secret))),
    encryptionKey: brandHex<EncryptionKey>(bytesToHex(x25519.getPublicKey(secret))),
  };
  publicKeys.set(name, made);
  return made;
};
