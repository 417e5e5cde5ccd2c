import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { brandHex } from './brands.js';
import { encodeCanonical, type CanonicalValue } from './canonical.js';
import type { Domain } from './domains.js';

export { hexToBytes } from '@noble/hashes/utils.js';

const DIGITS = new TextEncoder().encode('0123456789abcdef');
const ASCII = new TextDecoder();

/**
 * Lowercase hex, as one flat string.
 *
 * Text that is put together digit by digit stays a chain of pieces in memory, many times its size,
 * and every id of every fact is made here.
 */
export const bytesToHex = (bytes: Uint8Array): string => {
  const text = new Uint8Array(bytes.length * 2);
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    text[2 * index] = DIGITS[byte >> 4] as number;
    text[2 * index + 1] = DIGITS[byte & 15] as number;
  }
  return ASCII.decode(text);
};

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
