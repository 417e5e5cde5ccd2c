import { assert, err, ok, type Result } from '../base/result.js';
import {
  charactersToDigits,
  CODE_ALPHABET,
  codeCharacters,
  digitsToGroups,
} from './code-letters.js';
import { locateSlip, withTwoChecks, type Slip } from './short-code-check.js';

/**
 * A code that is short enough to be read aloud and typed: sixteen characters in four groups.
 *
 * In order: one character for the purpose (J: join), three that name the place to meet (15 bits,
 * public), ten of the secret (50 bits), two that check the rest.
 */
export interface ShortCode {
  readonly purpose: 'join';
  /** Three characters; the rendezvous may know them, and no secret hangs on them. */
  readonly place: string;
  /** Ten characters: goes through the PAKE and nowhere else; good for one try. */
  readonly secret: string;
}

export type ShortCodeError =
  | { readonly kind: 'malformed' }
  /** Some character is wrong, missing or too many; `slip` says which, where the check can tell. */
  | { readonly kind: 'mistyped'; readonly slip: Slip | null }
  | { readonly kind: 'other-purpose'; readonly purpose: number };

/** Characters of a short code, without what separates the groups. */
export const SHORT_CODE_CHARACTERS = 16;
/** Bits of the secret part. */
export const SHORT_CODE_SECRET_BITS = 50;
/** Digits that a place and a secret take, of five random bits each. */
export const SHORT_CODE_DIGITS = 13;

const JOIN_DIGIT = CODE_ALPHABET.indexOf('J');
const PLACE_CHARACTERS = 3;
const SECRET_CHARACTERS = 10;
const GROUP_CHARACTERS = 4;
/** So many characters missing or too many still pass for a slip of the finger. */
const LENGTH_SLIPS_MAX = 2;

/** A code out of random bytes: the lowest five bits of each of the first thirteen count. */
export const shortCodeFrom = (random: Uint8Array): ShortCode => {
  assert(random.length >= SHORT_CODE_DIGITS, 'a short code takes 13 bytes');
  const letters = [...random.slice(0, SHORT_CODE_DIGITS)].map((byte) => CODE_ALPHABET[byte & 31]);
  return {
    purpose: 'join',
    place: letters.slice(0, PLACE_CHARACTERS).join(''),
    secret: letters.slice(PLACE_CHARACTERS).join(''),
  };
};

/** Writes a code as four groups of four characters. */
export const encodeShortCode = ({ place, secret }: ShortCode): readonly string[] => {
  assert(place.length === PLACE_CHARACTERS, 'a place has three characters');
  assert(secret.length === SECRET_CHARACTERS, 'a short secret has ten characters');
  const digits = [JOIN_DIGIT, ...charactersToDigits([...place, ...secret])];
  assert(!digits.includes(-1), 'a short code is of the alphabet');
  return digitsToGroups(withTwoChecks(digits), GROUP_CHARACTERS);
};

/** Whether a text is about as long as a short code, so that it is read as one. */
export const isShort = (text: string): boolean =>
  Math.abs(codeCharacters(text).length - SHORT_CODE_CHARACTERS) <= LENGTH_SLIPS_MAX;

/**
 * Reads a code that was typed, in any case, with or without spaces and dashes. Never throws.
 *
 * One wrong character always gives `mistyped` with its place; two neighbours exchanged always give
 * `mistyped`, with their place wherever only one pair fits.
 * Of two or more other errors one in a thousand passes; then the codes differ, and the run fails.
 */
export const parseShortCode = (text: string): Result<ShortCode, ShortCodeError> => {
  const characters = codeCharacters(text);
  const excess = Math.abs(characters.length - SHORT_CODE_CHARACTERS);
  if (excess > LENGTH_SLIPS_MAX) return err({ kind: 'malformed' });
  if (excess > 0) return err({ kind: 'mistyped', slip: null });
  const digits = charactersToDigits(characters);
  const located = locateSlip(digits);
  if (located !== 'none') return err({ kind: 'mistyped', slip: located });
  const [purpose = 0] = digits;
  if (purpose !== JOIN_DIGIT) return err({ kind: 'other-purpose', purpose });
  const letters = characters.join('');
  return ok({
    purpose: 'join',
    place: letters.slice(1, 1 + PLACE_CHARACTERS),
    secret: letters.slice(1 + PLACE_CHARACTERS, -2),
  });
};
