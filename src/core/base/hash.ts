import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { brandHex } from './brands.js';
import { encodeCanonical, type CanonicalValue } from './canonical.js';
import type { Domain } from './domains.js';

export { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';

/** The 32 bytes of the SHA-256 of these bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array => nobleSha256(bytes);

/** SHA-256 as 64 lowercase hex digits. */
export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(nobleSha256(bytes));

/**
 * The identifier of a value for one purpose: hex SHA-256 of canonical `[domain, value]`.
 *
 * Errors: throws when the value cannot be encoded (see encodeCanonical).
 */
export const hashOf = <T extends string>(domain: Domain, value: CanonicalValue): T =>
  brandHex<T>(sha256Hex(encodeCanonical([domain, value])));

/**
 * What is signed for an identifier: the 32 bytes SHA-256 of canonical `[domain, id as bytes]`.
 *
 * Errors: throws when the value cannot be encoded.
 */
export const messageOf = (domain: Domain, value: CanonicalValue): Uint8Array =>
  sha256(encodeCanonical([domain, value]));

/** Orders byte strings by their bytes; of two where one starts the other, the shorter is first. */
export const compareBytes = (left: Uint8Array, right: Uint8Array): number => {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
};
