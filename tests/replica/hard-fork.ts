import { expect } from 'vitest';
import type { FactId } from '../../src/core/base/brands.js';
import type { Manifest } from '../../src/core/upgrades/manifest.js';
import type { Replica } from '../../src/replica/commands.js';
import { DANGER_MS, sayYes } from './three-members.js';
import { type Upgrading, stageAt, upgradeAt } from './upgrading.js';

export const NOTICE_MS = 6_000;
export const QUICK = { timing: { dangerMs: DANGER_MS, noticeMs: NOTICE_MS } };
export const BOTH = { protocols: ['upkeep/1', 'upkeep/2'] };

/** What comes of it: the answer, or what stands in the way. */
export const activate = async (replica: Replica, upgrade: FactId): Promise<unknown> => {
  const done = await replica.upgrades.activate(upgrade);
  if (done.ok) return done.value;
  return done.error.kind === 'upgrade-blocked' ? done.error.blocker.kind : done.error.kind;
};

/** Release 2 runs well on alice and bob, and is to bind; carol stays behind. */
export const twoOfThree = async (
  world: Upgrading,
  changes: Partial<Manifest> = {},
): Promise<FactId> => {
  const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
  const v2 = await publish(2, { fork: 'hard' }, { ...BOTH, ...changes });
  await fetchOn(alice, v2);
  expect(await activate(alice, v2)).toBe('not-locked-in');
  await fetchOn(bob, v2);
  await home.until('two have checked it', () => upgradeAt(alice, v2)?.verified === 2);
  expect(stageAt(alice, v2)).toBe('started');
  await switchOn('alice', alice, v2);
  expect(await activate(alice, v2)).toBe('not-locked-in');
  await switchOn('bob', bob, v2);
  await home.until('two run it well', () =>
    [alice, bob, carol].every((each) => stageAt(each, v2) === 'locked-in'),
  );
  return v2;
};

export const bind = async ({ home, alice, bob }: Upgrading, v2: FactId): Promise<void> => {
  expect(await activate(alice, v2)).toEqual({ reload: false });
  await sayYes(home, bob, alice);
  await home.until('it binds', () => stageAt(alice, v2) === 'active');
};
