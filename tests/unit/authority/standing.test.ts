import { describe, expect, it } from 'vitest';
import type { Digest, FactId, HeadId, SessionId } from '../../../src/core/base/brands.js';
import { foldChain } from '../../../src/core/authority/chain.js';
import { rosterHashOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import {
  judgeHeads,
  settleAuthority,
  standingHeads,
} from '../../../src/core/authority/standing.js';
import {
  ACCOUNT,
  alice,
  bob,
  carol,
  dave,
  erin,
  GENESIS,
  headBy,
  hexOf,
  promiseOf,
  recordOf,
  stepTo,
} from './people.js';

const first = stepTo(GENESIS, null, [alice]);
const FIVE = recordOf([alice, bob, carol, dave, erin], GENESIS, { snapshotThreshold: 2 });
const five = stepTo(FIVE, GENESIS, [alice]);
const closing = [{ session: hexOf<SessionId>('dave'), seq: 3, id: hexOf<FactId>('fact of dave') }];
const sold = (heads: readonly HeadId[]): RosterRecord =>
  recordOf([alice, bob, carol], FIVE, { heads, closing, governanceThreshold: 2 });
const old = headBy(FIVE, [dave, erin]);
const onTop = headBy(FIVE, [alice, bob], { predecessors: [old.head], index: 2 });

const standing = (removal: RosterRecord, ...more: RosterRecord[]) => {
  let previous = FIVE;
  const steps = [removal, ...more].map((record) => {
    const step = stepTo(record, previous, [alice, bob, carol]);
    previous = record;
    return step;
  });
  const chain = foldChain(ACCOUNT, [first, five, ...steps]);
  return judgeHeads([old, onTop], chain);
};

describe('standing heads', () => {
  it('[A11] a head of present members stands', () => {
    const chain = foldChain(ACCOUNT, [first, five]);
    expect([...standingHeads([old], chain)]).toEqual([old.head]);
    expect(judgeHeads([old], foldChain(ACCOUNT, [first])).get(old.head)?.kind).toBe('waiting');
  });

  it('[A11] two sold phones sign a snapshot under the roster of their time: void', () => {
    expect(standing(sold([])).get(old.head)).toEqual({ kind: 'void', reason: 'retired-signers' });
    expect(standing(sold([])).get(onTop.head)).toEqual({ kind: 'stands' });
    const chain = foldChain(ACCOUNT, [first, five, stepTo(sold([]), FIVE, [alice, bob, carol])]);
    expect([...standingHeads([old, onTop], chain)]).toEqual([onTop.head]);
  });

  it('[A11] it stands when the removing record names it or one that builds on it', () => {
    expect(standing(sold([old.head])).get(old.head)).toEqual({ kind: 'stands' });
    expect(standing(sold([onTop.head])).get(old.head)).toEqual({ kind: 'stands' });
  });

  it('[A11] it stands when a later record names it', () => {
    const removal = sold([]);
    const later = recordOf([alice, bob, carol], removal, { heads: [old.head] });
    expect(standing(removal, later).get(old.head)).toEqual({ kind: 'stands' });
  });

  it('[A11] the first device alone, by the record of its first days, makes nothing new', () => {
    const alone = headBy(GENESIS, [alice]);
    const heard = (record: RosterRecord, ...more: RosterRecord[]) => {
      const steps = [record, ...more].map((each, at) => {
        const before = [GENESIS, record, ...more][at] as RosterRecord;
        return stepTo(each, before, at === 0 ? [alice] : [alice, bob, carol]);
      });
      return judgeHeads([alone], foldChain(ACCOUNT, [first, ...steps])).get(alone.head);
    };
    expect(judgeHeads([alone], foldChain(ACCOUNT, [first])).get(alone.head)?.kind).toBe('stands');
    expect(heard(FIVE)).toEqual({ kind: 'void', reason: 'too-few-now' });
    expect(heard(recordOf([alice, bob], GENESIS, { snapshotThreshold: 1 }))?.kind).toBe('stands');
    const named = recordOf([alice, bob, carol], GENESIS, { heads: [alone.head] });
    expect(heard(named)).toEqual({ kind: 'stands' });
    // A later record that names it answers those before; one that asks for less does not.
    const plain = recordOf([alice, bob, carol], GENESIS);
    const less = recordOf([alice, bob, carol], plain, { snapshotThreshold: 1 });
    expect(heard(plain, less)?.kind).toBe('void');
    const late = recordOf([alice, bob, carol], plain, { heads: [alone.head] });
    expect(heard(plain, late)).toEqual({ kind: 'stands' });
    expect(heard(named, recordOf([alice, bob, carol, dave, erin], named))?.kind).toBe('void');
  });

  it('[A11, F8] who may approve no longer proves nothing by an older record', () => {
    const silent = recordOf([alice, bob, carol, dave, erin], FIVE, { snapshotThreshold: 2 });
    const members = silent.members.map((each) =>
      each.device === dave.device ? { ...each, capabilities: 0 } : each,
    );
    expect(standing({ ...silent, members }).get(old.head)).toEqual({
      ...{ kind: 'void', reason: 'retired-signers' },
    });
    expect(standing({ ...silent, members, heads: [old.head] }).get(old.head)?.kind).toBe('stands');
  });

  it('[A11] it waits as long as the later record names what is unknown and may build on it', () => {
    const judged = (removal: RosterRecord, known: readonly (typeof old)[]) => {
      const chain = foldChain(ACCOUNT, [first, five, stepTo(removal, FIVE, [alice, bob, carol])]);
      return judgeHeads(known, chain).get(old.head)?.kind;
    };
    const third = headBy(FIVE, [alice, bob], { predecessors: [onTop.head], index: 3 });
    const beside = headBy(FIVE, [alice, carol], { digest: hexOf<Digest>('beside') });
    const onBeside = headBy(FIVE, [alice, carol], { predecessors: [beside.head], index: 2 });
    expect(judged(sold([onTop.head]), [old])).toBe('waiting');
    expect(judged(sold([third.head]), [old, third])).toBe('waiting');
    expect(judged(sold([third.head]), [old, third, onTop])).toBe('stands');
    expect(judged(sold([onBeside.head]), [old, onBeside])).toBe('waiting');
    expect(judged(sold([onBeside.head]), [old, onBeside, beside])).toBe('void');
    // What is missing is older than it: it cannot build on it.
    const digest = hexOf<Digest>('late');
    const late = headBy(FIVE, [dave, erin], { digest, predecessors: [beside.head], index: 2 });
    const chain = foldChain(ACCOUNT, [
      ...[first, five, stepTo(sold([onBeside.head]), FIVE, [alice, bob, carol])],
    ]);
    expect(judgeHeads([late, onBeside], chain).get(late.head)?.kind).toBe('void');
  });

  it('[A11] who waits is let go of by nobody that adopted it, and adopted by nobody', () => {
    const removal = stepTo(sold([onTop.head]), FIVE, [alice, bob, carol]);
    const at = (adopted: readonly HeadId[]) =>
      settleAuthority(ACCOUNT, [first, five, removal], [old], new Set(adopted));
    expect([...at([old.head]).adopted]).toEqual([old.head]);
    expect(at([]).adopted.size).toBe(0);
  });

  it('[A11] a record before the removal vouches for nobody', () => {
    const before = recordOf([alice, bob, carol, dave, erin], FIVE, {
      heads: [old.head],
      governanceThreshold: 3,
    });
    const removal = recordOf([alice, bob, carol], before, { closing, governanceThreshold: 2 });
    expect(standing(before, removal).get(old.head)?.kind).toBe('void');
  });

  it('[C10] further signatures never bring a head down', () => {
    const wide = headBy(FIVE, [alice, bob, dave]);
    const removal = stepTo(sold([]), FIVE, [alice, bob, carol]);
    const chain = foldChain(ACCOUNT, [first, five, removal]);
    expect(judgeHeads([wide], chain).get(wide.head)?.kind).toBe('stands');
    const narrow = headBy(FIVE, [alice, dave], { digest: hexOf<Digest>('narrow') });
    expect(judgeHeads([narrow], chain).get(narrow.head)?.kind).toBe('void');
    const joined = judgeHeads([headBy(FIVE, [alice, dave]), headBy(FIVE, [bob, erin])], chain);
    expect(joined.get(wide.head)?.kind).toBe('stands');
  });

  //                 ┌─ SOLD: dave and erin leave ── base covers it
  //  FIVE ──────────┤
  //                 └─ RIVAL: by retired keys, and a head under it
  it('[A11] heads under a rival of what the base covers do not stand', () => {
    const SOLD = sold([]);
    const RIVAL = recordOf([carol, dave, erin], FIVE, { governanceThreshold: 2 });
    const ballot = { round: 1, proposer: dave.device };
    const promises = [carol, dave, erin].map((each) =>
      promiseOf(each, rosterHashOf(FIVE), ballot, null),
    );
    const transitions = [
      first,
      five,
      stepTo(SOLD, FIVE, [alice, bob, carol]),
      stepTo(RIVAL, FIVE, [carol, dave, erin], { ...ballot, promises }),
    ];
    const ours = headBy(SOLD, [alice, bob]);
    const theirs = headBy(RIVAL, [dave, erin]);
    const at = (adopted: readonly HeadId[]) =>
      settleAuthority(ACCOUNT, transitions, [ours, theirs], new Set(adopted));
    expect(at([]).chain.isForked).toBe(true);
    const settled = at([ours.head]);
    expect(settled.chain.isForked).toBe(false);
    expect(settled.standing.get(theirs.head)).toEqual({ kind: 'void', reason: 'rival-roster' });
    expect(settled.standing.get(ours.head)).toEqual({ kind: 'stands' });
    expect(at([ours.head, theirs.head]).chain.isForked).toBe(true);
  });

  it('[A11] an adopted head that becomes void covers nothing', () => {
    const SOLD = sold([]);
    const transitions = [first, five, stepTo(SOLD, FIVE, [alice, bob, carol])];
    const settled = settleAuthority(ACCOUNT, transitions, [old, onTop], new Set([old.head]));
    expect(settled.adopted.size).toBe(0);
    expect(settled.chain.covered.size).toBe(0);
  });
});
