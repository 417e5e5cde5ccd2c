import { describe, expect, it } from 'vitest';
import {
  decodeCanonical,
  encodeCanonical,
  type CanonicalMap,
} from '../../../src/core/base/canonical.js';
import { LIMITS } from '../../../src/core/base/limits.js';
import {
  encodeRosterCompletion,
  parseRosterCompletion,
  sortedShares,
} from '../../../src/core/authority/roster-completion.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  GENESIS,
  promiseOf,
  recordOf,
  rosterCompletionOf,
} from './people.js';

const THREE = recordOf([alice, bob, carol], GENESIS);
const promises = [alice, bob].map((person) =>
  promiseOf(person, rosterHashOf(GENESIS), { round: 1, proposer: alice.device }, null),
);
const WHOLE = rosterCompletionOf(THREE, { account: ACCOUNT, record: GENESIS }, [alice], {
  round: 1,
  promises,
});

const errorOf = (bytes: Uint8Array): unknown => {
  const read = parseRosterCompletion(bytes);
  return read.ok ? 'read' : read.error;
};

/** The completion with parts of its map put otherwise. */
const written = (changes: (map: CanonicalMap) => CanonicalMap): Uint8Array => {
  const plain = decodeCanonical(encodeRosterCompletion(WHOLE));
  if (!plain.ok) throw new Error('a completion is canonical');
  const map = plain.value as CanonicalMap;
  return encodeCanonical({ ...map, ...changes(map) });
};

describe('the bytes of a roster completion', () => {
  it('[F2] are read back as what they were written of, promises and all', () => {
    expect(WHOLE.promises).toHaveLength(2);
    const bytes = encodeRosterCompletion(WHOLE);
    expect(parseRosterCompletion(bytes)).toEqual({ ok: true, value: WHOLE });
    expect(encodeRosterCompletion(WHOLE)).toEqual(bytes);
  });

  it('[F2] that are not canonical, or too many, are told as such', () => {
    expect(errorOf(encodeRosterCompletion(WHOLE).slice(0, -1))).toMatchObject({
      kind: 'truncated',
    });
    expect(errorOf(new Uint8Array(LIMITS.factBytesMax + 1))).toMatchObject({ kind: 'too-large' });
    expect(errorOf(encodeCanonical({}))).toMatchObject({ kind: 'malformed' });
  });

  it('[F2] name the part that is at fault', () => {
    const record = written(() => ({ record: encodeCanonical({ v: 1 }) }));
    expect(errorOf(record)).toMatchObject({ kind: 'malformed' });
    const promise = written(() => ({ promises: [encodeCanonical(['no promise'])] }));
    expect(errorOf(promise)).toMatchObject({ kind: 'malformed' });
    const reversed = written((map) => ({ promises: [...(map['promises'] as [])].reverse() }));
    const twice = written((map) => ({ promises: (map['promises'] as []).flatMap((p) => [p, p]) }));
    const malformed = { kind: 'malformed', field: 'promises' };
    expect([errorOf(reversed), errorOf(twice)]).toEqual([malformed, malformed]);
  });
});

describe('shares', () => {
  const share = (person: typeof alice, byte: number) => ({
    signer: person.device,
    signature: new Uint8Array(64).fill(byte),
  });

  it('[C4] stand by device, each device once: the first signature of it stays', () => {
    const people = [alice, bob, carol].sort((a, b) => (a.device < b.device ? -1 : 1));
    const [first, second, third] = people as [typeof alice, typeof alice, typeof alice];
    const given = [share(third, 1), share(first, 2), share(third, 3), share(second, 4)];
    const sorted = [share(first, 2), share(second, 4), share(third, 1)];
    expect(sortedShares(given)).toEqual(sorted);
    expect(sortedShares(sorted)).toEqual(sorted);
  });
});
