import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeviceId, HeadId, RosterHash } from '../../../src/core/base/brands.js';
import { foldChain } from '../../../src/core/authority/chain.js';
import type { AdmittedCompletion } from '../../../src/core/authority/completion.js';
import { judgeHeads, type Standing } from '../../../src/core/authority/standing.js';
import type { AdmittedTransition } from '../../../src/core/authority/transition.js';
import { hexOf } from '../../unit/authority/people.js';
import { plainStanding } from './plain-standing.js';
import { chains, PEOPLE, ROOT } from './random-chains.js';

const nameOf = (place: number): HeadId => hexOf<HeadId>(`head ${place}`);

/** A snapshot of a drawn history: what it builds on, under which record, who signed. */
interface Draw {
  /** How far before it; further than there are any is a head that nobody knows. */
  readonly back: readonly number[];
  readonly under: number;
  readonly signers: readonly number[];
  readonly isHeld: boolean;
}

const draws: fc.Arbitrary<readonly Draw[]> = fc.array(
  fc.record({
    back: fc.oneof(
      { weight: 4, arbitrary: fc.constant([1]) },
      { weight: 1, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 2 }) },
    ),
    under: fc.nat(9),
    signers: fc.subarray([0, 1, 2, 3], { minLength: 1 }),
    isHeld: fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false)),
  }),
  { minLength: 1, maxLength: 9 },
);

/** Who admits a snapshot is not what standing is about: these are taken as admitted. */
const snapshotsOf = (
  drawn: readonly Draw[],
  steps: readonly AdmittedTransition[],
): readonly AdmittedCompletion[] => {
  const indices: number[] = [];
  return drawn.flatMap(({ back, under, signers, isHeld }, place) => {
    const below = back.map((each) => place - each);
    const index = 1 + Math.max(0, ...below.map((each) => indices[each] ?? 0));
    indices.push(index);
    const step = steps[under % steps.length] as AdmittedTransition;
    const predecessors = below.map(nameOf).sort();
    const completion = { roster: step.hash, epoch: step.record.epoch, predecessors, index };
    const devices = signers.map((at) => PEOPLE[at]?.device as DeviceId).sort();
    const head = { head: nameOf(place), completion, signers: devices };
    return isHeld ? [head as unknown as AdmittedCompletion] : [];
  });
};

const histories = fc
  .tuple(
    chains,
    draws,
    fc.infiniteStream(fc.subarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { maxLength: 2 })),
  )
  .map(([steps, drawn, named]) => {
    const naming = steps.map((step, place): AdmittedTransition => {
      const heads = place === 0 ? [] : named.next().value.map(nameOf).sort();
      const snapshotThreshold = 1 + (place % 3);
      return { ...step, record: { ...step.record, heads, snapshotThreshold } };
    });
    return { steps: naming, heads: snapshotsOf(drawn, naming) };
  });

const told = (standing: Standing | undefined): string =>
  standing?.kind === 'void' ? standing.reason : String(standing?.kind);

test('[A11] whether any snapshots stand under any records is what the rule says, one by one', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(histories, fc.subarray([0, 1, 2, 3, 4, 5]), ({ steps, heads }, covers) => {
      const covered = covers.flatMap((at): RosterHash[] => (steps[at] ? [steps[at].hash] : []));
      const chain = foldChain(ROOT, steps, new Set(covered));
      const byHead = new Map(heads.map((each) => [each.head, each]));
      const judged = judgeHeads(heads, chain);
      expect(judged.size).toBe(byHead.size);
      for (const [head, held] of byHead) {
        expect(told(judged.get(head))).toBe(plainStanding(held, byHead, chain));
        seen.add(told(judged.get(head)));
      }
    }),
    { numRuns: 2_000 },
  );
  const all = ['retired-signers', 'rival-roster', 'stands', 'too-few-now', 'waiting'];
  expect([...seen].sort()).toEqual(all);
});
