import { bytesToHex, idHexAt } from './hash.js';

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
export const repeatedHex = (id: Uint8Array): string => repeatedHexAt(id, 0);

/** The same of the 32 bytes that stand there. */
export const repeatedHexAt = (bytes: Uint8Array, at: number): string => {
  const slot = (bytes[at] as number) & 63;
  const seen = seenBySlot[slot];
  if (seen !== undefined && isIdAt(bytes, at, seen.bytes)) return seen.hex;
  const id = bytes.slice(at, at + 32);
  const hex = bytesToHex(id);
  seenBySlot[slot] = { bytes: id, hex };
  return hex;
};

let newest: Seen = { bytes: new Uint8Array(32), hex: '00'.repeat(32) };

/** The hex of an id that was just made, which what is read next may well name. */
export const newestHex = (id: Uint8Array): string => {
  newest = { bytes: id, hex: bytesToHex(id) };
  return newest.hex;
};

/** The hex of the 32 bytes that stand there: one string with the newest, where they are its. */
export const linkedHexAt = (bytes: Uint8Array, at: number): string =>
  isIdAt(bytes, at, newest.bytes) ? newest.hex : idHexAt(bytes, at);

const isIdAt = (bytes: Uint8Array, at: number, id: Uint8Array): boolean => {
  for (let index = 0; index < 32; index += 1) if (bytes[at + index] !== id[index]) return false;
  return true;
};
