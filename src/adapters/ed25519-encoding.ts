import { hexToBytes } from '../core/base/hash.js';
import { isHex32 } from '../core/base/brands.js';
import type { SignatureCheck } from '../ports/verifier.js';

/** The parts of a check whose encodings are in order. */
export interface EncodedCheck {
  readonly key: Uint8Array;
  readonly r: Uint8Array;
  readonly s: Uint8Array;
}

/** The order of the base point, L, as 32 bytes, least first. Source: RFC 8032 section 5.1. */
const ORDER = hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
/** The field's prime, 2^255 - 19, as 32 bytes, least first. */
const PRIME = hexToBytes('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');

/**
 * The y coordinates of the eight points of small order, without the sign bit.
 * Their other encodings (y + 2^255 - 19) are not canonical and refused as such.
 */
const SMALL_ORDER_YS: readonly Uint8Array[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((y) => hexToBytes(y));

/**
 * Splits a check into its parts, or answers null when its bytes alone decide that it is refused.
 *
 * Refused are: lengths other than 32 and 64 bytes, s >= L, a key or R that is not canonical or of
 * small order. Implementations disagree about exactly these, so no verifier ever sees them.
 * Source: rule F4; RFC 8032 section 5.1.7; Taming the many EdDSAs (2020), table 5.
 */
export const encodedCheck = (check: SignatureCheck): EncodedCheck | null => {
  const { key, signature } = check;
  if (!isHex32(key) || signature.length !== 64) return null;
  const parts = {
    key: hexToBytes(key),
    r: signature.slice(0, 32),
    s: signature.slice(32),
  };
  const isSound = isSoundPoint(parts.key) && isSoundPoint(parts.r) && isBelow(parts.s, ORDER);
  return isSound ? parts : null;
};

/** Canonical (y below the prime) and not one of the eight points of small order. */
const isSoundPoint = (encoded: Uint8Array): boolean => {
  const y = encoded.slice();
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, PRIME) && !SMALL_ORDER_YS.some((small) => isEqual(small, y));
};

/** Compares two numbers of 32 bytes, least first. */
const isBelow = (left: Uint8Array, right: Uint8Array): boolean => {
  for (let at = 31; at >= 0; at -= 1) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
};

const isEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.every((byte, at) => byte === right[at]);
