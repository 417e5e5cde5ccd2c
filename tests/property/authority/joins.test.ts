import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeadId, RosterHash } from '../../../src/core/base/brands.js';
import { bytesToHex } from '../../../src/core/base/hash.js';
import { compareNumbers, sortedUnique } from '../../../src/core/base/ordering.js';
import { foldChain, joinChains, type RosterChain } from '../../../src/core/authority/chain.js';
import {
  encodeSnapshotCompletion,
  joinCompletions,
  type AdmittedCompletion,
} from '../../../src/core/authority/completion.js';
import {
  encodeRosterCompletion,
  type RosterCompletion,
} from '../../../src/core/authority/roster-completion.js';
import { rosterHashOf } from '../../../src/core/authority/roster.js';
import { completionsOf } from '../../../src/core/authority/shown-record.js';
import type { AdmittedTransition } from '../../../src/core/authority/transition.js';
import { BALLOTS_KEPT_MAX, joinTransitions } from '../../../src/core/authority/transition-join.js';
import { judgeHeads, settleAuthority } from '../../../src/core/authority/standing.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  erin,
  GENESIS,
  headBy,
  promiseOf,
  recordOf,
  stepTo,
} from '../../unit/authority/people.js';

const EVERYONE = [alice, bob, carol, dave, erin];
const FIVE = recordOf(EVERYONE, GENESIS, { snapshotThreshold: 2 });
const SOLD = recordOf([alice, bob, carol], FIVE, { governanceThreshold: 2 });
const RIVAL = recordOf([bob, dave, erin], FIVE, { governanceThreshold: 2 });
const ROTATED = recordOf([alice, bob, carol], SOLD);
const BACK = recordOf([alice, bob, carol, dave], ROTATED);
const AFTER = recordOf([bob, dave], RIVAL, { governanceThreshold: 2 });

const inRound = (round: number, previous: RosterHash) => {
  const ballot = { round, proposer: bob.device };
  const promises = [bob, carol, dave, erin].map((each) => promiseOf(each, previous, ballot, null));
  return { ...ballot, promises };
};

const STEPS = [
  stepTo(GENESIS, null, [alice]),
  stepTo(FIVE, GENESIS, [alice]),
  stepTo(SOLD, FIVE, [alice, bob, carol]),
  stepTo(SOLD, FIVE, [alice, carol, dave, erin]),
  stepTo(SOLD, FIVE, [bob, carol, dave], inRound(1, rosterHashOf(FIVE))),
  stepTo(RIVAL, FIVE, [bob, dave, erin], inRound(2, rosterHashOf(FIVE))),
  stepTo(ROTATED, SOLD, [alice, bob]),
  stepTo(BACK, ROTATED, [alice, bob, carol]),
  stepTo(AFTER, RIVAL, [bob, dave]),
];
const base = headBy(FIVE, [dave, erin]);
const HEADS = [
  base,
  headBy(FIVE, [alice, dave]),
  headBy(FIVE, [bob, carol]),
  headBy(SOLD, [alice, bob], { predecessors: [base.head], index: 2 }),
  headBy(RIVAL, [dave, erin], { predecessors: [base.head], index: 2 }),
];
const RECORDS = [GENESIS, FIVE, SOLD, RIVAL, ROTATED, BACK, AFTER].map(rosterHashOf);

const shuffledSteps = fc.array(fc.constantFrom(...STEPS), { maxLength: 14 });
const shuffledHeads = fc.array(fc.constantFrom(...HEADS), { maxLength: 8 });
const covers = fc.subarray(RECORDS, { maxLength: 2 });

const textByCompletion = new WeakMap<RosterCompletion, string>();
const textOf = (completion: RosterCompletion): string => {
  const known = textByCompletion.get(completion);
  if (known !== undefined) return known;
  const text = bytesToHex(encodeRosterCompletion(completion));
  textByCompletion.set(completion, text);
  return text;
};

/** Everything that a chain says, in a form that compares. */
const told = (chain: RosterChain): unknown => ({
  transitions: [...chain.transitions.values()]
    .map((each) => [each.hash, each.voters, completionsOf(each).map(textOf)])
    .sort(),
  links: [...chain.links.values()].map((link) => [link.hash, link.voters]).sort(),
  outside: [...chain.outside].sort(),
  forks: chain.forks,
  tips: chain.tips,
  tip: chain.tip,
  tipHash: chain.tipHash,
  lineage: chain.lineage,
  membersEver: [...chain.membersEver].sort(),
  removals: EVERYONE.map((person) => chain.removedBy(person.device)),
});

describe('what is known joins', () => {
  it('[F7] chains: any order, repetition and grouping of transitions is one chain', () => {
    fc.assert(
      fc.property(shuffledSteps, shuffledSteps, covers, (left, right, covered) => {
        const both = foldChain(ACCOUNT, [...left, ...right], new Set(covered));
        const swapped = foldChain(ACCOUNT, [...right, ...left, ...left], new Set(covered));
        const one = foldChain(ACCOUNT, left, new Set(covered));
        const two = foldChain(ACCOUNT, right);
        expect(told(swapped)).toEqual(told(both));
        expect(told(joinChains(one, two))).toEqual(told(both));
        expect(told(joinChains(two, one))).toEqual(told(both));
        expect(told(joinChains(both, both))).toEqual(told(both));
      }),
      { numRuns: 200 },
    );
  });

  it('[A3] a chain is forked exactly when it has several tips, and its lineage is shared', () => {
    fc.assert(
      fc.property(shuffledSteps, covers, (steps, covered) => {
        const chain = foldChain(ACCOUNT, steps, new Set(covered));
        expect(chain.isForked).toBe(chain.tips.length > 1);
        for (const tip of chain.tips) {
          expect(chain.isAncestor(chain.tipHash, tip)).toBe(true);
          for (const member of chain.tip.members) {
            expect(chain.recordAt(tip)?.members.map((each) => each.device)).toContain(
              member.device,
            );
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('[A11] which heads stand depends on what is known, not on its order', () => {
    fc.assert(
      fc.property(shuffledSteps, shuffledHeads, covers, (steps, heads, covered) => {
        const chain = foldChain(ACCOUNT, steps, new Set(covered));
        const again = foldChain(ACCOUNT, [...steps].reverse(), new Set(covered));
        const standing = judgeHeads(heads, chain);
        expect(judgeHeads([...heads, ...heads].reverse(), again)).toEqual(standing);
      }),
      { numRuns: 200 },
    );
  });

  it('[A11] settling ends with adopted heads that are not void under their own chain', () => {
    const adoptions = fc.subarray(HEADS.map((each) => each.head));
    fc.assert(
      fc.property(shuffledSteps, shuffledHeads, adoptions, (steps, heads, adopted) => {
        const settled = settleAuthority(ACCOUNT, steps, heads, new Set<HeadId>(adopted));
        for (const head of settled.adopted) {
          expect(adopted).toContain(head);
          expect(settled.standing.get(head)?.kind).not.toBe('void');
        }
      }),
      { numRuns: 200 },
    );
  });

  it('[A3, F7] what is known of one record joins in any order, and is no more than so many ballots', () => {
    const votersOf = [
      [bob, carol, dave],
      [alice, bob, erin],
      [alice, bob, carol, dave],
    ] as const;
    const known = Array.from({ length: 12 }, (_, at) =>
      stepTo(SOLD, FIVE, votersOf[at % 3] ?? [], inRound(1 + (at >> 1), rosterHashOf(FIVE))),
    );
    const some = fc.array(fc.constantFrom(...known, ...STEPS.slice(2, 5)), { minLength: 1 });
    const joined = (parts: readonly AdmittedTransition[]): unknown => {
      const all = parts.reduce(joinTransitions);
      return [all.voters, completionsOf(all).map(textOf)];
    };
    fc.assert(
      fc.property(some, some, (left, right) => {
        const whole = joined([...left, ...right]);
        expect(joined([...right, ...left, ...right])).toEqual(whole);
        const [one, two] = [left.reduce(joinTransitions), right.reduce(joinTransitions)];
        expect(joined([two, one])).toEqual(whole);
        const kept = completionsOf(joinTransitions(one, two));
        expect(new Set(kept.map(({ round }) => round)).size).toBeLessThanOrEqual(BALLOTS_KEPT_MAX);
        const repeated = joinTransitions(one, one);
        expect(repeated).toBe(one);
      }),
      { numRuns: 100 },
    );
    const most = known.concat(
      Array.from({ length: 4 }, (_, at) =>
        stepTo(SOLD, FIVE, [bob, carol, dave], inRound(9 + at, rosterHashOf(FIVE))),
      ),
    );
    const rounds = (parts: readonly AdmittedTransition[]): readonly number[] =>
      sortedUnique(
        completionsOf(parts.reduce(joinTransitions)).map(({ round }) => round),
        compareNumbers,
      );
    expect(rounds(most)).toEqual([1, 2, 3, 4, 5, 6, 9, 10]);
    expect(rounds([...most].reverse())).toEqual(rounds(most));
  });

  it('[C4] completions of one statement join in any order, repetition and grouping', () => {
    const COMPLETIONS: readonly AdmittedCompletion[] = EVERYONE.flatMap((one, index) =>
      EVERYONE.slice(index + 1).map((two) => headBy(FIVE, [one, two])),
    );
    const some = fc.array(fc.constantFrom(...COMPLETIONS), { minLength: 1, maxLength: 6 });
    const joinAll = (parts: readonly AdmittedCompletion[]): AdmittedCompletion =>
      parts.reduce(joinCompletions);
    const bytesOf = (each: AdmittedCompletion) => [
      each.signers,
      [...encodeSnapshotCompletion(each.completion)],
    ];
    fc.assert(
      fc.property(some, some, (left, right) => {
        const all = bytesOf(joinAll([...left, ...right]));
        expect(bytesOf(joinCompletions(joinAll(right), joinAll(left)))).toEqual(all);
        expect(bytesOf(joinAll([...right, ...left, ...right]))).toEqual(all);
      }),
      { numRuns: 200 },
    );
  });
});
