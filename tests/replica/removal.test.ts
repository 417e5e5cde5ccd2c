import { describe, expect, test } from 'vitest';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';
import { DANGER_MS, epochOf, sayYes, threeMembers } from './three-members.js';

describe('taking a device out', () => {
  test('[A4, N2, A9] it is cut off where everyone stands, is told why, and writes no more', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const gone = idOf(carol);
    const asked = await alice.devices.remove(gone, 'stolen');
    expect(asked.ok).toBe(true);
    await sayYes(home, bob, alice);
    await home.pass(DANGER_MS);
    await home.until('all know', () =>
      [alice, bob].every((each) => each.view().devices.length === 2),
    );
    expect(alice.view().account).toMatchObject({ snapshotThreshold: 2, governanceThreshold: 2 });
    await home.until('carol knows', () => carol.view().stage === 'removed');
    const { removed } = carol.view();
    expect(removed).toMatchObject({
      byEpoch: epochOf(alice),
      reason: 'stolen',
    });
    expect([...(removed?.by ?? [])].sort()).toEqual(['Alice phone', 'Bob phone']);
    await alice.records.create(draftOf('after'));
    await home.until('in step', () => areEqual(alice, bob));
    await home.pass(30_000);
    expect(titlesOf(carol)).toEqual(['old']);
    for (const refused of [
      await carol.records.create(draftOf('mine')),
      await carol.snapshots.propose(''),
      await carol.devices.rename(gone, 'Still here'),
      await carol.devices.invite(),
    ]) {
      expect(refused).toMatchObject({ ok: false, error: { kind: 'not-allowed' } });
    }
    await home.stop('carol');
    const again = await home.start('carol');
    await home.pass(10_000);
    expect(again.view()).toMatchObject({ stage: 'removed', removed });
    expect(titlesOf(again)).toEqual(['old']);
  });

  test('[A4, N2] what it wrote alone is refused when it comes back, however late that is', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    home.network.partition(['carol'], ['alice', 'bob']);
    await carol.records.create(draftOf('by carol alone'));
    await alice.devices.remove(idOf(carol), 'lost');
    await sayYes(home, bob, alice);
    await home.pass(DANGER_MS);
    await home.until('she is out', () => bob.view().devices.length === 2);
    home.network.heal();
    await home.until('carol knows', () => carol.view().stage === 'removed');
    expect(carol.view().removed?.byEpoch).toBe(epochOf(alice));
    await home.pass(20_000);
    for (const each of [alice, bob]) expect(titlesOf(each)).toEqual(['old']);
    expect(titlesOf(carol)).toEqual(['old']);
    expect(carol.view().strandedEdits).toMatchObject([{ title: 'by carol alone' }]);
    await alice.records.create(draftOf('later'));
    await home.until('the others go on', () => areEqual(alice, bob));
  });

  test('[A4] facts that all hold when it leaves stay, and a snapshot passes them', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    await carol.records.create(draftOf('by carol'));
    await home.until('heard', () => areEqual(alice, bob, carol));
    await alice.devices.remove(idOf(carol), 'left');
    await sayYes(home, bob, alice);
    await home.pass(DANGER_MS);
    await home.until('she is out', () => bob.view().devices.length === 2);
    await alice.snapshots.propose('');
    const open = () => bob.view().decisions.find((each) => each.needsMe);
    await home.until('asked', () => open()?.approveBlocker === null);
    const decision = open();
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    await home.until('held', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
    );
    expect(areEqual(alice, bob)).toBe(true);
    expect(titlesOf(bob)).toEqual(['by carol', 'old']);
  });

  test('[A1, A8] the admin leaves only with somebody in its place, which another may ask for', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const admin = idOf(alice);
    expect(await bob.devices.remove(admin, 'lost')).toEqual({
      ok: false,
      error: { kind: 'last-admin' },
    });
    await home.stop('alice');
    expect((await bob.devices.remove(admin, 'lost', idOf(bob))).ok).toBe(true);
    await sayYes(home, carol, bob);
    await home.pass(DANGER_MS);
    await home.until('bob is the admin', () =>
      [bob, carol].every((each) => each.view().account?.admin === idOf(bob)),
    );
    expect(
      carol
        .view()
        .devices.map(({ name }) => name)
        .sort(),
    ).toEqual(['Bob phone', 'Carol laptop']);
    const again = await home.start('alice');
    await home.until('alice knows', () => again.view().stage === 'removed');
    expect((await again.devices.rename(idOf(bob), 'No')).ok).toBe(false);
  });

  test('[A2] nobody takes out the only device, or one that is not there', async () => {
    const { home, alice, bob } = await threeMembers();
    const alone = await home.start('dave');
    await alone.account.create('Dave phone');
    const me = idOf(alone);
    const error = (kind: string) => ({ ok: false, error: { kind } });
    expect(await alone.devices.remove(me, 'left')).toEqual(error('only-device'));
    expect(await alice.devices.remove(me, 'left')).toEqual(error('unknown-device'));
    expect(alone.view().lockout).toEqual({ oneLostDeviceLocks: true });
    expect(bob.view().lockout).toEqual({ oneLostDeviceLocks: false });
  });
});
