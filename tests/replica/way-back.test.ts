import { describe, expect, test } from 'vitest';
import type { FactId } from '../../src/core/base/brands.js';
import type { Manifest } from '../../src/core/upgrades/manifest.js';
import { UPS_MAX } from '../../src/core/upgrades/slots.js';
import type { Replica } from '../../src/replica/commands.js';
import { BOTH, QUICK, activate, bind, twoOfThree } from './hard-fork.js';
import { areEqual, draftOf, titlesOf } from './with-liar.js';
import { HOST, type Upgrading, mineAt, stageAt, upgradeAt, upgrading } from './upgrading.js';

/** Release 2 binds, and carol is left behind with release 1. */
const leftBehind = async (
  changes?: (nowMs: number) => Partial<Manifest>,
  options: Parameters<typeof upgrading>[0] = {},
): Promise<Upgrading & { readonly v2: FactId }> => {
  const world = await upgrading({ ...QUICK, ...options });
  const v2 = await twoOfThree(world, changes?.(world.home.clock.wallMs()));
  await bind(world, v2);
  const { home, carol } = world;
  await home.until('carol is told', () => carol.view().upgrades.fencedOut !== null);
  return { ...world, v2 };
};

/** Carol switches, and her page fails before it comes up. */
const failOn = async ({ home, carol, bundles }: Upgrading, upgrade: FactId): Promise<Replica> => {
  expect(await activate(carol, upgrade)).toEqual({ reload: true });
  const store = bundles('carol');
  store.fail(store.load()?.trial ?? 0, 'timeout');
  await home.stop('carol');
  return home.start('carol');
};

/** Carol takes it, starts with it, and finds it well. */
const comesBack = async (world: Upgrading, carol: Replica, upgrade: FactId): Promise<Replica> => {
  const { home } = world;
  expect(mineAt(carol, upgrade)).toBe('verified');
  expect(await activate(carol, upgrade)).toEqual({ reload: true });
  await home.stop('carol');
  const back = await home.start('carol');
  const { trial } = back.view().upgrades.running ?? {};
  expect((await back.upgrades.confirmHealthy(trial ?? 0)).ok).toBe(true);
  await home.until('in step', () => areEqual(world.alice, world.bob, back));
  return back;
};

describe('who stayed behind a fence', () => {
  test('[U4, U7, C9] tries what failed there once more when its person says so, and never by itself', async () => {
    const world = await leftBehind();
    const { home, alice, v2, fetchOn, carol: before } = world;
    await before.records.create(draftOf('written behind the fence'));
    await fetchOn(before, v2);
    const carol = await failOn(world, v2);
    await home.until('it is shown', () => mineAt(carol, v2) === 'rolled-back');
    expect(carol.view().upgrades.fencedOut).toMatchObject({ upgrade: v2 });
    expect(upgradeAt(carol, v2)).toMatchObject({ canFetch: false, canTryAgain: true });
    expect(upgradeAt(alice, v2)?.canTryAgain).toBe(false);
    carol.wake();
    await home.pass(16 * 60_000);
    expect(mineAt(carol, v2)).toBe('rolled-back');
    const refused = { kind: 'upgrade-blocked', blocker: { kind: 'quarantined' } };
    expect(await carol.upgrades.fetch(v2)).toMatchObject({ error: refused });

    expect((await carol.upgrades.fetch(v2, true)).ok).toBe(true);
    await home.until('it is here again', () => mineAt(carol, v2) === 'verified');
    const back = await comesBack(world, carol, v2);
    expect(back.view().upgrades.fencedOut).toBeNull();
    await home.until('all have it', () => titlesOf(alice).includes('written behind the fence'));
    const outcomes = back.view().upgrades.history.map(({ outcome }) => outcome);
    expect(outcomes.slice(0, 2)).toEqual(['good', 'rolled-back']);
  });

  test('[U2, C9] gets the way back from members that pass on nothing but what is needed', async () => {
    const world = await leftBehind();
    const { home, bob, carol, v2, hosts, fetchOn } = world;
    hosts.cut(HOST);
    await home.stop('alice');
    expect((await bob.upgrades.setPolicies({ give: 'needed' })).ok).toBe(true);
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
  });

  test('[U7] what fails again is in quarantine again; what does not bind stays there', async () => {
    const world = await leftBehind();
    const { home, v2, fetchOn } = world;
    await fetchOn(world.carol, v2);
    const once = await failOn(world, v2);
    expect((await once.upgrades.fetch(v2, true)).ok).toBe(true);
    await home.until('it is here again', () => mineAt(once, v2) === 'verified');
    const twice = await failOn({ ...world, carol: once }, v2);
    await home.until('it is shown', () => mineAt(twice, v2) === 'rolled-back');
    expect(upgradeAt(twice, v2)).toMatchObject({ canFetch: false, canTryAgain: true });
  });

  test('[U7, H2] on trial there a check that fails takes nobody back; the ninth load ends it', async () => {
    let isFull = false;
    const estimate = async () => ({ used: isFull ? 99 : 0, quota: isFull ? 100 : 1e9 });
    const storage = (name: string) => (name === 'carol' ? { estimate } : {});
    const world = await leftBehind(undefined, { storage });
    const { home, carol, v2, fetchOn, bundles } = world;
    await fetchOn(carol, v2);
    expect(await activate(carol, v2)).toEqual({ reload: true });
    isFull = true;
    await home.stop('carol');
    const page = await home.start('carol');
    let proved: unknown = null;
    void page.upgrades.prove().then((done) => (proved = done));
    for (let minutes = 0; minutes < 6; minutes += 1) await home.pass(60_000);
    const behind = { kind: 'upgrade-blocked', blocker: { kind: 'behind-fence' } };
    expect(proved).toMatchObject({ error: behind });
    expect(page.view().upgrades.running).toMatchObject({ state: 'trial', canRollBack: false });
    expect(page.view().upgrades.fencedOut).toBeNull();
    const store = bundles('carol');
    for (let ups = 1; ups <= UPS_MAX; ups += 1) {
      await store.cameUp(store.load()?.trial ?? 0);
    }
    await home.stop('carol');
    const back = await home.start('carol');
    await home.until('it is shown', () => mineAt(back, v2) === 'rolled-back');
    expect(upgradeAt(back, v2)?.canTryAgain).toBe(true);
  });

  test('[U7] a version that keeps nobody out is not tried again where it failed', async () => {
    const world = await upgrading(QUICK);
    const { home, bob, carol, publish, fetchOn } = world;
    const v2 = await publish(2);
    for (const each of [bob, carol]) await fetchOn(each, v2);
    await home.until('it is in force', () => stageAt(carol, v2) === 'active');
    const failed = await failOn(world, v2);
    await home.until('it is shown', () => mineAt(failed, v2) === 'rolled-back');
    expect(upgradeAt(failed, v2)?.canTryAgain).toBe(false);
    const refused = { kind: 'upgrade-blocked', blocker: { kind: 'quarantined' } };
    expect(await failed.upgrades.fetch(v2, true)).toMatchObject({ error: refused });
  });

  test('[U4, C9] comes back by the later version that is in force by then', async () => {
    const world = await leftBehind();
    const { home, alice, bob, carol, publish, fetchOn } = world;
    const v3 = await publish(3, {}, BOTH);
    for (const each of [alice, bob]) await fetchOn(each, v3);
    await home.until('it is in force', () => stageAt(carol, v3) === 'active');
    expect(carol.view().upgrades.fencedOut).toMatchObject({ version: '0.2.0', upgrade: v3 });
    await fetchOn(carol, v3);
    const back = await comesBack(world, carol, v3);
    expect(back.view().upgrades.fencedOut).toBeNull();
  });

  test('[U4, U7, C9] comes back by what binds where the later one failed on somebody', async () => {
    const world = await leftBehind();
    const { home, alice, bob, carol, v2, publish, fetchOn, bundles } = world;
    const v3 = await publish(3, {}, BOTH);
    for (const each of [alice, bob]) await fetchOn(each, v3);
    await home.until('it is in force', () => stageAt(carol, v3) === 'active');
    expect(await activate(alice, v3)).toEqual({ reload: true });
    bundles('alice').fail(bundles('alice').load()?.trial ?? 0, 'timeout');
    await home.until('carol hears of it', () =>
      (upgradeAt(carol, v3)?.readiness ?? []).some(({ hasRolledBack }) => hasRolledBack),
    );
    expect(carol.view().upgrades.fencedOut).toMatchObject({ upgrade: v2 });
    expect(upgradeAt(carol, v2)).toMatchObject({ stage: 'past', canFetch: true });
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
    expect(await activate(carol, v2)).toEqual({ reload: true });
    await home.stop('carol');
    const back = await home.start('carol');
    await home.until('she is back', () => areEqual(alice, bob, back));
  });

  test('[U4, U13, C10] takes what binds however long after its last day she wakes', async () => {
    const lastMinutes = (nowMs: number) => ({ expires: nowMs - 24 * 3_600_000 + 180_000 });
    const { home, carol, v2, fetchOn } = await leftBehind(lastMinutes);
    await home.pass(10 * 60_000);
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
  });

  test('[C10] a halt that comes after the record keeps nobody out', async () => {
    const { home, alice, carol, v2, fetchOn } = await leftBehind();
    await fetchOn(carol, v2);
    const bound = { kind: 'upgrade-blocked', blocker: { kind: 'already-active' } };
    expect(await alice.upgrades.halt(v2, 'it is slow')).toMatchObject({ error: bound });
    await home.pass(2_000);
    expect(await activate(carol, v2)).toEqual({ reload: true });
  });
});
