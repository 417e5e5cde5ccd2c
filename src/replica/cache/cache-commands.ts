import type { CanonicalValue } from '../../core/base/canonical.js';
import type { ClassCounts } from '../../core/cache/hit-rate.js';
import type { Done } from '../command-error.js';

/** How asking for the values of one class of keys went on this device since it was opened. */
export interface CacheClassView extends ClassCounts {
  /** What stands before the first colon of its keys, or after `state:`. */
  readonly name: string;
  /** Hits among all questions, from 0 to 1; null before there were enough of them. */
  readonly hitRate: number | null;
  /** Values are outdated more often than they are asked for. */
  readonly isLow: boolean;
  /** Held now. */
  readonly values: number;
  readonly bytes: number;
}

/** What this device keeps of values that can be worked out again. */
export interface CacheView {
  readonly values: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** Values of other devices among them. */
  readonly foreign: number;
  /** By name. */
  readonly classes: readonly CacheClassView[];
  /** Invalidations that wait for a fence to fall. */
  readonly waiting: number;
  /** Whether this device may invalidate on all devices (rule F8). */
  readonly mayInvalidate: boolean;
}

/** How a value is kept. */
export interface CacheHow {
  /** Also across restarts of the app. Not for keys that begin with `state:`. */
  readonly isKept?: boolean;
}

/** How a value is come by that devices work out for each other. */
export interface SharedHow {
  /** Works it out from what is here; null: this device lacks what it takes. */
  readonly compute: (() => Promise<Uint8Array>) | null;
  /** What a value of another device has to stand before it is taken: its form, sizes, limits. */
  readonly isSound: (theirs: Uint8Array) => boolean;
  /** Whether what another device made is what was worked out here. */
  readonly isSame: (own: Uint8Array, theirs: Uint8Array) => boolean | Promise<boolean>;
}

/**
 * Values that can be worked out again (rules K1 to K4).
 *
 * A key is text of at most 200 UTF-16 units without an asterisk. Values are canonical (numbers are
 * whole) and are not changed after they were given. A key that begins with `state:` names what
 * follows from the facts of this device alone: it is outdated by every new fact, unasked.
 */
export interface CacheCommands {
  /**
   * Lets no device serve what was computed before it heard of this, or in an epoch below the floor
   * (the present one where none is named). A key that ends with `*` stands for all that begin so.
   * Behind a fence it acts here at once and on the others once the fence falls.
   *
   * Errors: `empty`, `too-long`, `ill-formed`, `floor-too-high`, `not-allowed`, `no-account`,
   * `store`.
   */
  readonly invalidate: (keys: readonly string[], floor?: number) => Done;
  /** Whether what was computed of that key in that epoch, knowing all there is, may be served. */
  readonly isValid: (key: string, epoch: number) => boolean;
  /** The value held, where it may be served; else undefined. */
  readonly get: <T extends CanonicalValue>(key: string) => Promise<T | undefined>;
  /**
   * The value held, or what `compute` gives, which is then held. Callers of one key at one time
   * share one computation; one that an invalidation overtook is done again. What `compute` throws
   * comes out of it, and nothing is held.
   */
  readonly fetchFresh: <T extends CanonicalValue>(
    key: string,
    compute: () => T | Promise<T>,
    how?: CacheHow,
  ) => Promise<T>;
  /**
   * A value that follows from what all devices have, as bytes (rule K4): worked out here where that
   * is possible, else another device's, signed by it; null where nobody who is connected gives one.
   *
   * A value of another device is replaced once this one works it out; where both differ its maker
   * is named in the log, and nothing it made is taken any more until this device is opened again.
   * Limits: other devices are given LIMITS.sharedValueBytesMax bytes at most. What `compute` throws
   * comes out of it.
   */
  readonly fetchShared: (key: string, how: SharedHow) => Promise<Uint8Array | null>;
  /** Holds a value that was computed from what is known now. */
  readonly set: (key: string, value: CanonicalValue, how?: CacheHow) => Promise<void>;
  /**
   * Lets go of the values here of all keys of these classes; no other device hears of it. Answers
   * how many went.
   */
  readonly drop: (...classes: readonly string[]) => Promise<number>;
  /** How full it is, and how often it could answer. */
  readonly figures: () => CacheView;
}
