import {
  decodeCanonical,
  encodeCanonical,
  type CanonicalMap,
  type CanonicalValue,
} from '../../src/core/base/canonical.js';
import type { Chance } from './chance.js';

const NUMBERS: readonly number[] = [
  ...[0, 1, 2, -1, -2, 23, 24, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 31 - 1, 2 ** 31],
  ...[2 ** 32 - 1, 2 ** 32, 2 ** 48, 2 ** 48 + 1, 2 ** 53 - 2, 2 ** 53 - 1, 1 - 2 ** 53],
];
const WORDS: readonly string[] = [
  ...['', ' ', '0', 'x', '__proto__', 'constructor', 'toString', 'length', 'hasOwnProperty'],
  ...['é', '\u202e', '\ufeff', '\u0000', '🔧', 'ﷺ', 'a'.repeat(64), 'a'.repeat(65)],
  ...['b'.repeat(300), '🔧'.repeat(64), 'record.edited', 'session.opened', 'expired', 'soft'],
];

const isMap = (value: CanonicalValue): value is CanonicalMap =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Uint8Array);

/** Any value, of few levels. */
export const anyValue = (chance: Chance, depth = 3): CanonicalValue => {
  switch (chance.below(depth > 0 ? 9 : 7)) {
    case 0:
      return chance.pick(NUMBERS);
    case 1:
      return chance.word();
    case 2:
      return chance.pick(WORDS);
    case 3:
      return chance.bytes(chance.pick([0, 1, 31, 32, 32, 33, 64, 64, 65, 300]));
    case 4:
      return chance.pick([true, false, null]);
    case 5:
      return new Uint8Array(32);
    case 6:
      return chance.below(24);
    case 7:
      return Array.from({ length: chance.below(5) }, () => anyValue(chance, depth - 1));
    default:
      return mapOf(
        Array.from({ length: chance.below(4) }, () => [
          chance.pick(WORDS),
          anyValue(chance, depth - 1),
        ]),
      );
  }
};

/** With own properties only, whatever the keys. */
const mapOf = (entries: readonly (readonly [string, CanonicalValue])[]): CanonicalMap => {
  const map: Record<string, CanonicalValue> = {};
  for (const [key, value] of entries) {
    const own = { value, enumerable: true, writable: true, configurable: true };
    Object.defineProperty(map, key, own);
  }
  return map;
};

/**
 * The value with one part of it changed; parts that are canonical bytes themselves are opened.
 *
 * `other` gives parts that may take the place of this one's.
 */
export const mutateValue = (
  value: CanonicalValue,
  other: CanonicalValue,
  chance: Chance,
): CanonicalValue => {
  if (chance.oneIn(16)) return chance.oneIn(2) ? other : anyValue(chance);
  if (value instanceof Uint8Array) return mutateString(value, other, chance);
  if (Array.isArray(value)) {
    return mutateList(value as readonly CanonicalValue[], other, chance);
  }
  if (isMap(value)) return mutateMap(value, other, chance);
  if (typeof value === 'number') {
    return chance.pick([value + 1, value - 1, chance.pick(NUMBERS), chance.below(100)]);
  }
  if (typeof value === 'string') {
    return chance.pick([value + value, value.slice(1), chance.pick(WORDS), `${value}\u0301`]);
  }
  return anyValue(chance);
};

const mutateString = (bytes: Uint8Array, other: CanonicalValue, chance: Chance): CanonicalValue => {
  const inner = bytes.length > 40 ? decodeCanonical(bytes) : null;
  if (inner?.ok && typeof inner.value === 'object' && !chance.oneIn(8)) {
    return safely(mutateValue(inner.value, other, chance)) ?? bytes;
  }
  switch (chance.below(5)) {
    case 0:
      return bytes.subarray(0, Math.max(0, bytes.length - 1));
    case 1:
      return Uint8Array.of(...bytes.subarray(0, 9000), 0);
    case 2:
      return chance.bytes(bytes.length > 9000 ? 32 : bytes.length);
    case 3:
      return new Uint8Array(Math.min(9000, bytes.length)).fill(chance.pick([0, 255]));
    default: {
      const copy = bytes.slice();
      const at = chance.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << chance.below(8));
      return copy;
    }
  }
};

/** Null for numbers that canonical bytes cannot hold. */
const safely = (value: CanonicalValue): Uint8Array | null => {
  try {
    return encodeCanonical(value);
  } catch {
    return null;
  }
};

const partOf = (value: CanonicalValue, chance: Chance): CanonicalValue => {
  if (Array.isArray(value)) return chance.pick([value, ...(value as CanonicalValue[])]);
  return isMap(value) ? chance.pick([value, ...Object.values(value)]) : value;
};

const mutateList = (
  list: readonly CanonicalValue[],
  other: CanonicalValue,
  chance: Chance,
): CanonicalValue => {
  const at = chance.below(list.length);
  const theirs = partOf(other, chance);
  switch (chance.below(12)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, list[at] ?? theirs);
    case 2:
      return list.toSpliced(at, 0, theirs);
    case 3:
      return [...list].reverse();
    case 4:
      return list.length < 20 ? Array.from({ length: 40 }, () => list).flat() : list.slice(1);
    default:
      return list.length === 0
        ? [theirs]
        : list.with(at, mutateValue(list[at] as CanonicalValue, theirs, chance));
  }
};

const mutateMap = (map: CanonicalMap, other: CanonicalValue, chance: Chance): CanonicalValue => {
  const entries = Object.entries(map) as [string, CanonicalValue][];
  const at = chance.below(entries.length);
  const theirs = partOf(other, chance);
  const [key, held] = entries[at] ?? ['x', theirs];
  switch (chance.below(10)) {
    case 0:
      return mapOf(entries.toSpliced(at, 1));
    case 1:
      return mapOf([...entries, [chance.pick(WORDS), theirs]]);
    case 2:
      return mapOf(entries.toSpliced(at, 1, [key, theirs]));
    default:
      return entries.length === 0
        ? mapOf([[key, theirs]])
        : mapOf(entries.with(at, [key, mutateValue(held, theirs, chance)]));
  }
};
