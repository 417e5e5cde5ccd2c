import {
  decodeCanonical,
  encodeCanonical,
  type CanonicalValue,
} from '../../src/core/base/canonical.js';
import { compareBytes } from '../../src/core/base/hash.js';
import type { Chance } from './chance.js';
import { lengthenBytes, mutateBytes } from './byte-mutations.js';
import { writeLoosely } from './loose-writer.js';
import { anyValue, mutateValue } from './value-mutations.js';

/** A place where bytes that somebody else made come in. */
export interface Door {
  readonly name: string;
  /** How many of every so many runs are of this door; slow doors have little. */
  readonly weight: number;
  /** Honest input, from which other input is made. Never empty. */
  readonly seeds: readonly Uint8Array[];
  /** Makes something else of a changed value than its bytes: a fact that names its body, say. */
  readonly wrap?: (value: CanonicalValue, chance: Chance) => Uint8Array;
  /**
   * Lets input in; tells whether it was accepted.
   *
   * What it throws is a crash, be it of the code behind the door or of a check here.
   */
  readonly enter: (input: Uint8Array, chance: Chance) => boolean | Promise<boolean>;
}

/** What a door's check found wrong with something that was let in. */
export const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`let in, but ${what}`);
};

/** What was accepted is written as the very bytes that were read. */
export const demandSame = (written: Uint8Array, read: Uint8Array, what = 'written otherwise') =>
  demand(compareBytes(written, read) === 0, what);

const LONG_ONE_IN = 3000;

/** The input of one run: a seed changed as bytes, as a value, written loosely, or none at all. */
export const inputFor = (door: Door, chance: Chance): Uint8Array => {
  const seed = chance.pick(door.seeds);
  const other = chance.pick(door.seeds);
  if (chance.oneIn(LONG_ONE_IN)) return lengthenBytes(seed, chance);
  switch (chance.below(16)) {
    case 0:
      return seed;
    case 1:
      return chance.bytes(chance.below(300));
    case 2:
      return writeLoosely(anyValue(chance), chance);
    case 3:
    case 4:
    case 5:
    case 6:
      return mutateBytes(seed, other, chance);
    default:
      return fromValue(door, seed, other, chance) ?? mutateBytes(seed, other, chance);
  }
};

/** The values of seeds, read once. */
const valueBySeed = new Map<Uint8Array, CanonicalValue | undefined>();

const valueOf = (seed: Uint8Array): CanonicalValue | undefined => {
  if (!valueBySeed.has(seed)) {
    const read = decodeCanonical(seed);
    valueBySeed.set(seed, read.ok ? read.value : undefined);
  }
  return valueBySeed.get(seed);
};

const fromValue = (
  door: Door,
  seed: Uint8Array,
  other: Uint8Array,
  chance: Chance,
): Uint8Array | null => {
  const value = valueOf(seed);
  if (value === undefined) return null;
  let changing = value;
  for (let left = 1 + chance.below(2); left > 0; left -= 1) {
    changing = mutateValue(changing, valueOf(other) ?? null, chance);
  }
  try {
    if (door.wrap !== undefined && !chance.oneIn(4)) return door.wrap(changing, chance);
    return chance.oneIn(4) ? writeLoosely(changing, chance) : encodeCanonical(changing);
  } catch {
    // Numbers beyond what canonical bytes hold.
    return null;
  }
};
