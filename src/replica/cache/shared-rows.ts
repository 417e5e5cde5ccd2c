import { brandHex, type DeviceId } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import { bytesToHex } from '../../core/base/hash.js';

/** A value that another device worked out, as it lies in the cache: bytes, maker, signature. */
export interface Foreign {
  readonly bytes: Uint8Array;
  readonly maker: DeviceId;
  readonly signature: Uint8Array;
}

/** The bytes of a shared value; null for a value of another kind. */
export const bytesIn = (value: CanonicalValue): Uint8Array | null => {
  const [bytes] = Array.isArray(value) ? (value as readonly CanonicalValue[]) : [];
  return bytes instanceof Uint8Array ? bytes : null;
};

/** What another device worked out; null for this device's own and values of another kind. */
export const foreignIn = (value: CanonicalValue): Foreign | null => {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [bytes, maker, signature] = value as readonly CanonicalValue[];
  const isForeign =
    bytes instanceof Uint8Array && maker instanceof Uint8Array && signature instanceof Uint8Array;
  if (!isForeign || maker.length !== 32) return null;
  return { bytes, maker: brandHex<DeviceId>(bytesToHex(maker)), signature };
};
