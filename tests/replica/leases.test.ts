import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { type HouseholdOptions, createHousehold } from './household.js';
import { type ThreeMembers, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const LEASE_MS = 10_000;
const QUICK: HouseholdOptions = { snapshots: { leaseMs: LEASE_MS, leaseGraceMs: 1_000 } };

const isHeld = (replica: Replica): boolean => replica.view().snapshots[0]?.isHeld === true;
const isAgreed = (replica: Replica): boolean => replica.view().snapshots.length === 1;

/** Proposes, and lets another say yes; resolves when all of them know that it is complete. */
const agree = async (home: ThreeMembers['home'], by: Replica, other: Replica): Promise<void> => {
  const done = await by.snapshots.propose('');
  if (!done.ok) throw new Error(done.error.kind);
  const asked = () => other.view().decisions.find(({ id }) => id === done.value);
  await home.until('it can be agreed to', () => asked()?.approveBlocker === null);
  await other.decisions.approve(done.value, '');
  await home.until('it is complete', () => [by, other].every(isAgreed));
};

const must = async (done: ReturnType<Replica['snapshots']['release']>): Promise<void> => {
  expect(await done).toEqual({ ok: true, value: undefined });
};

describe('a lease', () => {
  test('[S5, C8] keeps every device from pruning while it is live, and no longer', async () => {
    const { home, alice, bob, carol } = await threeMembers(QUICK);
    const all = [alice, bob, carol];
    const facts = alice.view().journal.facts;
    await must(carol.snapshots.lease('export', home.clock.wallMs() + 100 * LEASE_MS));
    await home.until('all know', () =>
      all.every((each) => each.view().pruning.leases.length === 1),
    );
    await agree(home, alice, bob);
    await home.until('carol knows', () => isAgreed(carol));
    await home.pass(3_000);
    for (const each of all) {
      const [wait] = each.view().pruning.waits;
      expect(wait).toMatchObject({ index: 1, durable: null });
      expect(wait?.leases).toMatchObject([{ device: idOf(carol), purpose: 'export' }]);
      expect(each.view().journal.facts).toBeGreaterThan(facts);
      expect(isHeld(each)).toBe(false);
    }
    await alice.records.create(draftOf('written meanwhile'));
    await home.until('in step all the while', () => areEqual(...all));
    expect(await bob.snapshots.propose('')).toEqual({
      ok: false,
      error: { kind: 'pruning-waits' },
    });
    await home.pass(LEASE_MS);
    await home.until('pruned when it ended', () => all.every(isHeld));
    await home.until('the same', () => areEqual(...all));
    expect(alice.view().pruning).toMatchObject({ waits: [], leases: [] });
    expect(titlesOf(bob)).toEqual(['old', 'written meanwhile']);
  });

  test('[S5, F5] outlives a restart of everyone, and is over when it is let go', async () => {
    const { home, alice, bob } = await threeMembers();
    await must(alice.snapshots.lease('export', home.clock.wallMs() + 3_600_000));
    await home.until('bob knows', () => bob.view().pruning.leases.length === 1);
    await agree(home, alice, bob);
    for (const name of ['alice', 'bob']) home.crash(name);
    const [again, bobAgain] = [await home.start('alice'), await home.start('bob')];
    await home.pass(5_000);
    for (const each of [again, bobAgain]) {
      expect(each.view().pruning.waits).toHaveLength(1);
      expect(isHeld(each)).toBe(false);
    }
    await must(again.snapshots.release('export'));
    await home.until('pruned', () => [again, bobAgain].every(isHeld));
    await must(again.snapshots.release('export'));
  });

  test('[S5, F13] is taken for a named purpose, a day ahead at most, for few at once', async () => {
    const { home, alice } = await threeMembers();
    const nowMs = home.clock.wallMs();
    const refused = async (purpose: string, untilMs: number) => {
      const done = await alice.snapshots.lease(purpose, untilMs);
      return done.ok ? null : done.error.kind;
    };
    expect(await refused('', nowMs + 1000)).toBe('empty');
    expect(await refused('x'.repeat(41), nowMs + 1000)).toBe('too-long');
    expect(await refused('\ud800', nowMs + 1000)).toBe('ill-formed');
    expect(await refused('late', nowMs)).toBe('empty');
    expect(await refused('late', Number.NaN)).toBe('empty');
    for (let each = 0; each < 8; each += 1)
      expect(await refused(`${each}`, nowMs + 1e12)).toBeNull();
    expect(await refused('one more', nowMs + 1000)).toBe('too-many-leases');
    expect(await refused('7', nowMs + 1000)).toBeNull();
    const ends = alice.view().pruning.leases.map(({ untilMs }) => untilMs - nowMs);
    expect(ends).toHaveLength(8);
    expect(Math.max(...ends)).toBeLessThanOrEqual(24 * 3_600_000 + 60_000);
  });
});

describe('what devices say of how they keep things', () => {
  const MIB = 1024 * 1024;
  const storage: HouseholdOptions['storage'] = (name) => ({
    isPersisted: async () => name === 'bob',
    estimate: async () => ({ used: 5 * MIB, quota: 1000 * MIB }),
  });
  const reportOn = (viewer: Replica, of: Replica) =>
    viewer.view().devices.find(({ id }) => id === idOf(of))?.report;

  test('[S11] reaches all; pruning waits for a durable holder; receipts say what went', async () => {
    const { home, alice, bob, carol } = await threeMembers({ storage });
    const told = { installed: false, quota: 768, used: 4, backup: null, receipt: null };
    await home.until('all are known', () =>
      [bob, carol].every((each) => reportOn(alice, each) !== null),
    );
    expect(reportOn(alice, bob)).toMatchObject({ ...told, persisted: true });
    expect(reportOn(alice, carol)).toMatchObject({ ...told, persisted: false });
    expect(alice.view().pruning.durable).toEqual([idOf(bob)]);
    await home.stop('bob');
    await agree(home, alice, carol);
    await home.pass(2_000);
    for (const each of [alice, carol]) {
      expect(each.view().pruning.waits).toMatchObject([
        { leases: [], durable: { have: 0, need: 1 } },
      ]);
      expect(isHeld(each)).toBe(false);
    }
    const facts = alice.view().journal.facts;
    const back = await home.start('bob');
    await home.until('all hold it', () => [alice, back, carol].every(isHeld));
    await home.until('receipts are told', () =>
      [alice, back, carol].every((each) => each.view().snapshots[0]?.receipts.length === 3),
    );
    const receipts = alice.view().snapshots[0]?.receipts ?? [];
    const own = receipts.find(({ device }) => device === idOf(alice));
    expect(own?.facts).toBeGreaterThan(0);
    expect(own?.facts).toBeLessThanOrEqual(facts);
    expect(own?.bytes).toBe(alice.view().snapshots[0]?.bytesFreed);
    expect(alice.view().journal.facts).toBeLessThan(facts);
    await home.until('in step', () => areEqual(alice, back, carol));
  });

  test('[S11] is asked for again after a day, also where nothing was told since the start', async () => {
    let isPersisted = false;
    const home = createHousehold({ storage: () => ({ isPersisted: async () => isPersisted }) });
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    await home.until('it is told', () => reportOn(alice, alice)?.persisted === false);
    await home.stop('alice');
    const again = await home.start('alice');
    await home.pass(1_000);
    isPersisted = true;
    home.clock.advance(24 * 3_600_000);
    await home.until('it is told again', () => reportOn(again, again)?.persisted === true);
  });
});
