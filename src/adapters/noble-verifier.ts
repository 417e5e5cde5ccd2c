import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { compareBytes } from '../core/base/hash.js';
import type { SignatureCheck, Verifier } from '../ports/verifier.js';
import { encodedCheck } from './ed25519-encoding.js';

/**
 * Verifies in JavaScript, for browsers whose own Ed25519 is missing or fails the self-test.
 *
 * It encodes sB - kA and compares the bytes with R, without the cofactor, as WebCrypto does;
 * noble's own `verify` multiplies by the cofactor and accepts signatures which WebCrypto refuses.
 * Limits: about 0.5 ms a signature, on the calling thread.
 * Source: rule F4; RFC 8032 section 5.1.7.
 */
export const createNobleVerifier = (): Verifier => ({
  verify: async (checks) => checks.map(isGenuine),
});

const isGenuine = (check: SignatureCheck): boolean => {
  const parts = encodedCheck(check);
  if (parts === null) return false;
  try {
    const key = ed25519.Point.fromBytes(parts.key);
    const hash = sha512(concatBytes(parts.r, parts.key, check.message));
    const k = ed25519.Point.Fn.create(bytesToNumberLE(hash));
    const sB = ed25519.Point.BASE.multiplyUnsafe(bytesToNumberLE(parts.s));
    const expected = sB.subtract(key.multiplyUnsafe(k));
    return compareBytes(expected.toBytes(), parts.r) === 0;
  } catch {
    // The key is no point of the curve.
    return false;
  }
};
