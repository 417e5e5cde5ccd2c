import type { SessionId } from '../base/brands.js';
import { isMatch } from '../base/key-pattern.js';
import { cacheMarkOf } from '../journal/floors.js';
import type { Marks } from '../journal/marks.js';

/** The last fact of each session that invalidated a key, as far as it is known. */
export type Invalidations = ReadonlyMap<SessionId, number>;

/** What was known where a value was computed. */
export interface Stamp {
  readonly epoch: number;
  readonly invalidations: Invalidations;
}

/** What marks say of cached values, read once. */
export interface Floors {
  /** The epoch below which nothing of that key is served; 0 where nobody said anything. */
  readonly floorOf: (key: string) => number;
  readonly invalidationsOf: (key: string) => Invalidations;
  /** Patterns with a floor of their own, each with it. */
  readonly floors: ReadonlyMap<string, number>;
  /** What each session invalidated, with the number of its last fact that did. */
  readonly invalidations: readonly Invalidation[];
  /** How many patterns a session invalidated and did not sweep. */
  readonly countOf: (session: SessionId) => number;
}

/** The last fact of a session that invalidated what a pattern covers. */
export interface Invalidation {
  readonly session: SessionId;
  readonly pattern: string;
  readonly seq: number;
}

/** Reads what the marks of a state say. Limits: none; linear in the marks. */
export const readFloors = (marks: Marks): Floors => {
  const floors = new Map<string, number>();
  const invalidated: Invalidation[] = [];
  for (const [name, { value }] of marks) {
    const mark = cacheMarkOf(name);
    if (mark?.kind === 'floor') floors.set(mark.pattern, Number(value));
    else if (mark !== null) {
      invalidated.push({ session: mark.session, pattern: mark.pattern, seq: Number(value) });
    }
  }
  return {
    floors,
    floorOf: (key) => {
      let floor = 0;
      for (const [pattern, epoch] of floors) {
        if (epoch > floor && isMatch(pattern, key)) floor = epoch;
      }
      return floor;
    },
    invalidationsOf: (key) => {
      const known = new Map<SessionId, number>();
      for (const { session, pattern, seq } of invalidated) {
        if (isMatch(pattern, key)) known.set(session, Math.max(seq, known.get(session) ?? -1));
      }
      return known;
    },
    invalidations: invalidated,
    countOf: (session) => invalidated.filter((each) => each.session === session).length,
  };
};

/** What is known here and now of a key: the stamp of a value that is computed from it. */
export const stampOf = (floors: Floors, key: string, epoch: number): Stamp => ({
  epoch,
  invalidations: floors.invalidationsOf(key),
});

/**
 * Whether a value may be served: its epoch is not below the key's floor, and no invalidation has
 * arrived that was unknown where it was computed (rule K2).
 */
export const isServable = (floors: Floors, key: string, stamp: Stamp): boolean => {
  if (stamp.epoch < floors.floorOf(key)) return false;
  for (const [session, seq] of floors.invalidationsOf(key)) {
    if ((stamp.invalidations.get(session) ?? -1) < seq) return false;
  }
  return true;
};

/** Whether two stamps know the same. */
export const isSameStamp = (left: Stamp, right: Stamp): boolean =>
  left.epoch === right.epoch &&
  left.invalidations.size === right.invalidations.size &&
  [...left.invalidations].every(([session, seq]) => right.invalidations.get(session) === seq);
