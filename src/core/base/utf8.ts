/**
 * Whether these bytes are well-formed UTF-8, found out without making the text.
 *
 * Says what a TextDecoder that is `fatal` would: no overlong forms, no surrogates, nothing beyond
 * U+10FFFF, nothing cut off.
 * Source: Unicode 15.0, table 3-7.
 */
export const isUtf8 = (bytes: Uint8Array, from: number, to: number): boolean => {
  let at = from;
  while (at < to) {
    const first = bytes[at] as number;
    if (first < 0x80) at += 1;
    else {
      const length = lengthBy(first);
      if (length === 0 || at + length > to || !isSecond(first, bytes[at + 1] as number)) {
        return false;
      }
      for (let next = at + 2; next < at + length; next += 1) {
        if (((bytes[next] as number) & 0xc0) !== 0x80) return false;
      }
      at += length;
    }
  }
  return true;
};

/** Bytes of a character beyond ASCII that begins so; 0: none does. */
const lengthBy = (first: number): number => {
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
};

const isSecond = (first: number, second: number): boolean => {
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  return second >= least && second <= most;
};
