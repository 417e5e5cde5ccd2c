import { describe, expect, test } from 'vitest';
import {
  ALL_CAPABILITIES,
  NEWCOMER_CAPABILITIES_MASK,
  capabilitiesOf,
} from '../../src/core/authority/capability.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';
import { DANGER_MS, decisionOf, epochOf, sayYes, threeMembers } from './three-members.js';

const bad = (field: 'snapshot' | 'governance', min: number, max: number) => ({
  ok: false,
  error: { kind: 'bad-threshold', field, min, max },
});

const subjectAt = (replica: Parameters<typeof decisionOf>[0]) => {
  const subject = decisionOf(replica)?.subject;
  if (subject?.kind !== 'roster') throw new Error('nothing is open');
  return subject;
};

describe('changes of the roster', () => {
  test('[A1] thresholds above the roster, below a majority and of nobody are refused by name', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const set = (snapshot: number, governance: number) =>
      alice.devices.setThresholds({ snapshot, governance });
    expect(await set(4, 2)).toEqual(bad('snapshot', 1, 3));
    expect(await set(0, 2)).toEqual(bad('snapshot', 1, 3));
    expect(await set(2, 4)).toEqual(bad('governance', 2, 3));
    expect(await set(2, 1)).toEqual(bad('governance', 2, 3));
    expect(await set(2, 0)).toEqual(bad('governance', 2, 3));
    expect((await set(1, 3)).ok).toBe(true);
    await home.until('asked', () => decisionOf(bob) !== undefined);
    expect(subjectAt(bob)).toMatchObject({
      snapshotThreshold: { from: 2, to: 1 },
      governanceThreshold: { from: 2, to: 3 },
      danger: { needsMatch: true },
    });
    for (const each of [bob, carol]) await sayYes(home, each, alice);
    await home.pass(DANGER_MS);
    await home.until('set', () =>
      [alice, bob, carol].every((each) => each.view().account?.governanceThreshold === 3),
    );
    expect(alice.view().lockout).toEqual({ oneLostDeviceLocks: true });
  });

  test('[F8, A4] what is taken from a device ends where it stood, and it stays a member', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    await carol.records.create(draftOf('with the right'));
    await home.until('heard', () => areEqual(alice, bob, carol));
    home.network.partition(['carol'], ['alice', 'bob']);
    await carol.records.create(draftOf('too late'));
    const held = capabilitiesOf(NEWCOMER_CAPABILITIES_MASK);
    const kept = held.filter((name) => name !== 'record_write');
    expect((await alice.devices.setCapabilities(idOf(carol), kept)).ok).toBe(true);
    await home.until('asked', () => decisionOf(bob) !== undefined);
    const carolId = idOf(carol);
    expect(subjectAt(bob)).toMatchObject({
      capabilities: [{ device: carolId, gained: [], lost: ['record_write'] }],
      danger: null,
    });
    await sayYes(home, bob, alice);
    await home.until('taken', () => epochOf(bob) === 3);
    home.network.heal();
    await home.until('all the same', () => areEqual(alice, bob, carol));
    for (const each of [alice, bob, carol]) {
      expect(titlesOf(each)).toEqual(['old', 'with the right']);
    }
    expect(await carol.records.create(draftOf('once more'))).toMatchObject({
      error: { kind: 'not-allowed', capability: 'record_write' },
    });
    expect((await carol.devices.rename(carolId, 'Carol new')).ok).toBe(true);
  });

  test('[F8] no right is taken where too few would be left to agree; unknown ones are refused', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const none = await alice.devices.setCapabilities(idOf(bob), ['write_records']);
    expect(none).toEqual({ ok: false, error: { kind: 'ill-formed', field: 'capabilities' } });
    expect((await alice.devices.setCapabilities(idOf(bob), ['record_write'])).ok).toBe(true);
    await sayYes(home, carol, alice);
    await home.until('taken', () => epochOf(bob) === 3);
    expect(await bob.devices.rename(idOf(bob), 'Bob')).toMatchObject({
      error: { kind: 'not-allowed', capability: 'roster_change' },
    });
    expect(await alice.devices.setCapabilities(idOf(carol), ['record_write'])).toEqual(
      bad('governance', 2, 1),
    );
  });

  test('[A8, F8] another device becomes the admin; it takes the right to ask for that', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const kept = ALL_CAPABILITIES.filter((name) => name !== 'admin_replace');
    await alice.devices.setCapabilities(idOf(carol), kept);
    await sayYes(home, bob, alice);
    await home.until('taken', () => epochOf(carol) === 3);
    expect(await carol.admin.replace(idOf(carol))).toMatchObject({
      error: { kind: 'not-allowed', capability: 'admin_replace' },
    });
    expect((await bob.admin.replace(idOf(bob))).ok).toBe(true);
    await home.until('asked', () => decisionOf(alice) !== undefined);
    expect(subjectAt(alice)).toMatchObject({
      admin: { from: idOf(alice), to: idOf(bob) },
      danger: { canVeto: false },
    });
    await sayYes(home, carol, bob);
    await home.pass(DANGER_MS);
    await home.until('bob is the admin', () =>
      [alice, bob, carol].every((each) => each.view().account?.admin === idOf(bob)),
    );
    // Who was the admin stays a member, and what it wrote stays.
    await alice.records.create(draftOf('by alice'));
    await home.until('in step', () => areEqual(alice, bob, carol));
    expect(titlesOf(carol)).toEqual(['by alice', 'old']);
  });

  test('[A10, N3] new keys for the same devices, who meet again under them', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const before = alice.view().account?.rosterHash;
    expect((await carol.devices.rotateKeys()).ok).toBe(true);
    await home.until('asked', () => decisionOf(bob) !== undefined);
    expect(subjectAt(bob)).toMatchObject({ isRotation: true, danger: null, membersAfter: 3 });
    await sayYes(home, bob, carol);
    await home.until('rotated', () => [alice, bob, carol].every((each) => epochOf(each) === 3));
    expect(alice.view().account?.rosterHash).not.toBe(before);
    await home.pass(20_000);
    await alice.records.create(draftOf('under new keys'));
    await home.until('in step', () => areEqual(alice, bob, carol));
    expect(alice.view().sync.connectedCount).toBe(2);
  });
});
