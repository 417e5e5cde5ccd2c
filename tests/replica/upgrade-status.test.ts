import { expect, test } from 'vitest';
import {
  currentEpoch,
  enforceUpgrade,
  hasUpgraded,
  isReadyForUpgrade,
  rollbackHistory,
  triggerRollback,
  upgradeStatus,
} from '../../src/replica/upgrades/upgrade-status.js';
import { epochOf } from './three-members.js';
import { idOf } from './with-liar.js';
import { mineAt, stageAt, upgrading } from './upgrading.js';

test('[U11] what became of an upgrade is asked, and what is left to do is done, by name', async () => {
  const { home, alice, bob, carol, bundles, publish, fetchOn } = await upgrading();
  const v2 = await publish(2);
  const asked = () => [hasUpgraded(alice.view(), v2), isReadyForUpgrade(alice.view(), v2)];
  expect(asked()).toEqual([false, false]);
  expect(await enforceUpgrade(alice, v2)).toEqual({ ok: true, value: 'fetching' });
  await home.until('it is here', () => mineAt(alice, v2) === 'verified');
  expect(asked()).toEqual([false, true]);
  await home.until('bob hears it', () => stageAt(bob, v2) === 'started');
  expect(upgradeStatus(bob.view(), v2)).toMatchObject({
    ...{ stage: 'started', ready: 1, needed: 2, of: 3 },
    missing: [idOf(bob), idOf(carol)].sort(),
  });
  expect(await enforceUpgrade(alice, v2)).toMatchObject({
    error: { kind: 'upgrade-blocked', blocker: { kind: 'not-locked-in' } },
  });
  await fetchOn(bob, v2);
  await home.until('it is in force', () => stageAt(alice, v2) === 'active');
  expect(await enforceUpgrade(alice, v2)).toEqual({ ok: true, value: 'reload' });
  expect(asked()).toEqual([false, true]);
  const trial = bundles('alice').load()?.trial ?? 0;
  expect((await alice.upgrades.confirmHealthy(trial)).ok).toBe(true);
  expect(asked()).toEqual([true, true]);
  expect(await enforceUpgrade(alice, v2)).toEqual({ ok: true, value: 'upgraded' });
  expect(currentEpoch(alice.view())).toBe(epochOf(alice));
  expect(rollbackHistory(alice.view())).toEqual([]);
  expect((await triggerRollback(alice, 'it is slow')).ok).toBe(true);
  expect(rollbackHistory(alice.view())).toMatchObject([
    { outcome: 'rolled-back', cause: 'it is slow', isAutomatic: false },
  ]);
  expect(asked()).toEqual([false, false]);
});
