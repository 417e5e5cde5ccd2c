/** A place in foreign bytes; once something did not fit it is broken, and numbers read as 0. */
export interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  isBroken: boolean;
}

export const startCursor = (bytes: Uint8Array): Cursor => ({ bytes, at: 0, isBroken: false });

export const readByte = (cursor: Cursor): number => {
  const byte = cursor.bytes[cursor.at];
  if (byte === undefined) return fail(cursor);
  cursor.at += 1;
  return byte;
};

/** Eight groups of seven bits hold every integer below 2^53. */
const GROUPS_MAX = 8;

/**
 * Reads an unsigned integer of lib0, seven bits a byte, the least first.
 *
 * At most eight bytes are looked at, where lib0 follows padding to the end of the input. A number
 * of 2^53 or more, and one that is padded, break the cursor.
 * Source: lib0 0.2, encoding.writeVarUint.
 */
export const readNumber = (cursor: Cursor): number => {
  let value = 0;
  let factor = 1;
  for (let group = 0; group < GROUPS_MAX; group += 1) {
    const byte = readByte(cursor);
    if (cursor.isBroken) return 0;
    value += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (byte < 0x80) {
      const isSound = Number.isSafeInteger(value) && (byte > 0 || group === 0);
      return isSound ? value : fail(cursor);
    }
  }
  return fail(cursor);
};

/** Passes over so many bytes and gives the offset at which they begin; makes nothing of them. */
export const skipBytes = (cursor: Cursor, length: number): number => {
  const start = cursor.at;
  if (length > cursor.bytes.length - start) return fail(cursor);
  cursor.at = start + length;
  return start;
};

const fail = (cursor: Cursor): number => {
  cursor.isBroken = true;
  return 0;
};
