import { describe, expect, test } from 'vitest';
import type { FactId } from '../../src/core/base/brands.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Replica } from '../../src/replica/commands.js';
import { idOf } from './with-liar.js';
import { type Upgrading, stageAt, upgradeAt, upgrading } from './upgrading.js';

const DAY_MS = 24 * 3_600_000;

/** Three members, of whom carol's clock is set wrong by as much once she is paired. */
const upgradingOff = async (ms: number): Promise<Upgrading> => {
  let offMs = 0;
  const time = (name: string, clock: Clock): Clock =>
    name === 'carol' ? { ...clock, wallMs: () => clock.wallMs() + offMs } : clock;
  const world = await upgrading({ time });
  offMs = ms;
  return world;
};

/** What keeps a device from switching; 'nothing' where nothing does. */
const waitsFor = (replica: Replica, upgrade: FactId): string =>
  upgradeAt(replica, upgrade)?.activateBlocker?.kind ?? 'nothing';

/** All have release 2 checked, carol last: by her word it locks in. */
const lockedInByCarol = async (world: Upgrading, graceMs: number): Promise<FactId> => {
  const { home, alice, bob, carol, publish, fetchOn } = world;
  const v2 = await publish(2, { graceMs });
  await fetchOn(alice, v2);
  await home.until('carol knows', () => upgradeAt(carol, v2)?.ready === 1);
  await fetchOn(carol, v2);
  await home.until('it locks in', () => upgradeAt(alice, v2)?.ready === 2);
  await fetchOn(bob, v2);
  return v2;
};

/** Carol is the first group and runs release 2 well, as alice has heard. */
const firstGroupRuns = async (world: Upgrading, graceMs: number): Promise<FactId> => {
  const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
  const v2 = await publish(2, { graceMs, waves: [[idOf(carol)]] });
  for (const each of [alice, bob, carol]) await fetchOn(each, v2);
  await home.until('carol may', () => waitsFor(carol, v2) === 'nothing');
  await switchOn('carol', carol, v2);
  await home.until('alice hears it', () => upgradeAt(alice, v2)?.wave?.waitsFor.length === 0);
  return v2;
};

describe('a grace counts from when each device sees what it runs from', () => {
  test('[U4] whose clock is days ahead makes nobody wait for days', async () => {
    const world = await upgradingOff(3 * DAY_MS);
    const { home, alice, bob } = world;
    const v2 = await lockedInByCarol(world, 20_000);
    expect([stageAt(alice, v2), waitsFor(alice, v2)]).toEqual(['locked-in', 'grace']);
    await home.pass(20_000);
    expect([alice, bob].map((each) => stageAt(each, v2))).toEqual(['active', 'active']);
    expect([alice, bob].map((each) => waitsFor(each, v2))).toEqual(['nothing', 'nothing']);
  });

  test('[U4, U10] whose clock is days behind has nobody skip it', async () => {
    const world = await upgradingOff(-3 * DAY_MS);
    const { home, alice } = world;
    const v2 = await lockedInByCarol(world, 20_000);
    expect([stageAt(alice, v2), waitsFor(alice, v2)]).toEqual(['locked-in', 'grace']);
    await home.pass(15_000);
    expect(waitsFor(alice, v2)).toBe('grace');
    await home.pass(5_000);
    expect(waitsFor(alice, v2)).toBe('nothing');
  });

  test('[U9] of a group whose clock is ahead or behind the health is held for as long as agreed', async () => {
    for (const offMs of [3 * DAY_MS, -3 * DAY_MS]) {
      const world = await upgradingOff(offMs);
      const { home, alice } = world;
      const v2 = await firstGroupRuns(world, 20_000);
      await home.until('the grace of all is over', () => waitsFor(alice, v2) === 'wave');
      await home.pass(2_000);
      expect(waitsFor(alice, v2)).toBe('wave');
      await home.pass(20_000);
      expect(waitsFor(alice, v2)).toBe('nothing');
    }
  });

  test('[U4, F5] a restart begins no grace anew, and who was away waits it once', async () => {
    const world = await upgrading();
    const { home, alice, carol, publish, fetchOn } = world;
    const v2 = await publish(2, { graceMs: 20_000 });
    await home.stop('bob');
    await fetchOn(alice, v2);
    await fetchOn(carol, v2);
    await home.until('it locks in', () => stageAt(alice, v2) === 'locked-in');
    await home.pass(15_000);
    await home.stop('alice');
    const back = await home.start('alice');
    expect(waitsFor(back, v2)).toBe('grace');
    await home.pass(5_500);
    expect(waitsFor(back, v2)).toBe('nothing');

    await home.pass(60_000);
    const bob = await home.start('bob');
    await home.until('bob hears of it', () => upgradeAt(bob, v2)?.ready === 2);
    await fetchOn(bob, v2);
    expect(waitsFor(bob, v2)).toBe('grace');
    await home.pass(20_000);
    expect(waitsFor(bob, v2)).toBe('nothing');
  });
});
