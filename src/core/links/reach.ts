import type { DeviceId, RosterHash } from '../base/brands.js';
import { hexToBytes } from '../base/hash.js';

/** So many bytes name the record whose members the bits count. */
const RECORD_BYTES = 4;

/** Room for far more members than a record of this version has. */
export const REACHED_BYTES_MAX = 64;

/**
 * Some members of a record in a few bytes: the record's first bytes, then one bit a member in
 * roster order. Nobody is no bytes at all.
 */
export const writeReached = (
  record: RosterHash,
  members: readonly DeviceId[],
  reached: ReadonlySet<DeviceId>,
): Uint8Array => {
  const bits = new Uint8Array(Math.ceil(members.length / 8));
  members.forEach((device, index) => {
    if (reached.has(device)) bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
  });
  if (bits.every((byte) => byte === 0)) return new Uint8Array(0);
  return Uint8Array.of(...hexToBytes(record.slice(0, 2 * RECORD_BYTES)), ...bits);
};

/** Whether the bytes are about that record. */
export const isAbout = (record: RosterHash, bytes: Uint8Array): boolean =>
  bytes.length > RECORD_BYTES &&
  hexToBytes(record.slice(0, 2 * RECORD_BYTES)).every((byte, index) => bytes[index] === byte);

/** The members that are meant; nobody where the bytes are about another record. Never throws. */
export const readReached = (
  record: RosterHash,
  members: readonly DeviceId[],
  bytes: Uint8Array,
): ReadonlySet<DeviceId> => {
  if (bytes.length !== RECORD_BYTES + Math.ceil(members.length / 8)) return new Set();
  if (!isAbout(record, bytes)) return new Set();
  const isSet = (index: number): boolean =>
    ((bytes[RECORD_BYTES + (index >> 3)] ?? 0) & (1 << (index & 7))) !== 0;
  return new Set(members.filter((_, index) => isSet(index)));
};
