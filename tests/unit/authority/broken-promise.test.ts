import { describe, expect, it } from 'vitest';
import type { Hash } from '../../../src/core/base/brands.js';
import {
  type BrokenPromise,
  brokenPromisesIn,
} from '../../../src/core/authority/broken-promise.js';
import { doubleVotesIn } from '../../../src/core/authority/double-vote.js';
import {
  encodeRosterCompletion,
  parseRosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import { ONE, THREE, judgeMerge, mergeOf, one } from './branches.js';
import { GENESIS, alice, bob, carol, hexOf, promiseOf, recordOf, stepTo } from './people.js';

/**
 *            ┌─ ONE   round 0: alice, bob
 *   THREE ───┤
 *            └─ LATE  round 1: bob, carol; bob's promise hides his vote
 */
const LATE = recordOf([alice, bob, carol], THREE, { commitment: hexOf<Hash>('late') });
const HELD = [GENESIS, THREE, ONE, LATE];
const MERGED = mergeOf([alice, bob, carol], [ONE, LATE]);
const ballot = { round: 1, proposer: carol.device };
const common = rosterHashOf(THREE);
const late = stepTo(LATE, THREE, [bob, carol], {
  ...{ ...ballot, promises: [bob, carol].map((each) => promiseOf(each, common, ballot, null)) },
});
const HIDDEN = brokenPromisesIn([one, late]);
const shown = HIDDEN[0] as BrokenPromise;

const uniteWith = (brokePromise: readonly BrokenPromise[], voters = [alice, carol]) => {
  const judged = judgeMerge(MERGED, HELD, voters, { votedTwice: [], brokePromise });
  return judged.ok ? 'united' : judged.error.kind;
};

describe('a merge of branches of two ballots', () => {
  it('[A3] shows who hid a vote, and takes a majority of the others', () => {
    expect(doubleVotesIn([one, late])).toEqual([]);
    expect(HIDDEN.map(({ device }) => device)).toEqual([bob.device]);
    expect(uniteWith(HIDDEN)).toBe('united');
    expect(uniteWith([])).toBe('merge-unknown');
    expect(uniteWith(HIDDEN, [alice, bob])).toBe('promise-unexpected');
    expect(uniteWith(HIDDEN, [alice])).toBe('promises-missing');
  });

  it('[A3] takes no honest promise for a broken one, nor one that somebody else made', () => {
    const told = { round: 0, proposer: alice.device, record: one.hash };
    const tried: readonly Partial<BrokenPromise>[] = [
      { signature: new Uint8Array(64) },
      { promise: { ...shown.promise, signature: new Uint8Array(64) } },
      { promise: promiseOf(bob, common, ballot, told) },
      { promise: promiseOf(carol, common, ballot, null) },
      { promise: promiseOf(bob, rosterHashOf(GENESIS), ballot, null) },
      { device: carol.device },
      { record: rosterHashOf(LATE) },
      { ballotProposer: carol.device },
    ];
    for (const change of tried) expect(uniteWith([{ ...shown, ...change }])).toBe('merge-unknown');
    // A vote in the promised ballot itself is what the promise was for.
    const inIt = late.completion.votes.find(({ signer }) => signer === bob.device);
    const kept = { ...shown, ...{ round: 1, ballotProposer: carol.device, record: late.hash } };
    expect(uniteWith([{ ...kept, signature: inIt?.signature ?? new Uint8Array(64) }])).toBe(
      'merge-unknown',
    );
    // It states a higher vote, and so need not state the lower one.
    const higher = { round: 2, proposer: alice.device };
    const stated = promiseOf(bob, common, higher, { ...ballot, record: late.hash });
    expect(uniteWith([{ ...shown, promise: stated }])).toBe('merge-unknown');
    const other = promiseOf(bob, common, higher, { ...told, record: late.hash });
    expect(uniteWith([{ ...shown, promise: other }])).toBe('united');
  });

  it('[A3, F2] its completion reads back; broken promises stand in no other', () => {
    const judged = judgeMerge(MERGED, HELD, [alice, carol], {
      ...{ votedTwice: [], brokePromise: HIDDEN },
    });
    if (!judged.ok) throw new Error(judged.error.kind);
    const { completion } = judged.value;
    const read = parseRosterCompletion(encodeRosterCompletion(completion));
    expect(read.ok && read.value).toEqual(completion);
    const odd = encodeRosterCompletion({ ...one.completion, brokePromise: HIDDEN });
    expect(parseRosterCompletion(odd)).toMatchObject({ error: { field: 'brokePromise' } });
    const twice = encodeRosterCompletion({ ...completion, brokePromise: [shown, shown] });
    expect(parseRosterCompletion(twice).ok).toBe(false);
  });
});
