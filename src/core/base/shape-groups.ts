import type { CanonicalMap, CanonicalValue } from './canonical.js';
import { isStrictlySorted, type Compare } from './ordering.js';
import { assert } from './result.js';
import { wayInto, type AnyShape, type Shape, type Way } from './shape.js';

/** An array of itemsMin to itemsMax items, in the order given. */
export const list = <T>(
  shape: Shape<T>,
  itemsMax: number = Number.MAX_SAFE_INTEGER,
  itemsMin: number = 0,
): Shape<readonly T[]> => {
  return {
    parse: (value) => {
      if (!Array.isArray(value) || value.length > itemsMax || value.length < itemsMin) {
        return undefined;
      }
      const items: T[] = [];
      for (const each of value as readonly CanonicalValue[]) {
        const item = shape.parse(each);
        if (item === undefined) return undefined;
        items.push(item);
      }
      return items;
    },
    toCanonical: (value) => value.map(shape.toCanonical),
    wayToFault: (value) => {
      const items = itemsOf(value) ?? [];
      if (items.length > itemsMax) return [];
      return wayToFirst(items.map((item, index) => [index, shape, item]));
    },
  };
};

/** A list in which each item sorts strictly before the next. What is written is sorted already. */
export const sortedList = <T>(
  shape: Shape<T>,
  compare: Compare<T>,
  itemsMax?: number,
): Shape<readonly T[]> => {
  const plain = list(shape, itemsMax);
  return {
    ...plain,
    parse: (value) => {
      const items = plain.parse(value);
      return items !== undefined && isStrictlySorted(items, compare) ? items : undefined;
    },
  };
};

/**
 * A sorted list whose items may stand in any order in memory, so that one set has one encoding.
 *
 * Writing two items that sort alike is a broken invariant.
 */
export const setOf = <T>(
  shape: Shape<T>,
  compare: Compare<T>,
  itemsMax: number,
): Shape<readonly T[]> => {
  const sorted = sortedList(shape, compare, itemsMax);
  return {
    ...sorted,
    toCanonical: (value) => {
      const items = [...value].sort(compare);
      assert(isStrictlySorted(items, compare), 'a set on the wire repeats nothing');
      return sorted.toCanonical(items);
    },
  };
};

/** One shape for each property. */
export type ShapesOf<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

type Entries = readonly [string, Shape<never>][];
const entriesOf = (shapes: object): Entries => Object.entries(shapes) as unknown as Entries;

/** An array whose places have names in memory. */
export interface RowShape<T> extends Shape<T> {
  readonly toCanonical: (value: T) => readonly CanonicalValue[];
}

/** An array whose places have names in memory, in the order in which they are given. */
export const row = <T extends object>(shapes: ShapesOf<T>): RowShape<Readonly<T>> => {
  const entries = entriesOf(shapes);
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
      return named as T;
    },
    toCanonical: (value) =>
      entries.map(([name, shape]) =>
        shape.toCanonical((value as Record<string, never>)[name] as never),
      ),
    wayToFault: (value) => {
      const items = itemsOf(value) ?? [];
      if (items.length !== entries.length) return [];
      return wayToFirst(
        entries.map(([name, shape], place) => [name, shape, items[place] as CanonicalValue]),
      );
    },
  };
};

/** A map with exactly these keys; of the optional ones each may be absent. */
export const map = <R extends object, O extends object = Record<never, never>>(
  required: ShapesOf<R>,
  optional: ShapesOf<O> = {} as ShapesOf<O>,
): Shape<Readonly<R> & Partial<Readonly<O>>> => {
  const needed = entriesOf(required);
  const allowed = entriesOf(optional);
  const known = new Set([...needed, ...allowed].map(([name]) => name));
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
        ? (named as Readonly<R> & Partial<Readonly<O>>)
        : undefined;
    },
    toCanonical: (value) => mapToCanonical(value as Record<string, unknown>, needed, allowed),
    wayToFault: (value) => {
      if (!isMap(value)) return [];
      const has = (name: string): boolean => Object.hasOwn(value, name);
      const stranger = Object.keys(value).find((name) => !known.has(name));
      const odd = stranger ?? needed.find(([name]) => !has(name))?.[0];
      if (odd !== undefined) return [odd];
      const held = [...needed, ...allowed].filter(([name]) => has(name));
      return wayToFirst(held.map(([name, shape]) => [name, shape, value[name] as CanonicalValue]));
    },
  };
};

/** Whether a decoded value is a CBOR map. */
export const isMap = (value: CanonicalValue | undefined): value is CanonicalMap =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array);

/** The items of a CBOR array; undefined for anything else. */
export const itemsOf = (value: CanonicalValue): readonly CanonicalValue[] | undefined =>
  Array.isArray(value) ? (value as readonly CanonicalValue[]) : undefined;

/** The way to the first part that does not parse; empty when all do. */
const wayToFirst = (
  parts: readonly (readonly [step: string | number, AnyShape, CanonicalValue])[],
): Way => {
  const bad = parts.find(([, shape, value]) => shape.parse(value) === undefined);
  return bad === undefined ? [] : [bad[0], ...wayInto(bad[1], bad[2])];
};

const mapToCanonical = (
  value: Readonly<Record<string, unknown>>,
  needed: Entries,
  allowed: Entries,
): CanonicalMap => {
  const written: Record<string, CanonicalValue> = {};
  for (const [name, shape] of needed) written[name] = shape.toCanonical(value[name] as never);
  for (const [name, shape] of allowed) {
    if (value[name] !== undefined) written[name] = shape.toCanonical(value[name] as never);
  }
  return written;
};
