/** What a person gave as a pairing code: pasted, scanned, typed, or opened as a link. */
const LINK_MARK = '#/join/';
/** Hyphens of every kind, blanks, and the marks that messengers put around a copied text. */
const NOISE = /[\s\u2010-\u2015\u2212_.,;:'"“”„<>()[\]-]+/gu;
/** Letters that are read as digits, as in Crockford's base 32. */
const LOOKALIKES: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

const decodeTail = (tail: string): string => {
  try {
    return decodeURIComponent(tail);
  } catch {
    return tail;
  }
};

/**
 * What to hand to `devices.join`: a link loses its address, a URI stays as it is, typed groups
 * become capitals without separators, with O, I and L read as 0, 1 and 1.
 *
 * Limits: none. Errors: none; whether the code is right is for the replica to say.
 * Source: Crockford's base 32 for the lookalikes.
 */
export const normaliseCode = (given: string): string => {
  const trimmed = given.trim();
  const markAt = trimmed.indexOf(LINK_MARK);
  if (markAt >= 0) return normaliseCode(decodeTail(trimmed.slice(markAt + LINK_MARK.length)));
  if (isUri(trimmed)) return trimmed;
  return trimmed
    .toUpperCase()
    .replace(NOISE, '')
    .replace(/[OIL]/g, (letter) => LOOKALIKES[letter] ?? letter);
};

/** True for what a QR holds, false for what a person types. */
export const isUri = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\S{8,}$/i.test(text.trim());

/** Typed text in groups of four while it is being typed; a URI is left alone. */
export const groupCode = (given: string, groupSize = 4): string => {
  if (isUri(given) || given.includes(LINK_MARK)) return given.trim();
  const code = given.toUpperCase().replace(NOISE, '');
  return code.match(new RegExp(`.{1,${groupSize}}`, 'gu'))?.join(' ') ?? '';
};
