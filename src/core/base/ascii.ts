const ASCII_LOOP_BYTES_MAX = 64;

/** Short plain text without the cost of a decoder call; null when it is long or not plain. */
export const readAscii = (bytes: Uint8Array, from: number, length: number): string | null => {
  if (length > ASCII_LOOP_BYTES_MAX || !isAscii(bytes, from, from + length)) return null;
  if (length === 0) return '';
  const slot = slotOf(bytes, from, length);
  const known = WORDS[slot];
  if (known !== undefined && isText(bytes, from, length, known)) return known;
  const units = new Array<number>(length);
  for (let index = 0; index < length; index += 1) units[index] = bytes[from + index] as number;
  const text = String.fromCharCode.apply(null, units);
  if (length <= WORD_BYTES_MAX) WORDS[slot] = text;
  return text;
};

/**
 * Keys and kinds come again and again: those read last are held, each in its one slot, at most 256
 * short words. What is held is compared before it is given, so nobody can tell that it was.
 */
const WORDS: (string | undefined)[] = Array.from({ length: 256 }, () => undefined);
const WORD_BYTES_MAX = 24;

const slotOf = (bytes: Uint8Array, from: number, length: number): number => {
  const first = bytes[from] as number;
  const middle = bytes[from + (length >> 1)] as number;
  const last = bytes[from + length - 1] as number;
  return (length * 5 + first * 31 + middle * 3 + last * 7) & 255;
};

const isText = (bytes: Uint8Array, from: number, length: number, text: string): boolean => {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index += 1) {
    if (text.charCodeAt(index) !== bytes[from + index]) return false;
  }
  return true;
};

const isAscii = (bytes: Uint8Array, from: number, to: number): boolean => {
  for (let index = from; index < to; index += 1) {
    if ((bytes[index] as number) >= 0x80) return false;
  }
  return true;
};
