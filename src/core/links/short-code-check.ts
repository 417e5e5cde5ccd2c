/** What is wrong with a typed code, as far as its check tells; places count from 1. */
export type Slip =
  /** That one character; `meant` is what the others say it should be, null if they cannot. */
  | { readonly kind: 'character'; readonly at: number; readonly meant: number | null }
  /** That character and the one behind it stand in each other's place. */
  | { readonly kind: 'exchanged'; readonly at: number };

/** Powers of a primitive element of GF(32), x^5 + x^2 + 1; twice around, so that sums fit. */
const POWERS: readonly number[] = (() => {
  const powers = [1];
  while (powers.length < 62) {
    const next = (powers.at(-1) as number) << 1;
    powers.push(next > 31 ? next ^ 0b100101 : next);
  }
  return powers;
})();

const power = (exponent: number): number => POWERS[exponent % 31] as number;
const logarithm = (value: number): number => POWERS.indexOf(value);
const times = (left: number, right: number): number =>
  left === 0 || right === 0 ? 0 : power(logarithm(left) + logarithm(right));
const over = (left: number, right: number): number =>
  left === 0 ? 0 : power(logarithm(left) + 31 - logarithm(right));

/**
 * The digits with two more behind them, so that both sums over all of them are zero in GF(32): the
 * plain one, and the one in which each digit counts by the power of its place.
 *
 * A Reed–Solomon code of distance 3, for at most 29 digits.
 */
export const withTwoChecks = (digits: readonly number[]): readonly number[] => {
  const [plain, weighted] = sums(digits);
  const [first, second] = [power(digits.length), power(digits.length + 1)];
  const last = over(weighted ^ times(plain, first), first ^ second);
  return [...digits, plain ^ last, last];
};

/**
 * Finds what is wrong with digits that withTwoChecks made: 'none', the slip, or null for an error
 * that is certain but cannot be placed.
 *
 * One wrong digit is always found where it is, two exchanged neighbours are never taken for one
 * (they leave the plain sum at zero). Other errors may look like one wrong digit, so what is named
 * is a hint for a person to check, and nothing is ever corrected unasked.
 */
export const locateSlip = (digits: readonly number[]): Slip | 'none' | null => {
  const unknown = digits.filter((digit) => digit < 0).length;
  if (unknown > 0) return unknown === 1 ? unreadable(digits) : null;
  const [plain, weighted] = sums(digits);
  if (plain === 0) return weighted === 0 ? 'none' : exchanged(digits, weighted);
  if (weighted === 0) return null;
  const place = logarithm(over(weighted, plain));
  const digit = digits[place];
  return digit === undefined ? null : { kind: 'character', at: place + 1, meant: digit ^ plain };
};

/** A character of no code: its place is plain to see, and the sums say what belongs there. */
const unreadable = (digits: readonly number[]): Slip => {
  const place = digits.findIndex((digit) => digit < 0);
  const [plain, weighted] = sums(digits.with(place, 0));
  const isConsistent = weighted === times(plain, power(place));
  return { kind: 'character', at: place + 1, meant: isConsistent ? plain : null };
};

const exchanged = (digits: readonly number[], weighted: number): Slip | null => {
  const places = digits.slice(1).flatMap((digit, index) => {
    const difference = digit ^ (digits[index] as number);
    return times(difference, power(index) ^ power(index + 1)) === weighted ? [index] : [];
  });
  const [place] = places;
  return places.length === 1 && place !== undefined ? { kind: 'exchanged', at: place + 1 } : null;
};

const sums = (digits: readonly number[]): readonly [number, number] => {
  let plain = 0;
  let weighted = 0;
  digits.forEach((digit, place) => {
    plain ^= digit;
    weighted ^= times(digit, power(place));
  });
  return [plain, weighted];
};
