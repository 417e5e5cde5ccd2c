import { isHex32 } from './brands.js';
import type { CanonicalValue } from './canonical.js';
import { bytesToHex, hexToBytes } from './hash.js';
import { err, ok, type Result } from './result.js';

/**
 * How a value in memory looks in canonical bytes, both ways.
 *
 * `parse` gives undefined for whatever is not of this shape, and never throws on foreign values.
 * `toCanonical` trusts its caller: what it is given comes from our own code.
 */
export interface Shape<T> {
  readonly parse: (value: CanonicalValue) => T | undefined;
  readonly toCanonical: (value: T) => CanonicalValue;
  /** The way to the part at fault in a value that does not parse; without it, all of the value. */
  readonly wayToFault?: ((value: CanonicalValue) => Way) | undefined;
}

/** Names of keys and places of items, from the outside in; empty: the value itself. */
export type Way = readonly (string | number)[];

export type Of<S> = S extends Shape<infer T> ? T : never;

/** A value that does not have the form of its kind; `field` is the way to the part at fault. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly field: string;
}

/** The refusal of one field. */
export const malformed = (field: string): Result<never, Malformed> =>
  err({ kind: 'malformed', field });

/**
 * Reads a whole value of this shape.
 *
 * Errors: Malformed, its field written as `members[0].key`; empty for the value itself.
 */
export const readShape = <T>(shape: Shape<T>, value: CanonicalValue): Result<T, Malformed> => {
  const parsed = shape.parse(value);
  if (parsed !== undefined) return ok(parsed);
  const steps = wayInto(shape, value).map((step, index) =>
    typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`,
  );
  return malformed(steps.join(''));
};

/** A shape of whatever, for asking where a fault lies. */
export type AnyShape = Pick<Shape<unknown>, 'parse' | 'wayToFault'>;

/** The way to the fault of a value that this shape refuses. */
export const wayInto = (shape: AnyShape, value: CanonicalValue): Way =>
  shape.wayToFault?.(value) ?? [];

/** The key of a map in which the fault lies; null when the value is no map at all. */
export const keyAtFault = (shape: AnyShape, value: CanonicalValue): string | null => {
  const [key] = wayInto(shape, value);
  return typeof key === 'string' ? key : null;
};

const asItIs = <T extends CanonicalValue>(
  isOfShape: (value: CanonicalValue) => value is T,
): Shape<T> => ({
  parse: (value) => (isOfShape(value) ? value : undefined),
  toCanonical: (value) => value,
});

/** A whole number from min to max, both included. */
export const integer = (min: number, max: number = Number.MAX_SAFE_INTEGER): Shape<number> =>
  asItIs((value): value is number => typeof value === 'number' && value >= min && value <= max);

/** A whole number from 0 to 2^53 − 1. */
export const unsigned: Shape<number> = asItIs(
  (value): value is number => typeof value === 'number' && value >= 0,
);

/** Text of so many UTF-16 code units. */
export const text = (unitsMin: number, unitsMax: number): Shape<string> =>
  asItIs(
    (value): value is string =>
      typeof value === 'string' && value.length >= unitsMin && value.length <= unitsMax,
  );

/** Text of so many code points. */
export const characters = (charactersMin: number, charactersMax: number): Shape<string> =>
  asItIs((value): value is string => {
    if (typeof value !== 'string' || value.length > 2 * charactersMax) return false;
    const count = [...value].length;
    return count >= charactersMin && count <= charactersMax;
  });

const UTF8 = new TextEncoder();

/** Text of at most so many UTF-8 bytes. */
export const textOfBytes = (bytesMax: number): Shape<string> =>
  asItIs(
    (value): value is string =>
      typeof value === 'string' &&
      value.length <= bytesMax &&
      (value.length * 3 <= bytesMax || UTF8.encode(value).length <= bytesMax),
  );

/** One of a closed list of words. */
export const oneOf = <const T extends string>(...words: readonly T[]): Shape<T> =>
  asItIs((value): value is T => words.some((word) => word === value));

/** One of these words; any other text of at most so many characters reads as `other`. */
export const oneOfOrOther = <const T extends string>(
  words: readonly T[],
  other: NoInfer<T>,
  charactersMax: number,
): Shape<T> =>
  converted(
    characters(1, charactersMax),
    (value) => words.find((word) => word === value) ?? other,
    (value) => value,
  );

/** True or false. */
export const flag: Shape<boolean> = asItIs((value): value is boolean => typeof value === 'boolean');

/** Exactly this value, as a version or a kind. */
export const constant = <const T extends string | number>(expected: T): Shape<T> =>
  asItIs((value): value is T => value === expected);

/** A byte string of a length within the given bounds. */
export const bytes = (bytesMin: number, bytesMax: number): Shape<Uint8Array> =>
  asItIs(
    (value): value is Uint8Array =>
      value instanceof Uint8Array && value.length >= bytesMin && value.length <= bytesMax,
  );

/** An Ed25519 signature. */
export const signature64: Shape<Uint8Array> = bytes(64, 64);

/** An identifier as the 32 bytes that travel. Throws when it is no identifier. */
export const idToBytes = (id: string): Uint8Array => {
  if (!isHex32(id)) throw new Error('broken invariant: an identifier is 64 hex digits');
  return hexToBytes(id);
};

/** An identifier: 32 bytes outside, 64 hex digits in memory. */
export const hex32 = <T extends string>(): Shape<T> => ({
  parse: (value) =>
    value instanceof Uint8Array && value.length === 32 ? (bytesToHex(value) as T) : undefined,
  toCanonical: idToBytes,
});

/** So many bytes outside, hex digits in memory: a digest that need not be whole. */
export const hexOf = <T extends string>(length: number): Shape<T> => ({
  parse: (value) =>
    value instanceof Uint8Array && value.length === length ? (bytesToHex(value) as T) : undefined,
  toCanonical: (value) => hexToBytes(value),
});

export const nullable = <T>(shape: Shape<T>): Shape<T | null> => ({
  parse: (value) => (value === null ? null : shape.parse(value)),
  toCanonical: (value) => (value === null ? null : shape.toCanonical(value)),
  wayToFault: shape.wayToFault,
});

/** A shape with one more condition on what was read. */
export const where = <T>(shape: Shape<T>, holds: (value: T) => boolean): Shape<T> =>
  converted(
    shape,
    (value) => (holds(value) ? value : undefined),
    (value) => value,
  );

/** A shape whose values stand otherwise in memory; undefined for what has no such form. */
export const converted = <T, U>(
  shape: Shape<T>,
  fromWire: (value: T) => U | undefined,
  toWire: (value: U) => T,
): Shape<U> => ({
  parse: (value) => {
    const inner = shape.parse(value);
    return inner === undefined ? undefined : fromWire(inner);
  },
  toCanonical: (value) => shape.toCanonical(toWire(value)),
  wayToFault: (value) => (shape.parse(value) === undefined ? wayInto(shape, value) : []),
});
