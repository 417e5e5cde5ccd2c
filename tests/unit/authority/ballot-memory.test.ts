import { describe, expect, it } from 'vitest';
import type { RosterHash } from '../../../src/core/base/brands.js';
import { BALLOT_ROUND_MAX } from '../../../src/core/authority/ballot.js';
import {
  BALLOT_ROUND_STEP_MAX,
  encodeBallotMemory,
  freshMemory,
  mayPromise,
  mayVote,
  parseBallotMemory,
} from '../../../src/core/authority/ballot-memory.js';
import { alice, bob, hexOf } from './people.js';

const previous = hexOf<RosterHash>('previous');
const record = hexOf<RosterHash>('left');
const [lesser, greater] = [alice, bob].map(({ device }) => device).sort() as [
  typeof alice.device,
  typeof alice.device,
];
const fresh = freshMemory(previous);
const promised = { round: 4, proposer: lesser };
const lastVote = { round: 4, proposer: greater, record };
const errorOf = (result: ReturnType<typeof mayPromise> | ReturnType<typeof mayVote>): unknown =>
  result.ok ? null : result.error;

describe('the memory of a member', () => {
  it('[C9] lets rounds go so far beyond the last promise, and never beyond all rounds', () => {
    const at = (memory: typeof fresh, round: number) =>
      mayPromise(memory, { round, proposer: lesser });
    const step = BALLOT_ROUND_STEP_MAX;
    const tooFar = (round: number, roundMax: number) => ({
      kind: 'round-too-far',
      round,
      roundMax,
    });
    expect(errorOf(at(fresh, 0))).toEqual(tooFar(0, step));
    expect(errorOf(at(fresh, 1))).toBeNull();
    expect(errorOf(at(fresh, step + 1))).toEqual(tooFar(step + 1, step));
    const later = { ...fresh, promised };
    expect(errorOf(at(later, step + 4))).toBeNull();
    expect(errorOf(at(later, step + 5))).toEqual(tooFar(step + 5, step + 4));
    const last = { ...fresh, promised: { round: BALLOT_ROUND_MAX - 1, proposer: lesser } };
    expect(errorOf(at(last, BALLOT_ROUND_MAX))).toBeNull();
    expect(errorOf(at(last, BALLOT_ROUND_MAX + 1))).toEqual(
      tooFar(BALLOT_ROUND_MAX + 1, BALLOT_ROUND_MAX),
    );
  });

  it('[A3] names the promise or the vote that forbids a lower ballot', () => {
    const after = { ...fresh, promised };
    const below = { kind: 'below-promise', promised };
    expect(errorOf(mayPromise(after, { round: 3, proposer: greater }))).toEqual(below);
    expect(errorOf(mayVote(after, { round: 3, proposer: greater, record }))).toEqual(below);
    expect(errorOf(mayVote(after, { ...promised, record }))).toBeNull();
    const voted = { ...fresh, lastVote };
    const bound = { kind: 'below-promise', promised: lastVote };
    expect(errorOf(mayPromise(voted, promised))).toEqual(bound);
    expect(errorOf(mayPromise(voted, { round: 4, proposer: greater }))).toEqual(bound);
    expect(errorOf(mayPromise(voted, { round: 5, proposer: lesser }))).toBeNull();
  });

  it('[A3] keeps a ballot and a vote of its own, whatever else it was given', () => {
    const more = { round: 5, proposer: greater, record, more: true };
    expect(mayVote(fresh, more)).toEqual({
      ok: true,
      value: {
        previous,
        promised: { round: 5, proposer: greater },
        lastVote: { round: 5, proposer: greater, record },
      },
    });
    expect(mayPromise({ ...fresh, lastVote }, more)).toEqual({
      ok: true,
      value: {
        last: lastVote,
        next: { previous, promised: { round: 5, proposer: greater }, lastVote },
      },
    });
    // Another record in a higher ballot is another vote, and not a second one.
    const other = { ...more, record: hexOf<RosterHash>('right') };
    expect(errorOf(mayVote({ ...fresh, lastVote }, other))).toBeNull();
  });

  it('[F2] reads back from its bytes, and says what is wrong with others', () => {
    const whole = { ...fresh, promised, lastVote };
    const bytes = encodeBallotMemory(whole);
    expect(parseBallotMemory(bytes)).toEqual({ ok: true, value: whole });
    expect(parseBallotMemory(bytes.slice(0, -1))).toMatchObject({ error: { kind: 'truncated' } });
  });
});
