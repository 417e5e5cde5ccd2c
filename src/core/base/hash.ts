import { hexToBytes as nobleHexToBytes } from '@noble/hashes/utils.js';
import { brandHex } from './brands.js';
import { encodeCanonical, type CanonicalValue } from './canonical.js';
import type { Domain } from './domains.js';
import { sha256 } from './sha256.js';

export { sha256 } from './sha256.js';

const DIGITS = new TextEncoder().encode('0123456789abcdef');
const ID_BYTES = 32;
const idCodes: number[] = Array.from({ length: 2 * ID_BYTES }, () => 0);

/**
 * Lowercase hex, as one flat string.
 *
 * Text that is put together digit by digit stays a chain of pieces in memory, many times its size,
 * and every id of every fact is made here.
 */
export const bytesToHex = (bytes: Uint8Array): string => hexOfPart(bytes, 0, bytes.length);

/** The hex of the id of 32 bytes that begins there. */
export const idHexAt = (bytes: Uint8Array, at: number): string => hexOfPart(bytes, at, ID_BYTES);

const hexOfPart = (bytes: Uint8Array, from: number, length: number): string => {
  const codes = length === ID_BYTES ? idCodes : new Array<number>(length * 2);
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[from + index] as number;
    codes[2 * index] = DIGITS[byte >> 4] as number;
    codes[2 * index + 1] = DIGITS[byte & 15] as number;
  }
  return textOf(codes);
};

/** Arguments of one call are few enough for every engine. */
const CODES_AT_ONCE = 4096;

const textOf = (codes: number[]): string => {
  if (codes.length <= CODES_AT_ONCE) return String.fromCharCode.apply(null, codes);
  const parts: string[] = [];
  for (let at = 0; at < codes.length; at += CODES_AT_ONCE) {
    parts.push(String.fromCharCode.apply(null, codes.slice(at, at + CODES_AT_ONCE)));
  }
  return parts.join('');
};

const VALUES = new Int8Array(128).fill(-1);
DIGITS.forEach((code, value) => (VALUES[code] = value));

/** The bytes of hex text. Errors: throws on what is no hex. */
export const hexToBytes = (hex: string): Uint8Array => {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let index = 0; index < bytes.length; index += 1) {
    const value = (digitAt(hex, 2 * index) << 4) | digitAt(hex, 2 * index + 1);
    if (value < 0) return nobleHexToBytes(hex);
    bytes[index] = value;
  }
  return hex.length % 2 === 0 ? bytes : nobleHexToBytes(hex);
};

/** Whether hex text is that of these bytes, without making theirs. */
export const isHexOf = (hex: string, bytes: Uint8Array): boolean => {
  if (hex.length !== 2 * bytes.length) return false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    if (hex.charCodeAt(2 * index) !== DIGITS[byte >> 4]) return false;
    if (hex.charCodeAt(2 * index + 1) !== DIGITS[byte & 15]) return false;
  }
  return true;
};

/** Negative for what is no lowercase digit. */
const digitAt = (hex: string, at: number): number => VALUES[hex.charCodeAt(at)] ?? -1;

/** SHA-256 as 64 lowercase hex digits. */
export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

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
