import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { brandHex } from '../core/base/brands.js';
import type { EncryptionKey } from '../core/base/brands.js';
import { encodeCanonical } from '../core/base/canonical.js';
import { DOMAINS } from '../core/base/domains.js';
import { bytesToHex, compareBytes, hexToBytes } from '../core/base/hash.js';
import { assert, err, ok } from '../core/base/result.js';
import type { Sealer } from '../ports/keys.js';
import type { Randomness } from '../ports/randomness.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = KEY_BYTES + NONCE_BYTES;
const PLAINTEXT_BYTES_MAX = 1024;

/** AES-256-GCM; `decrypt` answers null when key, nonce, ciphertext or context do not fit. */
export interface AesGcm {
  readonly encrypt: (
    key: Uint8Array,
    nonce: Uint8Array,
    plaintext: Uint8Array,
    associated: Uint8Array,
  ) => Promise<Uint8Array>;
  readonly decrypt: (
    key: Uint8Array,
    nonce: Uint8Array,
    ciphertext: Uint8Array,
    associated: Uint8Array,
  ) => Promise<Uint8Array | null>;
}

/** One X25519 key pair, of which only the public half is seen; `agree` may reject on odd points. */
export interface Agreement {
  readonly publicKey: Uint8Array;
  readonly agree: (other: Uint8Array) => Promise<Uint8Array>;
}

export interface SealingParts {
  readonly own: Agreement;
  /** A fresh pair, used once. */
  readonly ephemeral: () => Promise<Agreement>;
  readonly randomness: Randomness;
  readonly aes: AesGcm;
}

/**
 * Seals small secrets to one member, in one format whoever provides the primitives.
 *
 * Envelope: ephemeral public key (32) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag. Its key is
 * HKDF-SHA256 of the X25519 secret, salt = ephemeral ‖ recipient public key, info = canonical
 * ['upkeep/envelope/1', context]; the context is the associated data besides.
 * Limits: plaintexts of at most 1 KiB, a longer one throws.
 * Errors: sealing to, or pairing with, a key of small order rejects: anybody could open that.
 * Source: rules N3 and B1; RFC 7748 section 6.1 (the all-zero check), RFC 5869.
 */
export const createSealer = (parts: SealingParts): Sealer => ({
  encryptionKey: brandHex<EncryptionKey>(bytesToHex(parts.own.publicKey)),
  seal: async (recipient, plaintext, context) => {
    assert(plaintext.length <= PLAINTEXT_BYTES_MAX, 'a sealed secret has at most 1 KiB');
    const to = hexToBytes(recipient);
    const once = await parts.ephemeral();
    const key = envelopeKey(await secretOf(once, to), once.publicKey, to, context);
    const nonce = parts.randomness.bytes(NONCE_BYTES);
    const sealed = await parts.aes.encrypt(key, nonce, plaintext, context);
    return concatBytes(once.publicKey, nonce, sealed);
  },
  open: async (envelope, context) => {
    const sealedBytes = envelope.length - HEAD_BYTES;
    if (sealedBytes < TAG_BYTES || sealedBytes > PLAINTEXT_BYTES_MAX + TAG_BYTES) {
      return err({ kind: 'unopenable' });
    }
    const from = envelope.slice(0, KEY_BYTES);
    const secret = await secretOf(parts.own, from).catch(() => null);
    if (secret === null) return err({ kind: 'unopenable' });
    const key = envelopeKey(secret, from, parts.own.publicKey, context);
    const nonce = envelope.slice(KEY_BYTES, HEAD_BYTES);
    const plaintext = await parts.aes.decrypt(key, nonce, envelope.slice(HEAD_BYTES), context);
    return plaintext === null ? err({ kind: 'unopenable' }) : ok(plaintext);
  },
  pairSecret: async (other) => {
    const theirs = hexToBytes(other);
    const secret = await secretOf(parts.own, theirs);
    const both = [parts.own.publicKey, theirs].sort(compareBytes);
    return hkdf(sha256, secret, concatBytes(...both), pairInfo(), KEY_BYTES);
  },
});

const envelopeKey = (
  secret: Uint8Array,
  ephemeral: Uint8Array,
  recipient: Uint8Array,
  context: Uint8Array,
): Uint8Array => {
  const info = encodeCanonical([DOMAINS.envelope, context]);
  return hkdf(sha256, secret, concatBytes(ephemeral, recipient), info, KEY_BYTES);
};

const pairInfo = (): Uint8Array => encodeCanonical([DOMAINS.room, 'pair']);

/** The shared secret; rejects when it is all zero, which only a key of small order yields. */
const secretOf = async (pair: Agreement, other: Uint8Array): Promise<Uint8Array> => {
  const secret = await pair.agree(other);
  if (secret.every((byte) => byte === 0)) throw new Error('an encryption key of small order');
  return secret;
};
