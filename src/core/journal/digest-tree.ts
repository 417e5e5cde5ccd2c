import { type CanonicalValue, asWritten, encodeCanonical } from '../base/canonical.js';
import type { Digest } from '../base/brands.js';
import { bytesToHex, hashOf, hexToBytes, sha256 } from '../base/hash.js';
import { DOMAINS } from '../base/domains.js';
import {
  type ItemSheets,
  actToCanonical,
  createItemSheets,
  fieldsToCanonical,
  frontierToCanonical,
  pendingToCanonical,
  sortedByDot,
} from './state-codec.js';
import type { ItemKey, State } from './state.js';

const BUCKETS = 256;
/** The hash of an empty bucket. */
const NOTHING = new Uint8Array(0);

/**
 * The hash tree over a state, by domain and key (rule S4).
 *
 * Four domains (acts, items, pending, sessions), and marks where there are any. Items hang in
 * 256 buckets by their creating fact, so one changed item costs one leaf, its bucket and the root:
 * about 10,000 / 256 hashes' worth of bytes at 10,000 items, not the world. The others are small
 * and hashed whole.
 */
export interface DigestTree {
  /** Says that these items were created, changed or removed since the last root. */
  readonly touch: (keys: Iterable<ItemKey>) => void;
  /** `sheets` are its items, where the caller writes them anyway. */
  readonly root: (state: State, sheets?: ItemSheets) => Digest;
  /** The hash of each part, for naming where two states differ. */
  readonly parts: (state: State) => DigestParts;
}

export interface DigestParts {
  readonly acts: string;
  readonly pending: string;
  readonly sessions: string;
  /** Null where there are none. */
  readonly marks: string | null;
  /** One hash a bucket; empty buckets are ''. */
  readonly items: readonly string[];
}

/** A tree that looks at a state when it is asked first, and from then on at what is touched. */
export const createDigestTree = (): DigestTree => {
  const leaves = new Map<ItemKey, Uint8Array>();
  const keysByBucket = new Map<number, Set<ItemKey>>();
  const hashes: Uint8Array[] = new Array<Uint8Array>(BUCKETS).fill(NOTHING);
  /** Null before the first root: then all items are new, and many trees are never asked. */
  let dirty: Set<ItemKey> | null = null;
  /** All of `hashes` in one piece: most roots are asked for after other things changed. */
  let written: CanonicalValue | null = null;

  const settle = (now: State, sheets: ItemSheets): void => {
    if (dirty?.size === 0) return;
    written = null;
    const buckets = new Set<number>();
    for (const key of dirty ?? now.items.keys()) {
      const item = now.items.get(key);
      const bucket = bucketOf(key);
      buckets.add(bucket);
      if (item === undefined) {
        leaves.delete(key);
        keysByBucket.get(bucket)?.delete(key);
      } else {
        leaves.set(key, sha256(encodeCanonical([DOMAINS.leaf, sheets(item)])));
        const keys = keysByBucket.get(bucket) ?? new Set();
        keysByBucket.set(bucket, keys.add(key));
      }
    }
    for (const bucket of buckets) hashes[bucket] = bucketHash(keysByBucket.get(bucket), leaves);
    dirty ??= new Set();
    dirty.clear();
  };

  return {
    touch: (keys) => {
      if (dirty === null) return;
      for (const key of keys) dirty.add(key);
    },
    parts: (now) => {
      settle(now, createItemSheets());
      return { ...smallPartsOf(now), items: hashes.map(bytesToHex) };
    },
    root: (now, sheets = createItemSheets()) => {
      settle(now, sheets);
      const { acts, pending, sessions, marks } = smallPartsOf(now);
      return hashOf<Digest>(DOMAINS.tree, [
        hexToBytes(acts),
        (written ??= writtenBuckets(hashes)),
        hexToBytes(pending),
        hexToBytes(sessions),
        ...(marks === null ? [] : [hexToBytes(marks)]),
      ]);
    },
  };
};

const smallPartsOf = (now: State): Omit<DigestParts, 'items'> => ({
  acts: hashOf(DOMAINS.tree, sortedByDot([...now.acts.values()]).map(actToCanonical)),
  pending: hashOf(DOMAINS.tree, sortedByDot([...now.pending.values()]).map(pendingToCanonical)),
  sessions: hashOf(DOMAINS.tree, frontierToCanonical(now.frontier)),
  marks: now.marks.size === 0 ? null : hashOf(DOMAINS.tree, fieldsToCanonical(now.marks)),
});

/** The canonical list of the buckets' hashes, as encodeCanonical writes it. */
const writtenBuckets = (hashes: readonly Uint8Array[]): CanonicalValue =>
  asWritten(encodeCanonical(hashes));

/** The digest of a state computed from nothing: what the incremental tree must equal. */
export const digestOf = (state: State, sheets?: ItemSheets): Digest =>
  createDigestTree().root(state, sheets);

/** Spreads a session's consecutive items evenly, and is fixed by the item's name alone. */
const bucketOf = (key: ItemKey): number =>
  (parseInt(key.slice(0, 2), 16) + Number(key.slice(65))) % BUCKETS;

const bucketHash = (
  keys: ReadonlySet<ItemKey> | undefined,
  leaves: ReadonlyMap<ItemKey, Uint8Array>,
): Uint8Array => {
  if (keys === undefined || keys.size === 0) return NOTHING;
  const sorted = [...keys].sort(byDot);
  const joined = new Uint8Array(32 * sorted.length);
  sorted.forEach((key, index) => {
    const leaf = leaves.get(key);
    if (leaf !== undefined) joined.set(leaf, 32 * index);
  });
  return sha256(encodeCanonical([DOMAINS.bucket, joined]));
};

const byDot = (a: ItemKey, b: ItemKey): number => {
  const [left, right] = [a.slice(0, 64), b.slice(0, 64)];
  if (left !== right) return left < right ? -1 : 1;
  return Number(a.slice(65)) - Number(b.slice(65));
};
