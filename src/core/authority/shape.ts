import { brandHex, isHex32 } from '../base/brands.js';
import type { CanonicalMap, CanonicalValue } from '../base/canonical.js';
import { bytesToHex, hexToBytes } from '../base/hash.js';
import { compareText, isStrictlySorted } from '../base/ordering.js';
import { err, ok, type Result } from '../base/result.js';

/** A value that does not have the form of its kind; `field` is the path to the part at fault. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly field: string;
}

/** Reads one form out of decoded canonical bytes. Nothing beyond the form is let through. */
export type Shape<T> = (value: CanonicalValue, field: string) => Result<T, Malformed>;

/** The refusal of one field. */
export const malformed = (field: string): Result<never, Malformed> =>
  err({ kind: 'malformed', field });

/** A whole number from min to max, both included. */
export const integerShape =
  (min: number, max: number = Number.MAX_SAFE_INTEGER): Shape<number> =>
  (value, field) =>
    typeof value === 'number' && value >= min && value <= max ? ok(value) : malformed(field);

/** Text of 1 to charactersMax code points. */
export const textShape =
  (charactersMax: number): Shape<string> =>
  (value, field) => {
    if (typeof value !== 'string' || value === '') return malformed(field);
    return value.length <= 2 * charactersMax && [...value].length <= charactersMax
      ? ok(value)
      : malformed(field);
  };

/** One of a closed list of words. */
export const wordShape =
  <T extends string>(words: readonly T[]): Shape<T> =>
  (value, field) => {
    const word = words.find((known) => known === value);
    return word === undefined ? malformed(field) : ok(word);
  };

/** Bytes of exactly this length; without a length, of any. */
export const bytesShape =
  (length?: number): Shape<Uint8Array> =>
  (value, field) =>
    value instanceof Uint8Array && (length === undefined || value.length === length)
      ? ok(value)
      : malformed(field);

/** 32 bytes, as the lowercase hex that names things in memory. */
export const idShape =
  <T extends string>(): Shape<T> =>
  (value, field) =>
    value instanceof Uint8Array && value.length === 32
      ? ok(brandHex<T>(bytesToHex(value)))
      : malformed(field);

export const nullOrShape =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value, field) =>
    value === null ? ok(null) : shape(value, field);

/**
 * A list of at most countMax; with keyOf, strictly sorted by that text and so without repetition.
 */
export const listShape =
  <T>(shape: Shape<T>, countMax: number, keyOf?: (item: T) => string): Shape<readonly T[]> =>
  (value, field) => {
    if (!Array.isArray(value) || value.length > countMax) return malformed(field);
    const items: T[] = [];
    for (const [index, entry] of (value as readonly CanonicalValue[]).entries()) {
      const item = shape(entry, `${field}[${index}]`);
      if (!item.ok) return item;
      items.push(item.value);
    }
    if (keyOf !== undefined && !isStrictlySorted(items.map(keyOf), compareText)) {
      return malformed(field);
    }
    return ok(items);
  };

/** A list of fixed length, read into an object: each name stands for one place, in order. */
export const tupleShape =
  <T extends object>(shapes: ShapesOf<T>): Shape<T> =>
  (value, field) => {
    const names = Object.keys(shapes) as (keyof T & string)[];
    if (!Array.isArray(value) || value.length !== names.length) return malformed(field);
    return readNamed<T>(shapes, names, (_, index) => value[index] as CanonicalValue, field);
  };

/** A map with exactly these keys. */
export const mapShape =
  <T extends object>(shapes: ShapesOf<T>): Shape<T> =>
  (value, field) => {
    const names = Object.keys(shapes) as (keyof T & string)[];
    if (!isMap(value) || Object.keys(value).length !== names.length) return malformed(field);
    if (!names.every((name) => Object.hasOwn(value, name))) return malformed(field);
    return readNamed<T>(shapes, names, (name) => value[name] as CanonicalValue, field);
  };

export type ShapesOf<T extends object> = { readonly [K in keyof T]-?: Shape<T[K]> };

const readNamed = <T extends object>(
  shapes: ShapesOf<T>,
  names: readonly (keyof T & string)[],
  valueOf: (name: string, index: number) => CanonicalValue,
  field: string,
): Result<T, Malformed> => {
  const read: Partial<T> = {};
  for (const [index, name] of names.entries()) {
    const part = shapes[name](valueOf(name, index), field === '' ? name : `${field}.${name}`);
    if (!part.ok) return part;
    read[name] = part.value;
  }
  return ok(read as T);
};

const isMap = (value: CanonicalValue): value is CanonicalMap =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array);

/** An identifier as the 32 bytes that travel. Throws when it is no identifier. */
export const idToBytes = (id: string): Uint8Array => {
  if (!isHex32(id)) throw new Error('broken invariant: an identifier is 64 hex digits');
  return hexToBytes(id);
};
