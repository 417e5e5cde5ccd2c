import type { CanonicalValue } from '../base/canonical.js';
import { brandHex } from '../base/brands.js';
import { bytesToHex, hexToBytes } from '../base/hash.js';
import { assert } from '../base/result.js';

/**
 * How one value stands on the wire, in both directions.
 *
 * `read` answers undefined for whatever `write` could not have made; it never throws. `write`
 * trusts its caller: what it is given comes from our own code.
 */
export interface Field<T> {
  readonly read: (value: CanonicalValue) => T | undefined;
  readonly write: (value: T) => CanonicalValue;
}

/** A whole number from 0 to max, both included. */
export const integer = (max: number): Field<number> => ({
  read: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max
      ? value
      : undefined,
  write: (value) => value,
});

/** A text of charactersMin to charactersMax code points. */
export const text = (charactersMin: number, charactersMax: number): Field<string> => ({
  read: (value) => {
    if (typeof value !== 'string' || value.length > 2 * charactersMax) return undefined;
    const characters = [...value].length;
    return characters >= charactersMin && characters <= charactersMax ? value : undefined;
  },
  write: (value) => value,
});

/** A byte string of at least bytesMin and at most bytesMax bytes. */
export const byteString = (bytesMin: number, bytesMax: number): Field<Uint8Array> => ({
  read: (value) =>
    value instanceof Uint8Array && value.length >= bytesMin && value.length <= bytesMax
      ? value
      : undefined,
  write: (value) => value,
});

/** An Ed25519 signature. */
export const signature64: Field<Uint8Array> = byteString(64, 64);

/** An identifier: hex in memory, 32 bytes on the wire. */
export const identifier = <T extends string>(): Field<T> => ({
  read: (value) =>
    value instanceof Uint8Array && value.length === 32 ? brandHex<T>(bytesToHex(value)) : undefined,
  write: (value) => hexToBytes(value),
});

export const nullable = <T>(field: Field<T>): Field<T | null> => ({
  read: (value) => (value === null ? null : field.read(value)),
  write: (value) => (value === null ? null : field.write(value)),
});

/** Exactly this value, as a version or a kind. */
export const constant = <const T extends string | number>(expected: T): Field<T> => ({
  read: (value) => (value === expected ? expected : undefined),
  write: () => expected,
});

/** One of these words. */
export const oneOf = <const T extends string>(words: readonly T[]): Field<T> => ({
  read: (value) => words.find((word) => word === value),
  write: (value) => value,
});

/** A field with one more condition on what was read. */
export const where = <T>(field: Field<T>, holds: (value: T) => boolean): Field<T> => ({
  read: (value) => {
    const inner = field.read(value);
    return inner !== undefined && holds(inner) ? inner : undefined;
  },
  write: field.write,
});

/** An array of countMin to countMax items, in the order given. */
export const listOf = <T>(
  field: Field<T>,
  countMax: number,
  countMin = 0,
): Field<readonly T[]> => ({
  read: (value) => {
    const items = itemsOf(value);
    if (items === undefined || items.length < countMin || items.length > countMax) return undefined;
    const read: T[] = [];
    for (const item of items) {
      const one = field.read(item);
      if (one === undefined) return undefined;
      read.push(one);
    }
    return read;
  },
  write: (values) => values.map(field.write),
});

/**
 * An array whose items strictly ascend by a key, so that one set has one encoding.
 *
 * `write` sorts a copy; writing two items with one key is a broken invariant.
 */
export const setOf = <T>(
  field: Field<T>,
  countMax: number,
  keyOf: (value: T) => string | number,
  countMin = 0,
): Field<readonly T[]> => {
  const list = where(listOf(field, countMax, countMin), (values) => ascends(values, keyOf));
  return {
    read: list.read,
    write: (values) => {
      const sorted = [...values].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      assert(ascends(sorted, keyOf), 'a set on the wire repeats no key');
      return list.write(sorted);
    },
  };
};

/** One field for each property of an object. */
export type Fields<T> = { readonly [K in keyof T]-?: Field<T[K]> };

/** An object as a CBOR array: its properties in the order in which the fields are named. */
export const sequenceOf = <T extends object>(fields: Fields<T>) => {
  const entries = Object.entries(fields) as [keyof T & string, Field<unknown>][];
  return {
    read: (value: CanonicalValue): T | undefined => {
      const items = itemsOf(value);
      if (items === undefined || items.length !== entries.length) return undefined;
      return readEntries<T>(entries, (_, place) => items[place]);
    },
    write: (value: T): readonly CanonicalValue[] =>
      entries.map(([name, field]) => field.write(value[name])),
  };
};

/** An object as a CBOR map with exactly these keys. */
export const mapOf = <T extends object>(fields: Fields<T>): Field<T> => {
  const entries = Object.entries(fields) as [keyof T & string, Field<unknown>][];
  return {
    read: (value) => {
      if (!isMap(value) || Object.keys(value).length !== entries.length) return undefined;
      return readEntries<T>(entries, (name) =>
        Object.hasOwn(value, name) ? value[name] : undefined,
      );
    },
    write: (value) =>
      Object.fromEntries(entries.map(([name, field]) => [name, field.write(value[name])])),
  };
};

/** Whether a decoded value is a CBOR map. */
export const isMap = (
  value: CanonicalValue | undefined,
): value is { readonly [key: string]: CanonicalValue } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array);

/** The items of a CBOR array; undefined for anything else. */
export const itemsOf = (value: CanonicalValue): readonly CanonicalValue[] | undefined =>
  Array.isArray(value) ? (value as readonly CanonicalValue[]) : undefined;

const readEntries = <T extends object>(
  entries: readonly (readonly [string, Field<unknown>])[],
  valueAt: (name: string, place: number) => CanonicalValue | undefined,
): T | undefined => {
  const read: Record<string, unknown> = {};
  for (const [place, [name, field]] of entries.entries()) {
    const value = valueAt(name, place);
    const inner = value === undefined ? undefined : field.read(value);
    if (inner === undefined) return undefined;
    read[name] = inner;
  }
  return read as T;
};

const ascends = <T>(values: readonly T[], keyOf: (value: T) => string | number): boolean =>
  values.every((value, place) => place === 0 || keyOf(values[place - 1] as T) < keyOf(value));
