import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { NOTICE_MS, QUICK, BOTH, activate } from './hard-fork.js';
import { sayYes } from './three-members.js';
import { type Upgrading, stageAt, upgradeAt, upgrading } from './upgrading.js';
import { areEqual, idOf } from './with-liar.js';

const require = async (
  { home, alice, bob, carol }: Upgrading,
  by: Replica,
  devices: number | null,
): Promise<void> => {
  const done = await by.upgrades.requireReady(devices);
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  await home.until('all know', () =>
    [alice, bob, carol].every((each) => each.view().upgrades.readyRule.asked === devices),
  );
};

describe('the rule that more devices have to be ready than decide', () => {
  test('[U4] is waited for, keeps what locked in before it, and frees what waits once it is let go of', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
    expect(alice.view().upgrades.readyRule).toMatchObject({
      ...{ asked: null, needed: 2, least: 2, most: 3, said: null, mayChange: true },
    });
    const v2 = await publish(2);
    for (const each of [alice, bob]) await fetchOn(each, v2);
    await home.until('it is in force', () => stageAt(carol, v2) === 'active');

    await require(world, carol, 3);
    expect(alice.view().upgrades.readyRule).toMatchObject({
      ...{ needed: 3, said: { device: idOf(carol) } },
    });
    expect(stageAt(alice, v2)).toBe('active');
    expect(upgradeAt(alice, v2)).toMatchObject({ ready: 2, needed: 2 });
    await switchOn('alice', alice, v2);
    const v3 = await publish(3);
    for (const each of [alice, bob]) await fetchOn(each, v3);
    await home.until('both are ready', () => upgradeAt(carol, v3)?.ready === 2);
    expect(upgradeAt(alice, v3)).toMatchObject({ stage: 'started', needed: 3 });
    expect(await activate(alice, v3)).toBe('not-locked-in');

    await require(world, bob, null);
    for (const each of [alice, bob, carol]) expect(stageAt(each, v3)).toBe('active');
    expect(await activate(alice, v3)).toEqual({ reload: true });
  });

  test('[U4] counts for a hard fork as well, whose record nobody votes for before that', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
    await require(world, alice, 3);
    const v2 = await publish(2, { fork: 'hard' }, BOTH);
    for (const each of [alice, bob, carol]) await fetchOn(each, v2);
    await home.until('all have checked it', () => upgradeAt(alice, v2)?.verified === 3);
    await switchOn('alice', alice, v2);
    await switchOn('bob', bob, v2);
    await home.until('two run it', () => upgradeAt(alice, v2)?.ready === 2);
    await home.pass(NOTICE_MS);
    expect(await activate(alice, v2)).toBe('not-locked-in');
    await switchOn('carol', carol, v2);
    await home.until('three run it', () => stageAt(alice, v2) === 'locked-in');
    expect(await activate(alice, v2)).toEqual({ reload: false });
  });

  test('[U4] asks for no more than there are, so that a device that is gone holds nothing up', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, publish, fetchOn } = world;
    const carol = idOf(world.carol);
    await require(world, alice, 9);
    expect(bob.view().upgrades.readyRule).toMatchObject({ asked: 9, needed: 3, most: 3 });
    const v2 = await publish(2);
    await home.stop('carol');
    for (const each of [alice, bob]) await fetchOn(each, v2);
    await home.until('both are ready', () => upgradeAt(alice, v2)?.ready === 2);
    await home.pass(60_000);
    expect(stageAt(alice, v2)).toBe('started');
    const asked = await alice.devices.remove(carol, 'lost');
    if (!asked.ok) throw new Error(JSON.stringify(asked.error));
    await sayYes(home, bob, alice);
    await home.until('carol is out', () => stageAt(alice, v2) === 'active');
    expect(bob.view().upgrades.readyRule).toMatchObject({ asked: 9, needed: 2, most: 2 });
  });

  test('[U4, C9, F8] is let go of by who may not set it, if it has a say in governance', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol } = world;
    const rights = carol.view().devices.find(({ isMe }) => isMe)?.capabilities ?? [];
    const fewer = rights.filter((each) => each !== 'policy_change');
    const asked = await alice.devices.setCapabilities(idOf(carol), fewer);
    if (!asked.ok) throw new Error(asked.error.kind);
    await sayYes(home, bob, alice);
    await home.until('carol may less', () => !carol.view().upgrades.readyRule.mayChange);
    const refused = { ok: false, error: { kind: 'not-allowed', capability: 'policy_change' } };
    expect(await carol.upgrades.requireReady(2)).toEqual(refused);
    await require(world, alice, 3);
    expect(carol.view().upgrades.readyRule).toMatchObject({ mayChange: false, mayLetGo: true });
    await require(world, carol, null);
    expect(alice.view().upgrades.readyRule).toMatchObject({
      ...{ asked: null, needed: 2, said: { device: idOf(carol) } },
    });
    for (const wrong of [0, -1, 1.5, 99]) {
      const answer = await alice.upgrades.requireReady(wrong);
      expect(answer).toEqual({ ok: false, error: { kind: 'ill-formed', field: 'devices' } });
    }
    await home.until('in step', () => areEqual(alice, bob, carol));
  });

  test('[U4, F9] is what it was after a restart', async () => {
    const world = await upgrading();
    const { home, alice } = world;
    await require(world, alice, 3);
    await require(world, alice, 2);
    await require(world, alice, 3);
    await home.stop('bob');
    const bob = await home.start('bob');
    expect(bob.view().upgrades.readyRule).toMatchObject({ asked: 3, needed: 3 });
  });
});
