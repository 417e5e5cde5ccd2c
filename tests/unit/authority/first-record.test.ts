import { describe, expect, it } from 'vitest';
import {
  admitTransition,
  transitionChecks,
  type Predecessor,
} from '../../../src/core/authority/transition.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import type { RosterCompletion } from '../../../src/core/authority/roster-completion.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  GENESIS,
  promiseOf,
  recordOf,
  rosterCompletionOf,
} from './people.js';

const THREE = recordOf([alice, bob, carol], GENESIS);
const FOUR = recordOf([alice, bob, carol, dave], THREE);
const under: Predecessor = { account: ACCOUNT, record: THREE };

/** As a verifier answers which finds these signatures bad, by their places among the checks. */
const judged = (
  completion: RosterCompletion,
  predecessor: Predecessor | null,
  ...bad: readonly number[]
) =>
  admitTransition(
    completion,
    predecessor,
    transitionChecks(completion, predecessor).map((_, place) => !bad.includes(place)),
  );
const outcome = (...given: Parameters<typeof judged>): unknown => {
  const result = judged(...given);
  return result.ok ? 'admitted' : result.error;
};

const own = rosterCompletionOf(GENESIS, null, [alice]);
const signature = new Uint8Array(64);

describe('a first record', () => {
  it('[A2] is what its only member says in round 0, and nobody else', () => {
    expect(outcome(own, null)).toBe('admitted');
    expect(outcome({ ...own, round: 1 }, null)).toEqual({ kind: 'genesis' });
    expect(outcome({ ...own, record: THREE }, null)).toEqual({ kind: 'genesis' });
    const nobody = { kind: 'below-threshold', of: 'new', have: 0, need: 1 };
    expect(outcome({ ...own, votes: [] }, null)).toEqual(nobody);
    expect(outcome(own, null, 0)).toEqual(nobody);
    expect(outcome({ ...own, votes: [{ signer: bob.device, signature }] }, null)).toEqual({
      kind: 'voter-not-member',
      device: bob.device,
    });
  });

  it('[A2] takes neither consents nor promises', () => {
    const consents = [{ signer: bob.device, signature }];
    expect(outcome({ ...own, consents }, null)).toEqual({
      kind: 'consent-unexpected',
      device: bob.device,
    });
    const ballot = { round: 1, proposer: alice.device };
    const promises = [promiseOf(carol, rosterHashOf(GENESIS), ballot, null)];
    expect(outcome({ ...own, promises }, null)).toEqual({
      kind: 'promise-unexpected',
      signer: carol.device,
    });
  });
});

describe('what was verified', () => {
  const ballot = { round: 1, proposer: bob.device };
  const promises = [alice, bob].map((each) => promiseOf(each, rosterHashOf(THREE), ballot, null));
  const whole = rosterCompletionOf(FOUR, under, [alice, carol], { ...ballot, promises });

  it('[A2, A6] alone counts: two votes, a consent and two promises stand in this order', () => {
    const result = judged(whole, under);
    if (!result.ok) throw new Error(result.error.kind);
    const { account, hash, voters, newcomers, completion } = result.value;
    expect({ account, hash, newcomers }).toEqual({
      account: ACCOUNT,
      hash: rosterHashOf(FOUR),
      newcomers: [dave.device],
    });
    expect(voters).toEqual([alice.device, carol.device].sort());
    expect(completion).toEqual(whole);

    const missing = { kind: 'below-threshold', of: 'old', have: 1, need: 2 };
    expect([outcome(whole, under, 0), outcome(whole, under, 1)]).toEqual([missing, missing]);
    const unasked = { kind: 'consent-missing', device: dave.device };
    expect(outcome(whole, under, 2)).toEqual(unasked);
    const few = { kind: 'promises-missing', have: 1, need: 2 };
    expect([outcome(whole, under, 3), outcome(whole, under, 4)]).toEqual([few, few]);
  });

  it('[A6] is said of each signature', () => {
    expect(() => admitTransition(whole, under, [true])).toThrow('one verdict');
  });
});
