import { describe, expect, it } from 'vitest';
import type { FactId, Hash, RosterHash, SessionId } from '../../../src/core/base/brands.js';
import { maskOf, ALL_CAPABILITIES } from '../../../src/core/authority/capability.js';
import { closingMissing, losersOf, planClosing } from '../../../src/core/authority/closing-plan.js';
import { dangerOf, matchNumberOf } from '../../../src/core/authority/danger.js';
import { rosterHashOf, type RosterRecord } from '../../../src/core/authority/roster.js';
import type { Frontier, SessionTip } from '../../../src/core/journal/frontier.js';
import {
  alice,
  bob,
  byDevice,
  carol,
  dave,
  hexOf,
  memberFrom,
  recordOf,
  standaloneRecord,
  type Person,
} from './people.js';

const THREE = standaloneRecord([alice, bob, carol]);
const next = (people: readonly Person[], changes: Partial<RosterRecord> = {}): RosterRecord =>
  recordOf(people, THREE, changes);

const readOnly = maskOf(ALL_CAPABILITIES.filter((name) => name !== 'record_write'));
const carolReads = byDevice([memberFrom(alice), memberFrom(bob), memberFrom(carol, readOnly)]);

describe('a dangerous step', () => {
  it('[A9] takes a device out, or replaces the admin: those it is done to are its subjects', () => {
    expect(dangerOf(THREE, next([alice, bob]))).toEqual({ subjects: [carol.device] });
    expect(dangerOf(THREE, next([bob, alice, carol]))).toEqual({ subjects: [alice.device] });
    const both = dangerOf(THREE, next([bob, carol]));
    expect(both).toEqual({ subjects: [alice.device] });
  });

  it('[A9] chooses thresholds, not those that members who come or go bring along', () => {
    const same = [alice, bob, carol];
    expect(dangerOf(THREE, next(same))).toBeNull();
    expect(dangerOf(THREE, next(same, { snapshotThreshold: 1 }))).toEqual({ subjects: [] });
    expect(dangerOf(THREE, next(same, { governanceThreshold: 3 }))).toEqual({ subjects: [] });
    expect(dangerOf(THREE, next([...same, dave]))).toBeNull();
    expect(dangerOf(THREE, next([...same, dave], { snapshotThreshold: 1 }))).not.toBeNull();
  });

  it('[A9] is a hard fork; a name, a right or new keys are not', () => {
    const activation = { package: 'upkeep', version: '2', manifest: hexOf<Hash>('bundle') };
    expect(dangerOf(THREE, next([alice, bob, carol], { activation }))).toEqual({ subjects: [] });
    expect(dangerOf(THREE, next([alice, bob, carol], { members: carolReads }))).toBeNull();
  });

  it('[A9] has a number of two digits that its record alone decides', () => {
    const numbers = Array.from({ length: 300 }, (_, index) =>
      matchNumberOf(hexOf<RosterHash>(`record ${index}`)),
    );
    expect(numbers.every((each) => /^[1-9][0-9]$/.test(each))).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(60);
    const record = rosterHashOf(THREE);
    expect(matchNumberOf(record)).toBe(matchNumberOf(record));
  });
});

const tip = (author: Person, seq: number): SessionTip => ({
  ...{ author: author.device, seq, lamport: seq, epoch: THREE.epoch },
  id: hexOf<FactId>(`${author.name} ${seq}`),
});
const session = (name: string): SessionId => hexOf<SessionId>(name);
const FOLDED: Frontier = new Map([
  [session('alice'), tip(alice, 9)],
  [session('carol one'), tip(carol, 4)],
  [session('carol two'), tip(carol, 0)],
  [session('bob'), tip(bob, 7)],
]);

describe('the closing of a record', () => {
  it('[A4] binds who loses membership, a capability or the admin’s part, and nobody else', () => {
    expect(losersOf(THREE, next([alice, bob]))).toEqual([carol.device]);
    expect(losersOf(THREE, next([bob, alice, carol]))).toEqual([alice.device]);
    expect(losersOf(THREE, next([alice, bob, carol], { members: carolReads }))).toEqual([
      carol.device,
    ]);
    expect(losersOf(THREE, next([alice, bob, carol, dave]))).toEqual([]);
  });

  it('[A4] names every session of theirs, sorted, as far as it was folded', () => {
    const closing = planClosing(THREE, next([alice, bob]), FOLDED);
    expect(closing).toEqual(
      [
        { session: session('carol one'), seq: 4, id: hexOf<FactId>('carol 4') },
        { session: session('carol two'), seq: 0, id: hexOf<FactId>('carol 0') },
      ].sort((a, b) => (a.session < b.session ? -1 : 1)),
    );
    expect(planClosing(THREE, next([alice, bob, carol]), FOLDED)).toEqual([]);
  });

  it('[A4] is vouched for only by who folded all that is below it', () => {
    const record = next([alice, bob], { closing: planClosing(THREE, next([alice, bob]), FOLDED) });
    expect(closingMissing(record, FOLDED)).toBe(0);
    const behind = new Map(FOLDED).set(session('carol one'), tip(carol, 2));
    expect(closingMissing(record, behind)).toBe(2);
    behind.delete(session('carol two'));
    expect(closingMissing(record, behind)).toBe(3);
  });
});
