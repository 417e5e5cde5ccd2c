import { bytesToHex } from './hash.js';

interface Seen {
  readonly bytes: Uint8Array;
  readonly hex: string;
}

/**
 * Ids that come again and again, the last one of each slot: 64 at most, compared before they are
 * given, so nobody can tell that they were held.
 */
const seenBySlot: (Seen | undefined)[] = Array.from({ length: 64 }, () => undefined);

/** The hex of an id of 32 bytes that many things have in common, as one string for all of them. */
export const repeatedHex = (id: Uint8Array): string => {
  const slot = (id[0] as number) & 63;
  const seen = seenBySlot[slot];
  if (seen !== undefined && isSameId(seen.bytes, id)) return seen.hex;
  const hex = bytesToHex(id);
  seenBySlot[slot] = { bytes: id.slice(), hex };
  return hex;
};

const isSameId = (left: Uint8Array, right: Uint8Array): boolean => {
  for (let index = 0; index < 32; index += 1) if (left[index] !== right[index]) return false;
  return true;
};
