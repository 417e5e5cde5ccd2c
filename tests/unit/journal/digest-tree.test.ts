import { describe, expect, it } from 'vitest';
import { encodeCanonical } from '../../../src/core/base/canonical.js';
import { DOMAINS } from '../../../src/core/base/domains.js';
import { bytesToHex, sha256 } from '../../../src/core/base/hash.js';
import { createDigestTree, digestOf } from '../../../src/core/journal/digest-tree.js';
import { EMPTY_STATE, type Item } from '../../../src/core/journal/state.js';
import { createItemSheets } from '../../../src/core/journal/state-codec.js';
import { foldAll, sessionsOf, type Saying } from '../../property/journal/accounts.js';

const BUCKETS = 256;
const say = (session: number): Saying => ({
  ...{ session, kind: 'create', target: [0, 0], word: 'a' },
  ...{ lamportStep: 1, isRefused: false },
});

/** Two sessions so long that every bucket holds records of both, and some two of one. */
const [alices = [], , bobs = []] = sessionsOf(
  Array.from({ length: 600 }, (_, index) => say(index < 300 ? 0 : 2)),
);
const state = foldAll(EMPTY_STATE, [...alices, ...bobs]);

const bucketOf = (key: string): number =>
  (parseInt(key.slice(0, 2), 16) + Number(key.split(':')[1])) % BUCKETS;
const leafOf = (item: Item): Uint8Array =>
  sha256(encodeCanonical([DOMAINS.leaf, createItemSheets()(item)]));

describe('a bucket of the digest', () => {
  it('[S4] is the hash of its items’ hashes, by session and then by number', () => {
    const items = [...state.items].sort(([a], [b]) => {
      const [[left, one], [right, other]] = [a.split(':'), b.split(':')] as [string[], string[]];
      return left === right ? Number(one) - Number(other) : left! < right! ? -1 : 1;
    });
    const expected = Array.from({ length: BUCKETS }, (_, bucket) => {
      const within = items.filter(([key]) => bucketOf(key) === bucket);
      expect(within.length).toBeGreaterThan(1);
      const joined = Buffer.concat(within.map(([, item]) => leafOf(item)));
      return bytesToHex(sha256(encodeCanonical([DOMAINS.bucket, Uint8Array.from(joined)])));
    });
    expect(createDigestTree().parts(state).items).toEqual(expected);
  });

  it('[S4] is the same however its items came', () => {
    const other = foldAll(EMPTY_STATE, [...bobs, ...alices]);
    expect(digestOf(other)).toBe(digestOf(state));
    const late = createDigestTree();
    late.root(EMPTY_STATE);
    late.touch([...state.items.keys()].reverse());
    expect(late.root(state)).toBe(digestOf(state));
  });

  it('[S4] forgets what is gone from it', () => {
    const tree = createDigestTree();
    tree.root(state);
    const [gone = ''] = state.items.keys();
    const items = new Map([...state.items].filter(([key]) => key !== gone));
    tree.touch([gone]);
    expect(tree.root({ ...state, items })).toBe(digestOf({ ...state, items }));
  });
});
