import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldChain, joinChains, type RosterChain } from '../../../src/core/authority/chain.js';
import type { AdmittedTransition } from '../../../src/core/authority/transition.js';
import {
  HELD,
  MERGED,
  ONE,
  TWO,
  first,
  mergeBy,
  mergeOf,
  merged,
  one,
  three,
  two,
} from '../../unit/authority/branches.js';
import { ACCOUNT, alice, bob, carol, recordOf, stepTo } from '../../unit/authority/people.js';

/**
 *                 ┌─ AFTER (on one branch alone)
 *           ┌ one ┴─┬─ MERGED ── NEXT
 *   three ──┤       ├─ OTHER (a rival of MERGED)
 *           └ two ──┘
 */
const OTHER = mergeOf([alice, carol], [ONE, TWO]);
const STEPS: readonly AdmittedTransition[] = [
  ...[first, three, one, two, merged],
  mergeBy(OTHER, HELD, [alice, carol], { round: 2 }),
  mergeBy(MERGED, HELD, [alice, carol], { round: 3, proposer: carol }),
  stepTo(recordOf([alice, bob, carol], ONE), ONE, [alice, bob]),
  stepTo(recordOf([alice, bob, carol], MERGED, { merges: [] }), MERGED, [alice, carol]),
];

const some = fc.array(fc.constantFrom(...STEPS), { maxLength: 14 });
const covers = fc.subarray(
  STEPS.map(({ hash }) => hash),
  { maxLength: 2 },
);

const told = (chain: RosterChain): unknown => ({
  links: [...chain.links.values()].map((link) => [link.hash, link.voters]).sort(),
  outside: [...chain.outside].sort(),
  ...{ forks: chain.forks, tips: chain.tips, tip: chain.tip, tipHash: chain.tipHash },
  lineage: chain.lineage,
  removals: [alice, bob, carol].map((person) => chain.removedBy(person.device)),
  ancestry: STEPS.map((a) => STEPS.map((b) => chain.isAncestor(a.hash, b.hash))),
});

describe('what unites branches joins', () => {
  it('[A3, F7] any order, repetition and grouping of records, branches and merges is one chain', () => {
    fc.assert(
      fc.property(some, some, covers, (left, right, covered) => {
        const both = told(foldChain(ACCOUNT, [...left, ...right], new Set(covered)));
        expect(told(foldChain(ACCOUNT, [...right, ...left, ...right], new Set(covered)))).toEqual(
          both,
        );
        const one = foldChain(ACCOUNT, left, new Set(covered));
        expect(told(joinChains(one, foldChain(ACCOUNT, right)))).toEqual(both);
        expect(told(joinChains(foldChain(ACCOUNT, right), one))).toEqual(both);
      }),
      { numRuns: 150 },
    );
  });

  it('[A3] before a merge decides what all branches grant, after it the merge alone', () => {
    fc.assert(
      fc.property(some, (steps) => {
        const chain = foldChain(ACCOUNT, steps);
        expect(chain.isForked).toBe(chain.tips.length > 1);
        for (const tip of chain.tips) {
          expect(chain.isAncestor(chain.tipHash, tip)).toBe(true);
          const { members } = chain.recordAt(tip) ?? { members: [] };
          for (const { device, capabilities } of chain.tip.members) {
            const member = members.find((each) => each.device === device);
            expect(member && capabilities & ~member.capabilities).toBe(0);
          }
        }
        if (!chain.isForked && chain.links.has(merged.hash)) {
          expect(chain.isAncestor(merged.hash, chain.tipHash)).toBe(true);
          expect([one, two].every(({ hash }) => chain.lineage.includes(hash))).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('[C10] nothing that arrives later takes a merge out of the chain, but a base over a rival', () => {
    fc.assert(
      fc.property(some, some, (early, late) => {
        const before = foldChain(ACCOUNT, early);
        const after = foldChain(ACCOUNT, [...early, ...late]);
        for (const hash of before.links.keys()) expect(after.links.has(hash)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
