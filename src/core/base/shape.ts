import { isHex32 } from './brands.js';
import type { CanonicalMap, CanonicalValue } from './canonical.js';
import { bytesToHex, hexToBytes } from './hash.js';
import { isStrictlySorted, type Compare } from './ordering.js';

/**
 * How a value in memory looks in canonical bytes, both ways.
 *
 * `parse` gives undefined for whatever is not of this shape, and never throws on foreign values.
 */
export interface Shape<T> {
  readonly parse: (value: CanonicalValue) => T | undefined;
  readonly toCanonical: (value: T) => CanonicalValue;
}

export type Of<S> = S extends Shape<infer T> ? T : never;

const asItIs = <T extends CanonicalValue>(
  isOfShape: (value: CanonicalValue) => value is T,
): Shape<T> => ({
  parse: (value) => (isOfShape(value) ? value : undefined),
  toCanonical: (value) => value,
});

/** An integer from 0 to 2^53 − 1. */
export const unsigned: Shape<number> = asItIs(
  (value): value is number => typeof value === 'number' && value >= 0,
);

/** An integer from −1 on, where −1 stands for "none". */
export const unsignedOrNone: Shape<number> = asItIs(
  (value): value is number => typeof value === 'number' && value >= -1,
);

/** Text of so many UTF-16 code units. */
export const text = (unitsMin: number, unitsMax: number): Shape<string> =>
  asItIs(
    (value): value is string =>
      typeof value === 'string' && value.length >= unitsMin && value.length <= unitsMax,
  );

const UTF8 = new TextEncoder();

/** Text of at most so many UTF-8 bytes. */
export const textOfBytes = (bytesMax: number): Shape<string> =>
  asItIs(
    (value): value is string =>
      typeof value === 'string' &&
      value.length <= bytesMax &&
      (value.length * 3 <= bytesMax || UTF8.encode(value).length <= bytesMax),
  );

export const oneOf = <T extends string>(...words: readonly T[]): Shape<T> =>
  asItIs((value): value is T => words.some((word) => word === value));

/** A byte string of a length within the given bounds. */
export const bytes = (bytesMin: number, bytesMax: number): Shape<Uint8Array> =>
  asItIs(
    (value): value is Uint8Array =>
      value instanceof Uint8Array && value.length >= bytesMin && value.length <= bytesMax,
  );

/** An identifier: 32 bytes outside, 64 hex digits in memory. */
export const hex32 = <T extends string>(): Shape<T> => ({
  parse: (value) =>
    value instanceof Uint8Array && value.length === 32 ? (bytesToHex(value) as T) : undefined,
  toCanonical: (value) => {
    if (!isHex32(value)) throw new Error('broken invariant: an identifier is 64 hex digits');
    return hexToBytes(value);
  },
});

export const nullable = <T>(shape: Shape<T>): Shape<T | null> => ({
  parse: (value) => (value === null ? null : shape.parse(value)),
  toCanonical: (value) => (value === null ? null : shape.toCanonical(value)),
});

export const list = <T>(
  shape: Shape<T>,
  itemsMax: number = Number.MAX_SAFE_INTEGER,
): Shape<readonly T[]> => ({
  parse: (value) => {
    if (!Array.isArray(value) || value.length > itemsMax) return undefined;
    const items: T[] = [];
    for (const each of value as readonly CanonicalValue[]) {
      const item = shape.parse(each);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  },
  toCanonical: (value) => value.map(shape.toCanonical),
});

/** A list in which each item sorts strictly before the next. */
export const sortedList = <T>(
  shape: Shape<T>,
  compare: Compare<T>,
  itemsMax?: number,
): Shape<readonly T[]> => {
  const plain = list(shape, itemsMax);
  return {
    parse: (value) => {
      const items = plain.parse(value);
      return items !== undefined && isStrictlySorted(items, compare) ? items : undefined;
    },
    toCanonical: plain.toCanonical,
  };
};

type Fields = Readonly<Record<string, Shape<never>>>;
type Named<F> = { readonly [K in keyof F]: Of<F[K]> };

/** An array whose places have names in memory, in the order in which they are given. */
export const row = <const F extends Readonly<Record<string, unknown>>>(
  fields: F,
): Shape<Named<F>> => {
  const entries = Object.entries(fields as unknown as Fields);
  return {
    parse: (value) => {
      if (!Array.isArray(value) || value.length !== entries.length) return undefined;
      const named: Record<string, unknown> = {};
      for (let place = 0; place < entries.length; place += 1) {
        const [name, shape] = entries[place] as [string, Shape<never>];
        const field = shape.parse((value as readonly CanonicalValue[])[place] as CanonicalValue);
        if (field === undefined) return undefined;
        named[name] = field;
      }
      return named as Named<F>;
    },
    toCanonical: (value) =>
      entries.map(([name, shape]) =>
        shape.toCanonical((value as Record<string, never>)[name] as never),
      ),
  };
};

/** A map with exactly these keys; of the optional ones each may be absent. */
export interface MapShape<T> extends Shape<T> {
  /** Which key is at fault in a value that does not parse; null when it is no map at all. */
  readonly faultIn: (value: CanonicalValue) => string | null;
}

export const map = <
  const R extends Readonly<Record<string, unknown>>,
  const O extends Readonly<Record<string, unknown>> = Record<never, never>,
>(
  required: R,
  optional: O = {} as O,
): MapShape<Named<R> & Partial<Named<O>>> => {
  const needed = Object.entries(required as unknown as Fields);
  const allowed = Object.entries(optional as unknown as Fields);
  const known = new Set([...needed, ...allowed].map(([name]) => name));
  const isFieldBad = (value: CanonicalMap, [name, shape]: [string, Shape<never>]): boolean =>
    shape.parse(value[name] as CanonicalValue) === undefined;
  return {
    parse: (value) => {
      if (!isMap(value)) return undefined;
      const named: Record<string, unknown> = {};
      let count = 0;
      for (const [name, shape] of needed) {
        if (!Object.hasOwn(value, name)) return undefined;
        const field = shape.parse(value[name] as CanonicalValue);
        if (field === undefined) return undefined;
        named[name] = field;
        count += 1;
      }
      for (const [name, shape] of allowed) {
        if (!Object.hasOwn(value, name)) continue;
        const field = shape.parse(value[name] as CanonicalValue);
        if (field === undefined) return undefined;
        named[name] = field;
        count += 1;
      }
      return Object.keys(value).length === count
        ? (named as Named<R> & Partial<Named<O>>)
        : undefined;
    },
    toCanonical: (value) => mapToCanonical(value as Record<string, unknown>, needed, allowed),
    faultIn: (value) => {
      if (!isMap(value)) return null;
      const stranger = Object.keys(value).find((name) => !known.has(name));
      if (stranger !== undefined) return stranger;
      const missing = needed.find((field) => !Object.hasOwn(value, field[0]));
      const bad = [...needed, ...allowed].find(
        (field) => Object.hasOwn(value, field[0]) && isFieldBad(value, field),
      );
      return missing?.[0] ?? bad?.[0] ?? null;
    },
  };
};

const isMap = (value: CanonicalValue): value is CanonicalMap =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array);

const mapToCanonical = (
  value: Readonly<Record<string, unknown>>,
  needed: readonly (readonly [string, Shape<never>])[],
  allowed: readonly (readonly [string, Shape<never>])[],
): CanonicalMap => {
  const written: Record<string, CanonicalValue> = {};
  for (const [name, shape] of needed) written[name] = shape.toCanonical(value[name] as never);
  for (const [name, shape] of allowed) {
    if (value[name] !== undefined) written[name] = shape.toCanonical(value[name] as never);
  }
  return written;
};
