import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RosterHash, SessionId } from '../../../src/core/base/brands.js';
import { foldChain, type RosterChain } from '../../../src/core/authority/chain.js';
import { forkHashOf, parentsOf } from '../../../src/core/authority/fork.js';
import { memberOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import type { AdmittedTransition } from '../../../src/core/authority/transition.js';
import { mayAct } from '../../unit/authority/acts.js';
import { hexOf } from '../../unit/authority/people.js';
import { chains, PEOPLE, ROOT, upTo } from './random-chains.js';

type Records = ReadonlyMap<string, RosterRecord>;

const recordsOf = (steps: readonly AdmittedTransition[]): Records =>
  new Map(steps.map(({ hash, record }) => [hash, record]));

const partOf = (chain: RosterChain): Records =>
  new Map([...chain.links].map(([hash, { record }]) => [hash, record]));

const childrenOf = (hash: string, records: Records): readonly string[] =>
  [...records].flatMap(([name, record]) =>
    parentsOf(record).some((parent) => parent === hash) ? [name] : [],
  );

/** Whether a way leads from the first record to that one, without a record that is passed over. */
const isReached = (hash: string, records: Records, without: string | null): boolean => {
  const record = records.get(hash);
  if (record === undefined || hash === without) return false;
  const parents = parentsOf(record);
  return parents.length === 0 || parents.some((name) => isReached(name, records, without));
};

const comesBack = (record: RosterRecord, records: Records): boolean =>
  parentsOf(record).some((name) =>
    record.members.some(
      ({ device }) =>
        memberOf(records.get(name) as RosterRecord, device) === null &&
        [...upTo(name, records)].some(
          (each) => memberOf(records.get(each) as RosterRecord, device) !== null,
        ),
    ),
  );

const isWhole = (hash: RosterHash, records: Records): boolean =>
  [...upTo(hash, records)].every((name) => {
    const record = records.get(name) as RosterRecord;
    return parentsOf(record).every((parent) => records.has(parent));
  });

const some = fc.tuple(chains, fc.infiniteStream(fc.boolean())).map(([steps, taken]) => ({
  all: steps,
  // The first record is missing seldom.
  known: steps.filter((_, place) => taken.next().value === true || place === 0),
}));

describe('[A2, A3] the chain of any records', () => {
  it('[A2, A4] holds what hangs together from the first record, but for who brings a removed key back', () => {
    fc.assert(
      fc.property(some, ({ known }) => {
        const chain = foldChain(ROOT, known);
        const records = recordsOf(known);
        for (const { hash } of known) {
          if (!isWhole(hash, records)) {
            expect(chain.links.has(hash)).toBe(false);
            continue;
          }
          const isSound = [...upTo(hash, records)].every(
            (name) => !comesBack(records.get(name) as RosterRecord, records),
          );
          expect(chain.isKnown(hash)).toBe(isSound);
          expect(chain.outside.get(hash)).toBe(isSound ? undefined : 'reintroduces');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[A3] ends where nothing follows, and is decided up to the last record on every way there', () => {
    fc.assert(
      fc.property(chains, (steps) => {
        const chain = foldChain(ROOT, steps);
        const part = partOf(chain);
        const leaves = [...part.keys()].filter((hash) => childrenOf(hash, part).length === 0);
        expect(chain.tips).toEqual(leaves.sort());
        expect(chain.isForked).toBe(leaves.length > 1);
        const onEveryWay = [...part].filter(([hash]) =>
          leaves.every((leaf) => !isReached(leaf, part, hash)),
        );
        const [tip] = onEveryWay.sort(([, a], [, b]) => b.epoch - a.epoch)[0] ?? [ROOT];
        expect(chain.tipHash).toBe(tip);
        expect(chain.choiceHash).toBe(chain.isForked ? forkHashOf(chain.tips) : tip);
        expect([...chain.lineage].sort()).toEqual([...upTo(chain.tipHash, part)].sort());
        for (const [place, hash] of chain.lineage.entries()) {
          const behind = parentsOf(part.get(hash) as RosterRecord);
          expect(behind.every((name) => chain.lineage.indexOf(name) < place)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[A3] tells each fork that nothing unites, with its rivals and who voted for two', () => {
    fc.assert(
      fc.property(chains, (steps) => {
        const chain = foldChain(ROOT, steps);
        const part = partOf(chain);
        const settled = upTo(chain.tipHash, part);
        settled.delete(chain.tipHash);
        const parted = [...part.keys()].filter(
          (hash) => childrenOf(hash, part).length > 1 && !settled.has(hash),
        );
        const votersOf = (hash: string) => chain.links.get(hash as RosterHash)?.voters ?? [];
        const told = parted.sort().map((parent) => {
          const rivals = [...childrenOf(parent, part)].sort();
          const twice = PEOPLE.map(({ device }) => device).filter(
            (device) => rivals.filter((rival) => votersOf(rival).includes(device)).length > 1,
          );
          return { parent, rivals, doubleVoters: twice.sort() };
        });
        expect(chain.forks).toEqual(told);
      }),
      { numRuns: 300 },
    );
  });

  it('[A3] knows what lies before what, and who ever was a member', () => {
    fc.assert(
      fc.property(some, ({ all, known }) => {
        const chain = foldChain(ROOT, known);
        const part = partOf(chain);
        for (const { hash: later } of all) {
          for (const { hash: earlier } of all) {
            const isBefore = part.has(earlier) && upTo(later, part).has(earlier);
            expect(chain.isAncestor(earlier, later)).toBe(isBefore);
          }
        }
        const ever = [...part.values()].flatMap(({ members }) =>
          members.map((each) => each.device),
        );
        expect([...chain.membersEver].sort()).toEqual([...new Set(ever)].sort());
      }),
      { numRuns: 300 },
    );
  });

  it('[A3, A4, F7] lets act who is in the claimed record, was removed nowhere, and is in every branch', () => {
    const session = hexOf<SessionId>('a session');
    fc.assert(
      fc.property(some, ({ all, known }) => {
        const chain = foldChain(ROOT, known);
        const part = partOf(chain);
        const leavers = (hash: string) =>
          parentsOf(part.get(hash) as RosterRecord).flatMap((name) =>
            (part.get(name)?.members ?? [])
              .map(({ device }) => device)
              .filter((device) => memberOf(part.get(hash) as RosterRecord, device) === null),
          );
        for (const { device } of PEOPLE) {
          const removals = [...part.keys()].filter((hash) => leavers(hash).includes(device)).sort();
          expect(chain.removedBy(device)).toEqual(removals);
          const isEverywhere = chain.tips.every(
            (tip) => memberOf(part.get(tip) as RosterRecord, device) !== null,
          );
          for (const { hash } of all) {
            const outside = chain.outside.get(hash);
            const record = part.get(hash);
            const isSettled = !chain.isForked || upTo(chain.tipHash, part).has(hash);
            const verdict = (): unknown => {
              if (removals.length > 0) return { kind: 'refused', reason: 'after-removal' };
              if (outside !== undefined) return { kind: 'refused', reason: outside };
              if (record === undefined) return { kind: 'undecided' };
              if (memberOf(record, device) === null)
                return { kind: 'refused', reason: 'not-a-member' };
              return isSettled || isEverywhere
                ? { kind: 'allowed' }
                : { kind: 'refused', reason: 'forked' };
            };
            const act = { author: device, roster: hash, session, seq: 0 };
            expect(mayAct(chain, act, null)).toEqual(verdict());
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[A11] under a base over some records takes all before them, and none of their rivals', () => {
    const covering = fc
      .tuple(chains, fc.array(fc.nat(9), { minLength: 1, maxLength: 2 }))
      .map(([steps, places]) => [steps, places.flatMap((at) => steps[at] ?? [])] as const);
    fc.assert(
      fc.property(covering, ([steps, covered]) => {
        const chain = foldChain(ROOT, steps, new Set(covered.map(({ hash }) => hash)));
        const records = recordsOf(steps);
        const kept = new Set(covered.flatMap(({ hash }) => [...upTo(hash, records)]));
        for (const { hash, record } of steps) {
          if (kept.has(hash)) {
            expect(chain.outside.get(hash)).not.toBe('rival');
            continue;
          }
          // A merge of what is covered brings its branches with it: told of in the tests of merges.
          const hasMerge = steps.some(({ record: { merges } }) => merges.length > 0);
          const isRival = parentsOf(record).some((parent) =>
            childrenOf(parent, records).some((name) => kept.has(name)),
          );
          if (!hasMerge && isRival) expect(chain.isKnown(hash)).toBe(false);
        }
        expect(foldChain(ROOT, [...steps].reverse(), chain.covered).tips).toEqual(chain.tips);
      }),
      { numRuns: 300 },
    );
  });
});
