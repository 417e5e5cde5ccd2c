import { expect } from 'vitest';
import { TRIAL_POLICY, UPTIME_MS } from '../../src/core/health/checks.js';
import type { FactId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { draftOf } from './with-liar.js';
import { type Upgrading, upgradeAt, upgrading } from './upgrading.js';

export type Proved = Awaited<ReturnType<Replica['upgrades']['prove']>>;

export interface OnTrial extends Upgrading {
  /** Alice's page, of release 2, which is on trial. */
  readonly page: Replica;
  readonly upgrade: FactId;
}

export const nothing = (): void => undefined;

/**
 * Alice switches to release 2 and starts with it; `between` is while the app is closed,
 * `staged` when release 2 is kept and she still runs release 1.
 */
export const onTrial = async (
  options: Parameters<typeof upgrading>[0] = {},
  between: (world: Upgrading) => void = nothing,
  staged: () => void = nothing,
): Promise<OnTrial> => {
  const world = await upgrading(options);
  const { home, alice, bob, publish, fetchOn } = world;
  await alice.records.create(draftOf('kept'));
  const upgrade = await publish(2);
  await fetchOn(alice, upgrade);
  await fetchOn(bob, upgrade);
  await home.until('it is in force', () => upgradeAt(alice, upgrade)?.canActivate === true);
  staged();
  const switched = alice.upgrades.activate(upgrade);
  await home.until('it was looked at', () => world.disk('alice').slots.trial !== null);
  expect((await switched).ok).toBe(true);
  await home.stop('alice');
  between(world);
  const page = await home.start('alice');
  expect(page.view().upgrades.running).toMatchObject({ version: '0.2.0', state: 'trial' });
  return { ...world, page, upgrade };
};

/** Lets the page judge its bundle for as long as it takes. */
export const prove = async ({ home, page }: OnTrial): Promise<Proved> => {
  let proved: Proved | null = null;
  void page.upgrades.prove().then((done) => (proved = done));
  const endMs = home.clock.wallMs() + TRIAL_POLICY.timeoutMs + UPTIME_MS;
  while (proved === null && home.clock.wallMs() < endMs) await home.pass(1_000);
  if (proved === null) throw new Error('it never came to a verdict');
  return proved;
};

/** Turns one bit of each stored fact. */
export const harmFacts = ({ home }: Upgrading): void => {
  const rows = home.disk('alice').rowsOf('facts');
  for (const [key, value] of rows)
    rows.set(
      key,
      Uint8Array.from(value, (byte) => byte ^ 0x10),
    );
};

export const notGood = (page: Replica): readonly string[] =>
  (page.view().upgrades.health?.results ?? []).flatMap(({ name, grade, isCritical }) =>
    grade === 'good' || !isCritical ? [] : [`${name} ${grade}`],
  );
