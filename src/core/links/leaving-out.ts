import { compareBytes } from '../base/hash.js';

/** Of longer bytes nothing is left out: what is known is a small part of them. */
const BYTES_MAX = 16 * 1024;
/** What is known is so long. */
const WORD_BYTES = 32;
/** So many places of one message at most. */
export const GAPS_MAX = 64;

/** Where bytes stand that were left out, in the whole, and which of the known ones they are. */
export interface Gap {
  readonly at: number;
  readonly word: number;
}

/**
 * Leaves out of bytes what both ends know: ids of 32 bytes, of which a list is known to both.
 *
 * Gaps are given from the first to the last; what is left is given back by `putBack` as it was.
 */
export const leaveOut = (
  bytes: Uint8Array,
  words: readonly Uint8Array[],
): { readonly rest: Uint8Array; readonly gaps: readonly Gap[] } => {
  const gaps: Gap[] = [];
  if (bytes.length > BYTES_MAX) return { rest: bytes, gaps };
  const rest = new Uint8Array(bytes.length);
  const begins = new Uint8Array(256);
  for (const [first = 0] of words) begins[first] = 1;
  let length = 0;
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] as number;
    const mayBegin = begins[byte] === 1 && gaps.length < GAPS_MAX;
    const word = mayBegin ? wordAt(bytes, at, words) : -1;
    if (word === -1) {
      rest[length] = byte;
      length += 1;
      at += 1;
    } else {
      gaps.push({ at, word });
      at += WORD_BYTES;
    }
  }
  return { rest: rest.slice(0, length), gaps };
};

const wordAt = (bytes: Uint8Array, at: number, words: readonly Uint8Array[]): number =>
  words.findIndex(
    (word) =>
      word[0] === bytes[at] &&
      word.length === WORD_BYTES &&
      compareBytes(word, bytes.subarray(at, at + WORD_BYTES)) === 0,
  );

/** The whole again; null where the gaps do not fit: they overlap, lie beyond it or name nothing. */
export const putBack = (
  rest: Uint8Array,
  gaps: readonly Gap[],
  words: readonly Uint8Array[],
): Uint8Array | null => {
  const whole = new Uint8Array(rest.length + gaps.length * WORD_BYTES);
  let [from, to] = [0, 0];
  for (const { at, word } of gaps) {
    const known = words[word];
    const length = at - to;
    if (known === undefined || length < 0 || from + length > rest.length) return null;
    whole.set(rest.subarray(from, from + length), to);
    whole.set(known, at);
    [from, to] = [from + length, at + WORD_BYTES];
  }
  whole.set(rest.subarray(from), to);
  return whole;
};
