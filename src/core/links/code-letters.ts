/** The characters that every code is written in, and what keeps slips of the finger out of it. */

/** Crockford's base32: no I, L, O, U. The place of a character is its digit. */
export const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Check characters of a long code: see isCheckedNumber. */
export const CHECK_CHARACTERS = 5;

/** Longer input is no code and is not looked at. */
const INPUT_CHARACTERS_MAX = 2_048;
/** The largest prime below 32^5. */
const CHECK_PRIME = 33_554_393;

/**
 * The characters of the code within an address or a text: capitals, without what separates groups,
 * look-alikes replaced (O reads as 0, I and L as 1). Empty for what is too long to be one.
 */
export const codeCharacters = (text: string): readonly string[] => {
  if (text.length > INPUT_CHARACTERS_MAX) return [];
  const code = /^.*join\/([^/?#]*)/is.exec(text)?.[1] ?? text;
  const upper = code.normalize('NFKC').toUpperCase();
  const plain = upper.replace(/[\s\p{Dash}\p{Cf}._]/gu, '');
  return [...plain.replaceAll('O', '0').replace(/[IL]/g, '1')];
};

/** The digit of each character; -1 for one that stands in no code. */
export const charactersToDigits = (characters: readonly string[]): readonly number[] =>
  characters.map((character) => CODE_ALPHABET.indexOf(character));

/** The characters of digits, in groups of so many; the last group may be shorter. */
export const digitsToGroups = (
  digits: readonly number[],
  groupCharacters: number,
): readonly string[] => {
  const letters = digits.map((digit) => CODE_ALPHABET[digit]).join('');
  return letters.match(new RegExp(`.{1,${groupCharacters}}`, 'g')) ?? [];
};

/**
 * Whether the number that the digits spell in base 32 is a multiple of the prime.
 *
 * One wrong digit changes it by less than 32 times a power of 32, two exchanged neighbours by less
 * than 32 times 31 times one: never a multiple. Of all other errors one in 33 million passes.
 */
export const isCheckedNumber = (digits: readonly number[]): boolean =>
  !digits.includes(-1) && remainder(digits) === 0;

/** The digits with five more behind them, so that they pass isCheckedNumber. */
export const withCheck = (digits: readonly number[]): readonly number[] => {
  const shifted = [...digits, ...Array.from({ length: CHECK_CHARACTERS }, () => 0)];
  const check = (CHECK_PRIME - remainder(shifted)) % CHECK_PRIME;
  const places = Array.from(
    { length: CHECK_CHARACTERS },
    (_, place) => CHECK_CHARACTERS - 1 - place,
  );
  return [...digits, ...places.map((place) => Math.floor(check / 32 ** place) % 32)];
};

/** Five bits a digit, the first bits first; the last digit is filled up with zeros. */
export const bytesToDigits = (bytes: Uint8Array): readonly number[] => {
  const missing = (5 - ((bytes.length * 8) % 5)) % 5;
  const { groups, rest } = regroup([...bytes], 8, 5);
  return missing === 0 ? groups : [...groups, rest << missing];
};

/** The whole bytes that the digits hold; what fills up the last digit is left out. */
export const digitsToBytes = (digits: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(regroup(digits, 5, 8).groups);

const remainder = (digits: readonly number[]): number =>
  digits.reduce((rest, digit) => (rest * 32 + digit) % CHECK_PRIME, 0);

const regroup = (
  from: readonly number[],
  bitsFrom: number,
  bitsTo: number,
): { readonly groups: readonly number[]; readonly rest: number } => {
  const groups: number[] = [];
  let held = 0;
  let bitsHeld = 0;
  for (const one of from) {
    held = (held << bitsFrom) | one;
    bitsHeld += bitsFrom;
    while (bitsHeld >= bitsTo) {
      bitsHeld -= bitsTo;
      groups.push(held >> bitsHeld);
      held &= (1 << bitsHeld) - 1;
    }
  }
  return { groups, rest: held };
};
