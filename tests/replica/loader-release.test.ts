import { describe, expect, test } from 'vitest';
import type { Hash } from '../../src/core/base/brands.js';
import { brandHex } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import { loaderPath } from '../../src/core/upgrades/loader-pin.js';
import type { Replica } from '../../src/replica/commands.js';
import { DANGER_MS, sayYes } from './three-members.js';
import { areEqual } from './with-liar.js';
import { HOST, type Upgrading, mineAt, stageAt, upgradeAt, upgrading } from './upgrading.js';

const SCRIPT = new TextEncoder().encode('// the next loader\n');
const NEXT = { version: 2, sha256: brandHex<Hash>(sha256Hex(SCRIPT)) };
const PLACE = `${HOST}${loaderPath(NEXT.sha256)}`;
const BRINGS = { brings: NEXT };
const QUICK = { timing: { dangerMs: DANGER_MS, noticeMs: 6_000 } };
const FIRST = '0'.repeat(64);

const loaderOf = async ({ bundles }: Upgrading, name: string) => {
  const { inPlace, coming, version } = (await bundles(name).state()).loader;
  return [inPlace === FIRST ? 'first' : inPlace, coming, version];
};
const STAYS = ['first', null, 1];
const COMES = ['first', NEXT.sha256, 1];
const IS_THERE = [NEXT.sha256, null, 2];

const faultOn = (replica: Replica): string | undefined =>
  replica.view().upgrades.loader?.fault?.kind;

/** Release 2, with the next loader, runs well on alice and bob; nobody was asked to bind it. */
const runsOnTwo = (world: Upgrading) => bringToTwo(world, 2, BRINGS);

/** A hard fork that those two run well, whoever else is there. */
const bringToTwo = async (
  { home, alice, bob, publishTo, fetchOn, switchOn }: Upgrading,
  n: number,
  changes: { readonly brings?: typeof NEXT } = {},
) => {
  const v2 = await publishTo([alice, bob], n, { fork: 'hard' }, changes);
  await fetchOn(alice, v2);
  await fetchOn(bob, v2);
  await home.until('two have checked it', () => upgradeAt(alice, v2)?.verified === 2);
  await switchOn('alice', alice, v2);
  await switchOn('bob', bob, v2);
  await home.until('two run it well', () => stageAt(alice, v2) === 'locked-in');
  return v2;
};

const bind = async (world: Upgrading, v2: Awaited<ReturnType<typeof runsOnTwo>>) => {
  const { home, alice, bob } = world;
  const asked = await alice.upgrades.activate(v2);
  if (!asked.ok) throw new Error(JSON.stringify(asked.error));
  await sayYes(home, bob, alice);
  await home.until('it binds', () => stageAt(alice, v2) === 'active');
  await home.until('bob knows', () => stageAt(bob, v2) === 'active');
};

describe('a release that brings another loader', () => {
  test('[U13] can be put to the others as a hard fork alone', async () => {
    const { alice, host } = await upgrading();
    const manifest = host(2, BRINGS);
    const found = await alice.upgrades.discover(null);
    expect(found).toMatchObject({ ok: true, value: { fault: null, isLoaderNew: true } });
    const draft = { manifest, urls: [HOST], notes: '' };
    expect(await alice.upgrades.publish({ ...draft, fork: 'soft' })).toMatchObject({
      error: { kind: 'bad-release', fault: { kind: 'loader-not-hard', version: 2 } },
    });
    expect((await alice.upgrades.publish({ ...draft, fork: 'hard' })).ok).toBe(true);
  });

  test('[U13] and that a member puts softly all the same is refused by every other one', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol, bundles, host, fetchOn } = world;
    // Alice runs the very loader already, so that for her it is none that is new.
    host(2, BRINGS);
    world.hosts.answer(PLACE, SCRIPT);
    await bundles('alice').placeLoader(NEXT);
    bundles('alice').load();
    await home.until('hers is in place', () => alice.view().upgrades.loader?.version === 2);
    const v2 = await world.publish(2, {}, BRINGS);
    for (const each of [bob, carol]) {
      await fetchOn(each, v2);
      await home.until('it is refused', () => mineAt(each, v2) === 'refused');
    }
    expect(upgradeAt(bob, v2)?.mine).toMatchObject({ kind: 'refused', reason: 'newer-loader' });
    await home.until(
      'alice hears it',
      () =>
        upgradeAt(alice, v2)?.readiness.filter(({ verdict }) => verdict === 'rejected').length ===
        2,
    );
  });

  test('[U13] leaves it where it is until the record binds; then every device has it, checked', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, carol, hosts } = world;
    hosts.answer(PLACE, SCRIPT);
    const v2 = await runsOnTwo(world);
    expect(upgradeAt(bob, v2)?.brings).toEqual(NEXT);
    await home.pass(20_000);
    for (const name of ['alice', 'bob', 'carol'])
      expect(await loaderOf(world, name)).toEqual(STAYS);
    await bind(world, v2);
    await home.until('it comes', () => alice.view().upgrades.loader?.isComing === true);
    await home.until('to all', () =>
      [bob, carol].every((each) => each.view().upgrades.loader?.isComing === true),
    );
    // Carol runs the release before: a newer loader serves older bundles.
    for (const name of ['alice', 'carol']) expect(await loaderOf(world, name)).toEqual(COMES);
    for (const name of ['alice', 'bob', 'carol']) world.bundles(name).load();
    await home.until('it is there', () => carol.view().upgrades.loader?.version === 2);
    for (const name of ['alice', 'carol']) expect(await loaderOf(world, name)).toEqual(IS_THERE);
    expect(alice.view().upgrades.loader).toMatchObject({ awaited: null, fault: null });
    await home.until('in step', () => areEqual(alice, bob, carol));
  });

  test('[U13] comes as well to who hears of it together with a later one that binds', async () => {
    const world = await upgrading(QUICK);
    const { home, hosts } = world;
    hosts.answer(PLACE, SCRIPT);
    await home.stop('carol');
    await bind(world, await runsOnTwo(world));
    await bind(world, await bringToTwo(world, 3));
    const carol = await home.start('carol');
    await home.until('it comes to her', () => carol.view().upgrades.loader?.isComing === true);
    expect(await loaderOf(world, 'carol')).toEqual(COMES);
  });

  test('[U10, U13] is not had from a host that gives less of it, something else, or nothing', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, hosts } = world;
    hosts.answer(PLACE, SCRIPT.slice(0, -1));
    await bind(world, await runsOnTwo(world));
    await home.until('it is cut off', () => faultOn(alice) === 'mismatch');
    hosts.answer(PLACE, new TextEncoder().encode('// somebody else’s\n'));
    await home.pass(20_000);
    expect(faultOn(bob)).toBe('mismatch');
    hosts.answer(PLACE, 'missing');
    await home.pass(45_000);
    expect(faultOn(alice)).toBe('unreachable');
    for (const name of ['alice', 'bob']) expect(await loaderOf(world, name)).toEqual(STAYS);
    expect(alice.view().upgrades.isLoaderChanged).toBe(false);
    hosts.answer(PLACE, SCRIPT);
    await home.stop('bob');
    const again = await home.start('bob');
    await home.until('it came', () => again.view().upgrades.loader?.isComing === true);
    expect(await loaderOf(world, 'bob')).toEqual(COMES);
  });

  test('[U6, U13] is no alarm once it was agreed to, and any other script still is', async () => {
    const locked: string[] = [];
    const world = await upgrading({ ...QUICK, lock: (name) => locked.push(name) });
    const { home, alice, bob, carol, hosts, bundles } = world;
    hosts.answer(PLACE, SCRIPT);
    await bind(world, await runsOnTwo(world));
    await home.until('carol knows of it', () => carol.view().upgrades.loader?.isComing === true);
    // Her older code does not know the script that it finds in place.
    bundles('carol').changeLoader(NEXT.sha256);
    await home.pass(5_000);
    expect(locked).toEqual([]);
    expect(carol.view().upgrades.isLoaderChanged).toBe(false);
    expect([alice, bob].flatMap((each) => each.view().problems)).toEqual([]);
    bundles('carol').changeLoader(brandHex<Hash>('9'.repeat(64)));
    await home.until('she locks', () => locked.length > 0);
    await home.until('the others know', () =>
      alice.view().problems.some(({ kind }) => kind === 'loader-changed'),
    );
  });

  test('[U6, U13] is an alarm as any other before it binds', async () => {
    const locked: string[] = [];
    const world = await upgrading({ ...QUICK, lock: (name) => locked.push(name) });
    await runsOnTwo(world);
    world.bundles('carol').changeLoader(NEXT.sha256);
    await world.home.until('she locks', () => locked.length > 0);
  });

  test('[U13] comes to who slept through all of it, by the manifest that the record names', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, hosts } = world;
    hosts.answer(PLACE, SCRIPT);
    await home.stop('carol');
    const v2 = await world.publishTo([alice, bob], 2, { fork: 'hard' }, BRINGS);
    for (const each of [alice, bob]) await world.fetchOn(each, v2);
    await home.until('two have checked it', () => upgradeAt(alice, v2)?.verified === 2);
    await world.switchOn('alice', alice, v2);
    await world.switchOn('bob', bob, v2);
    await home.until('two run it well', () => stageAt(alice, v2) === 'locked-in');
    await bind(world, v2);
    world.host(3, BRINGS);
    const woken = await home.start('carol');
    await home.until('it comes', () => woken.view().upgrades.loader?.isComing === true);
    expect(await loaderOf(world, 'carol')).toEqual(COMES);
  });

  test('[U13] is not taken with a bundle that failed here', async () => {
    const world = await upgrading(QUICK);
    const { home, carol, hosts, fetchOn, bundles } = world;
    hosts.answer(PLACE, SCRIPT);
    const v2 = await runsOnTwo(world);
    await fetchOn(carol, v2);
    expect((await carol.upgrades.activate(v2)).ok).toBe(true);
    const running = bundles('carol').load();
    bundles('carol').fail(running?.trial ?? 0, 'error: it throws');
    bundles('carol').load();
    await bind(world, v2);
    await home.until('it binds here', () => stageAt(carol, v2) === 'active');
    await home.pass(20_000);
    expect(await loaderOf(world, 'carol')).toEqual(STAYS);
    expect(await loaderOf(world, 'alice')).toEqual(COMES);
  });
});
