import { describe, expect, it } from 'vitest';
import {
  brandHex,
  type AccountId,
  type FactId,
  type SessionId,
} from '../../../src/core/base/brands.js';
import { compareBytes } from '../../../src/core/base/hash.js';
import { ALL_CAPABILITIES_MASK, capabilityBit } from '../../../src/core/authority/capability.js';
import { brokenPromisesIn } from '../../../src/core/authority/broken-promise.js';
import { doubleVotesIn } from '../../../src/core/authority/double-vote.js';
import { foldChain } from '../../../src/core/authority/chain.js';
import { encodeRosterCompletion } from '../../../src/core/authority/roster-completion.js';
import { rosterHashOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import { planRosterChange } from '../../../src/core/authority/roster-plan.js';
import { mayAct } from './acts.js';
import {
  ACCOUNT,
  alice,
  bob,
  byDevice,
  carol,
  dave,
  GENESIS,
  hexOf,
  memberFrom,
  promiseOf,
  recordOf,
  stepTo,
} from './people.js';

const bobPhone = hexOf<SessionId>('a session of bob');
const bobLate = hexOf<SessionId>('another session of bob');
const aliceOld = hexOf<SessionId>('a session of alice');
const aliceNew = hexOf<SessionId>('another session of alice');
const closing = (session: SessionId, seq: number) => [
  { session, seq, id: hexOf<FactId>(`fact ${seq}`) },
];

const first = stepTo(GENESIS, null, [alice]);
const THREE = recordOf([alice, bob, carol], GENESIS);
const three = stepTo(THREE, GENESIS, [alice]);
const WITHOUT_BOB = recordOf([alice, carol], THREE, { closing: closing(bobPhone, 5) });
const withoutBob = stepTo(WITHOUT_BOB, THREE, [alice, carol]);
const names = (record: RosterRecord): string => rosterHashOf(record);
const act = (author: typeof bob, record: RosterRecord, session: SessionId, seq: number) => ({
  author: author.device,
  roster: rosterHashOf(record),
  session,
  seq,
});

describe('the chain of rosters', () => {
  it('[A2] folds transitions in any order, and lets what does not connect yet wait', () => {
    const waiting = foldChain(ACCOUNT, [withoutBob, first]);
    expect(waiting.tipHash).toBe(ACCOUNT);
    expect(waiting.isKnown(withoutBob.hash)).toBe(false);
    const chain = foldChain(ACCOUNT, [withoutBob, first, three, withoutBob]);
    expect(chain.tipHash).toBe(names(WITHOUT_BOB));
    expect(chain.lineage).toEqual([ACCOUNT, names(THREE), names(WITHOUT_BOB)]);
    expect(chain.tip).toEqual(WITHOUT_BOB);
    expect(chain.isForked).toBe(false);
    expect([...chain.membersEver].sort()).toEqual([alice.device, bob.device, carol.device].sort());
  });

  it('[A2, F7] hears of one account, and of one record by everyone who voted for it', () => {
    const other = { ...three, account: brandHex<AccountId>(names(WITHOUT_BOB)) };
    expect(foldChain(ACCOUNT, [first, other]).tipHash).toBe(ACCOUNT);
    const ANEW = recordOf([alice, bob, carol], THREE);
    const twice = [stepTo(ANEW, THREE, [alice, carol]), stepTo(ANEW, THREE, [alice, bob])];
    const steps = [first, three, ...twice];
    const [least] = [...twice].sort((a, b) =>
      compareBytes(encodeRosterCompletion(a.completion), encodeRosterCompletion(b.completion)),
    );
    for (const order of [steps, [...steps].reverse()]) {
      const joined = foldChain(ACCOUNT, order).transitions.get(rosterHashOf(ANEW));
      expect(joined?.voters).toEqual([alice.device, bob.device, carol.device].sort());
      expect(joined?.completion).toBe(least?.completion);
    }
  });

  it('[A2] before its first record is known, an account has no members', () => {
    const chain = foldChain(ACCOUNT, []);
    expect(chain.tipHash).toBe(ACCOUNT);
    expect(chain.tip.members).toEqual([]);
    expect(mayAct(chain, act(alice, GENESIS, aliceOld, 0), null)).toEqual({ kind: 'undecided' });
  });

  it('[A4] a removed device counts up to its closing frontier, and nowhere else', () => {
    const chain = foldChain(ACCOUNT, [first, three, withoutBob]);
    expect(chain.removedBy(bob.device)).toEqual([withoutBob.hash]);
    expect(chain.closedAt(bobPhone, bob.device)).toBe(5);
    expect(chain.closedAt(bobLate, bob.device)).toBe(-1);
    expect(chain.closedAt(aliceOld, alice.device)).toBeNull();
    expect(mayAct(chain, act(bob, THREE, bobPhone, 5), 'record_write')).toEqual({
      kind: 'allowed',
    });
    const late = { kind: 'refused', reason: 'after-removal' };
    expect(mayAct(chain, act(bob, THREE, bobPhone, 6), 'record_write')).toEqual(late);
    expect(mayAct(chain, act(bob, THREE, bobLate, 0), 'record_write')).toEqual(late);
    expect(mayAct(chain, act(bob, GENESIS, bobLate, 0), null)).toEqual(late);
  });

  it('[S3] judged up to an earlier record, a later removal is silent', () => {
    const chain = foldChain(ACCOUNT, [first, three, withoutBob]);
    expect(chain.closedAt(bobPhone, bob.device, three.hash)).toBeNull();
    expect(chain.closedAt(bobPhone, bob.device, withoutBob.hash)).toBe(5);
  });

  it('[A4] facts of an older epoch by one who stays are welcome', () => {
    const chain = foldChain(ACCOUNT, [first, three, withoutBob]);
    const old = act(carol, THREE, hexOf<SessionId>('carol offline'), 400);
    expect(mayAct(chain, old, 'record_write')).toEqual({ kind: 'allowed' });
  });

  it('[A4] a record may close a session whose author stays', () => {
    const record = recordOf([alice, bob, carol], THREE, { closing: closing(aliceOld, 2) });
    const chain = foldChain(ACCOUNT, [first, three, stepTo(record, THREE, [alice, bob])]);
    expect(chain.closedAt(aliceOld, alice.device)).toBe(2);
    expect(mayAct(chain, act(alice, record, aliceOld, 3), null)).toEqual({
      kind: 'refused',
      reason: 'session-closed',
    });
    expect(mayAct(chain, act(alice, record, bobLate, 3), null)).toEqual({ kind: 'allowed' });
  });

  it('[A4] who loses a capability is bound for that alone, whatever epoch it claims', () => {
    const mask = ALL_CAPABILITIES_MASK & ~capabilityBit('record_write');
    const members = byDevice([memberFrom(alice), memberFrom(bob, mask), memberFrom(carol)]);
    const LESS = recordOf([alice, bob, carol], THREE, { members, closing: closing(bobPhone, 5) });
    const AGAIN = recordOf([alice, bob, carol], LESS);
    const less = stepTo(LESS, THREE, [alice, carol]);
    const again = stepTo(AGAIN, LESS, [alice, carol]);
    const chain = foldChain(ACCOUNT, [first, three, less, again]);
    const verdict = (
      record: RosterRecord,
      seq: number,
      needed: 'record_write' | 'cache_invalidate',
    ) => mayAct(chain, act(bob, record, bobPhone, seq), needed);
    expect(verdict(THREE, 5, 'record_write')).toEqual({ kind: 'allowed' });
    expect(verdict(THREE, 6, 'record_write')).toEqual({ kind: 'refused', reason: 'after-loss' });
    expect(verdict(THREE, 6, 'cache_invalidate')).toEqual({ kind: 'allowed' });
    expect(verdict(LESS, 7, 'record_write')).toEqual({
      kind: 'refused',
      reason: 'lacks-capability',
    });
    expect(verdict(AGAIN, 8, 'record_write')).toEqual({ kind: 'allowed' });
    expect(chain.closedAt(bobPhone, bob.device)).toBeNull();
  });

  it('[A8] a retired admin acts as admin no more, whatever epoch it claims', () => {
    const planned = planRosterChange(
      THREE,
      { admin: bob.device },
      { commitment: hexOf('next'), closing: closing(aliceOld, 9), heads: [] },
    );
    if (!planned.ok) throw new Error(planned.error.kind);
    const record = planned.value;
    const chain = foldChain(ACCOUNT, [first, three, stepTo(record, THREE, [bob, carol, alice])]);
    for (const needed of ['upgrade_publish', 'upgrade_activate'] as const) {
      const verdict = (by: typeof bob, at: RosterRecord, session: SessionId, seq: number) =>
        mayAct(chain, act(by, at, session, seq), needed);
      const late = { kind: 'refused', reason: 'after-loss' };
      expect(verdict(alice, THREE, aliceOld, 9)).toEqual({ kind: 'allowed' });
      expect(verdict(alice, THREE, aliceOld, 10)).toEqual(late);
      expect(verdict(alice, GENESIS, aliceNew, 0)).toEqual(late);
      expect(verdict(alice, record, aliceOld, 10)).toMatchObject({ reason: 'lacks-capability' });
      expect(verdict(bob, record, bobPhone, 0)).toEqual({ kind: 'allowed' });
    }
    expect(mayAct(chain, act(alice, record, aliceOld, 10), 'record_write').kind).toBe('allowed');
  });

  it('[A4] nobody can bring a removed device back under its old key', () => {
    const back = recordOf([alice, carol, bob], WITHOUT_BOB);
    const chain = foldChain(ACCOUNT, [
      first,
      three,
      withoutBob,
      stepTo(back, WITHOUT_BOB, [alice, carol]),
    ]);
    expect(chain.outside.get(rosterHashOf(back))).toBe('reintroduces');
    expect(chain.tipHash).toBe(withoutBob.hash);
  });

  //          ┌─ rival: bob leaves (round 0, alice and carol)
  //  three ──┤
  //          └─ other: dave joins (round 1, bob and carol; carol forgot her vote)
  it('[A3] a promise that forgets a vote makes a fork, which names who voted twice', () => {
    const RIVAL = recordOf([alice, carol], THREE, { closing: closing(bobPhone, 5) });
    const OTHER = recordOf([alice, bob, carol, dave], THREE);
    const ballot = { round: 1, proposer: carol.device };
    const promises = [bob, carol].map((each) => promiseOf(each, rosterHashOf(THREE), ballot, null));
    const rival = stepTo(RIVAL, THREE, [alice, carol]);
    const other = stepTo(OTHER, THREE, [bob, carol], { ...ballot, promises });
    const chain = foldChain(ACCOUNT, [first, three, rival, other]);
    expect(chain.isForked).toBe(true);
    expect(chain.forks).toEqual([
      {
        parent: three.hash,
        rivals: [rival.hash, other.hash].sort(),
        doubleVoters: [carol.device],
      },
    ]);
    // No ballot has two votes of hers; her vote and her promise together show it.
    expect(doubleVotesIn([rival, other])).toEqual([]);
    const broken = brokenPromisesIn([rival, other]).map(({ device }) => device);
    expect(broken).toEqual([carol.device]);
    const said = { round: 0, proposer: alice.device, record: rival.hash };
    const honest = [bob, carol].map((each) =>
      promiseOf(each, rosterHashOf(THREE), ballot, each === carol ? said : null),
    );
    const told = { ...other, completion: { ...other.completion, promises: honest } };
    expect(brokenPromisesIn([rival, told])).toEqual([]);
    expect(chain.tipHash).toBe(three.hash);
    expect(chain.tip.members.map((member) => member.device)).toEqual(
      [alice.device, carol.device].sort(),
    );
    expect(mayAct(chain, act(dave, OTHER, bobLate, 0), 'record_write')).toEqual({
      kind: 'refused',
      reason: 'forked',
    });
    expect(mayAct(chain, act(carol, OTHER, aliceOld, 0), 'record_write').kind).toBe('allowed');
    expect(mayAct(chain, act(bob, OTHER, bobLate, 0), null).kind).toBe('refused');
  });

  it('[A11] a rival of a record that the base covers is evidence, not a fork', () => {
    const RIVAL = recordOf([bob, carol], THREE, { closing: [] });
    const AFTER = recordOf([bob, carol], RIVAL);
    const ballot = { round: 1, proposer: bob.device };
    const promises = [bob, carol].map((each) => promiseOf(each, rosterHashOf(THREE), ballot, null));
    const rival = stepTo(RIVAL, THREE, [bob, carol], { ...ballot, promises });
    const after = stepTo(AFTER, RIVAL, [bob, carol]);
    const all = [first, three, withoutBob, rival, after];
    expect(foldChain(ACCOUNT, all).isForked).toBe(true);
    const chain = foldChain(ACCOUNT, all, new Set([withoutBob.hash]));
    expect(chain.isForked).toBe(false);
    expect(chain.tipHash).toBe(withoutBob.hash);
    expect(chain.outside.get(rival.hash)).toBe('rival');
    expect(chain.outside.get(after.hash)).toBe('rival');
    expect(mayAct(chain, act(carol, AFTER, aliceOld, 0), null)).toEqual({
      kind: 'refused',
      reason: 'rival',
    });
    const both = foldChain(ACCOUNT, all, new Set([withoutBob.hash, after.hash]));
    expect(both.isForked).toBe(true);
  });
});
