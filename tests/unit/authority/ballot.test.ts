import { describe, expect, it } from 'vitest';
import type { Hash, RosterHash } from '../../../src/core/base/brands.js';
import {
  BALLOT_ROUND_MAX,
  encodePromise,
  parsePromise,
  valueForced,
  type BallotPromise,
  type BallotVote,
} from '../../../src/core/authority/ballot.js';
import {
  BALLOT_ROUND_STEP_MAX,
  encodeBallotMemory,
  freshMemory,
  mayPromise,
  mayVote,
  parseBallotMemory,
  type BallotMemory,
} from '../../../src/core/authority/ballot-memory.js';
import { alice, bob, carol, dave, erin, hexOf, promiseOf, standaloneRecord } from './people.js';

const previous = hexOf<RosterHash>('previous');
const FIVE = standaloneRecord([alice, bob, carol, dave, erin]);
const forced = (promises: readonly BallotPromise[]) => valueForced(promises, FIVE);
const left = hexOf<RosterHash>('left');
const right = hexOf<RosterHash>('right');
const vote = (round: number, person: typeof alice, record: Hash | RosterHash): BallotVote => ({
  round,
  proposer: person.device,
  record: record as RosterHash,
});
const voted = (memory: BallotMemory, ballot: BallotVote): BallotMemory => {
  const next = mayVote(memory, ballot);
  if (!next.ok) throw new Error(next.error.kind);
  return next.value;
};

describe('ballots', () => {
  it('[A3] a device has one vote per ballot, and may repeat it', () => {
    const memory = voted(freshMemory(previous), vote(0, alice, left));
    expect(mayVote(memory, vote(0, alice, left))).toEqual({ ok: true, value: memory });
    expect(mayVote(memory, vote(0, alice, right))).toEqual({
      ok: false,
      error: { kind: 'voted-otherwise', record: left },
    });
  });

  it('[A3] a promise states the last vote and forbids what lies below it', () => {
    const memory = voted(freshMemory(previous), vote(0, alice, left));
    const ballot = { round: 3, proposer: bob.device };
    const promised = mayPromise(memory, ballot);
    if (!promised.ok) throw new Error(promised.error.kind);
    expect(promised.value.last).toEqual(vote(0, alice, left));
    const { next } = promised.value;
    expect(mayPromise(next, ballot)).toEqual(promised);
    expect(mayPromise(next, { round: 2, proposer: carol.device }).ok).toBe(false);
    expect(mayVote(next, vote(0, alice, left)).ok).toBe(false);
    expect(mayVote(next, vote(2, carol, right)).ok).toBe(false);
    const after = voted(next, vote(3, bob, left));
    expect(mayPromise(after, ballot).ok).toBe(false);
    expect(after.promised).toEqual(ballot);
  });

  it('[A3] a vote binds as a promise does', () => {
    const memory = voted(freshMemory(previous), vote(4, bob, left));
    expect(mayPromise(memory, { round: 4, proposer: bob.device }).ok).toBe(false);
    expect(mayPromise(memory, { round: 3, proposer: carol.device }).ok).toBe(false);
    expect(mayPromise(memory, { round: 5, proposer: alice.device }).ok).toBe(true);
  });

  it('[C9] nobody uses up the rounds', () => {
    const fresh = freshMemory(previous);
    const at = (round: number) => mayPromise(fresh, { round, proposer: bob.device });
    expect(at(BALLOT_ROUND_STEP_MAX).ok).toBe(true);
    expect(at(BALLOT_ROUND_STEP_MAX + 1)).toMatchObject({ error: { kind: 'round-too-far' } });
    expect(at(0)).toMatchObject({ error: { kind: 'round-too-far' } });
    const far = promiseOf(
      bob,
      previous,
      { round: BALLOT_ROUND_MAX + 1, proposer: bob.device },
      null,
    );
    expect(parsePromise(encodePromise(far))).toMatchObject({ error: { field: 'round' } });
  });

  it('[A3] the highest last vote binds, and ties go the same way for everyone', () => {
    const ballot = { round: 9, proposer: alice.device };
    const stating = (person: typeof alice, last: BallotVote | null) =>
      promiseOf(person, previous, ballot, last);
    expect(forced([stating(alice, null), stating(bob, null)])).toBeNull();
    const low = stating(alice, vote(1, carol, left));
    const high = stating(bob, vote(2, alice, right));
    expect(forced([low, high])).toBe(right);
    expect(forced([high, low, stating(carol, null)])).toBe(right);
    const split = [left, right].map((record) => vote(2, bob, record));
    const [one, two] = split as [BallotVote, BallotVote];
    const tied = [stating(alice, one), stating(bob, two)];
    expect(forced(tied)).toBe([left, right].sort()[0]);
    expect(forced([...tied].reverse())).toBe([left, right].sort()[0]);
    expect(forced([...tied, stating(carol, two)])).toBe(right);
  });

  it('[A3] of two values in one ballot, the one that may have been chosen is repeated', () => {
    const ballot = { round: 9, proposer: alice.device };
    const records = [left, left, left, right, right];
    const people = [alice, bob, carol, dave, erin];
    const promises = people.map((person, index) =>
      promiseOf(person, previous, ballot, vote(0, alice, records[index] as RosterHash)),
    );
    expect(forced(promises)).toBe(left);
  });

  it('[A3] a record that lacks the threshold even with all silent members binds nobody', () => {
    const ballot = { round: 9, proposer: alice.device };
    const say = (person: typeof alice, last: BallotVote | null) =>
      promiseOf(person, previous, ballot, last);
    const voted = say(bob, vote(1, carol, left));
    const three = [say(alice, null), voted, say(carol, null)];
    // Dave and erin may have voted for it as well: three of five.
    expect(forced(three)).toBe(left);
    expect(forced([...three, say(dave, null)])).toBeNull();
    // A later vote for the same record counts as one for it, in whatever ballot it was chosen.
    const again = say(dave, vote(4, erin, left));
    expect(forced([...three, again])).toBe(left);
    // What was voted for in a higher ballot binds before what was voted for in a lower one.
    expect(forced([voted, say(alice, vote(2, dave, right)), say(carol, null)])).toBe(right);
  });

  it('[A3] in the highest ballot a record that came to nothing does not outweigh one that may be', () => {
    const ballot = { round: 9, proposer: alice.device };
    for (const [may, cannot] of [
      [left, right],
      [right, left],
    ] as const) {
      const votes = [vote(2, bob, cannot), vote(2, bob, cannot), vote(2, bob, may)];
      const earlier = [vote(1, carol, may), vote(1, carol, may)];
      const promises = [alice, bob, carol, dave, erin].map((person, index) =>
        promiseOf(person, previous, ballot, [...votes, ...earlier][index] as BallotVote),
      );
      expect(forced(promises)).toBe(may);
      // Votes of lower ballots are not counted where the highest decides.
      const [low, high] = [vote(1, carol, cannot), vote(2, bob, may)];
      const few = [low, low, high].map((last, index) =>
        promiseOf([alice, bob, carol][index] as typeof alice, previous, ballot, last),
      );
      expect(forced(few)).toBe(may);
    }
  });

  it('[A3] a later vote that came to nothing does not free from what may have been chosen', () => {
    const ballot = { round: 9, proposer: alice.device };
    const [chosen, late] = [vote(1, alice, left), vote(2, dave, right)];
    const promises = [alice, bob, carol, dave].map((person, index) =>
      promiseOf(person, previous, ballot, index < 3 ? chosen : late),
    );
    expect(forced(promises)).toBe(left);
    expect(forced(promises.toReversed())).toBe(left);
  });

  it('[F2] promises and memories read back from their bytes', () => {
    const ballot = { round: 2, proposer: bob.device };
    const promise = promiseOf(alice, previous, ballot, vote(1, carol, left));
    expect(parsePromise(encodePromise(promise))).toEqual({ ok: true, value: promise });
    const late = promiseOf(alice, previous, ballot, vote(2, bob, left));
    expect(parsePromise(encodePromise(late))).toMatchObject({ error: { field: 'last' } });
    const memory = voted(freshMemory(previous), vote(4, bob, left));
    for (const each of [memory, freshMemory(previous)]) {
      expect(parseBallotMemory(encodeBallotMemory(each))).toEqual({ ok: true, value: each });
    }
  });
});
