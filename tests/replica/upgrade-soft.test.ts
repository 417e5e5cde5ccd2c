import { describe, expect, test } from 'vitest';
import type { StatementHash } from '../../src/core/base/brands.js';
import { err } from '../../src/core/base/result.js';
import type { CommandError } from '../../src/replica/commands.js';
import type { Clock } from '../../src/ports/clock.js';
import { releaseBytes } from '../contract/bundles-contract.js';
import { factsOn } from './kept-facts.js';
import type { HouseholdOptions } from './household.js';
import { sayYes } from './three-members.js';
import { areEqual, askedOf, idOf } from './with-liar.js';
import { HOST, appRelease, contentOf, mineAt, stageAt, upgradeAt, upgrading } from './upgrading.js';

const blockerOf = (error: CommandError): unknown =>
  error.kind === 'upgrade-blocked' ? error.blocker.kind : error.kind;

/** What a command came to, in one word. */
const came = async (
  done: Promise<{ ok: true } | { ok: false; error: CommandError }>,
): Promise<unknown> => {
  const result = await done;
  return result.ok ? 'done' : blockerOf(result.error);
};

describe('a soft upgrade', () => {
  test('[C7, U1, U2, U3, U4, U7] two ready lock it in; each switches, is healthy, and says so', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
    const all = [alice, bob, carol];
    const v2 = await publish(2);
    expect(stageAt(bob, v2)).toBe('proposed');
    expect(await came(bob.upgrades.activate(v2))).toBe('not-verified');
    await fetchOn(alice, v2);
    await home.until('all know', () => all.every((each) => stageAt(each, v2) === 'started'));
    expect(await came(alice.upgrades.activate(v2))).toBe('not-locked-in');
    await fetchOn(bob, v2);
    await home.until('it is in force', () => all.every((each) => stageAt(each, v2) === 'active'));
    expect(upgradeAt(carol, v2)).toMatchObject({ ready: 2, needed: 2, mine: { kind: 'none' } });
    expect(await came(carol.upgrades.activate(v2))).toBe('not-verified');
    await switchOn('alice', alice, v2);
    await fetchOn(carol, v2);
    await switchOn('carol', carol, v2);
    await home.until('all hear what two run', () =>
      all.every(
        (each) => upgradeAt(each, v2)?.readiness.filter((device) => device.isRunning).length === 2,
      ),
    );
    expect(alice.view().upgrades.running).toMatchObject({
      ...{ version: '0.2.0', content: contentOf(2), state: 'good', canRollBack: true },
    });
    expect(alice.view().upgrades.history[0]).toMatchObject({
      ...{ fromVersion: '0.1.0', toVersion: '0.2.0', outcome: 'good' },
    });
    await home.until('in step', () => areEqual(...all));
    expect(bob.view().upgrades.devices.every(({ isApproved }) => isApproved)).toBe(true);

    // What they sign from now on names what they run.
    expect((await alice.snapshots.propose('')).ok).toBe(true);
    await home.until('bob is asked', () => askedOf(bob) !== undefined);
    const asked = askedOf(bob);
    await bob.decisions.approve(asked?.id as StatementHash, '');

    const signed = new Map<string, unknown>();
    for (const { author, body } of factsOn(home.disk('bob'))) {
      if (body.kind === 'snapshot.approved') signed.set(author, body.bundle);
    }
    expect(signed).toEqual(
      new Map([
        [idOf(alice), contentOf(2)],
        [idOf(bob), contentOf(1)],
      ]),
    );
  });

  test('[U4, U9] without a grace a device whose clock is behind waits for nothing', async () => {
    const behind = (clock: Clock): Clock => ({
      ...clock,
      wallMs: () => clock.wallMs() - 3_600_000,
    });
    const time = (name: string, clock: Clock) => (name === 'carol' ? behind(clock) : clock);
    const { home, alice, bob, carol, publish, fetchOn, switchOn } = await upgrading({ time });
    const waves = [[idOf(alice)], [idOf(carol)]];
    const v2 = await publish(2, { waves });
    for (const each of [alice, bob, carol]) await fetchOn(each, v2);
    await home.until('it is in force', () => stageAt(alice, v2) === 'active');
    await switchOn('alice', alice, v2);
    await home.until('carol may', () => upgradeAt(carol, v2)?.canActivate === true);
    expect(stageAt(carol, v2)).toBe('active');
    await switchOn('carol', carol, v2);
    expect(carol.view().upgrades.running).toMatchObject({ content: contentOf(2), state: 'good' });
  });

  test('[U4, U9] under policy auto a device fetches, is ready and switches by itself', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol, publish, fetchOn } = world;
    expect((await carol.upgrades.setPolicies({ activate: 'auto' })).ok).toBe(true);
    expect((await bob.upgrades.setPolicies({ activate: 'auto' })).ok).toBe(true);
    const v2 = await publish(2, { graceMs: 5_000 });
    await home.until('both are ready', () => upgradeAt(alice, v2)?.ready === 2);
    expect(stageAt(alice, v2)).toBe('locked-in');
    expect(world.reloaded).toEqual([]);
    await home.until('both load it', () => world.reloaded.length === 2);
    expect(home.clock.wallMs()).toBeGreaterThanOrEqual(upgradeAt(alice, v2)?.activeMs ?? Infinity);
    expect(carol.view().upgrades.running).toMatchObject({ version: '0.2.0', state: 'trial' });
    await fetchOn(alice, v2);
    await home.pass(2_000);
    expect(alice.view().upgrades.running).toMatchObject({ version: '0.1.0' });
    const again = await publish(3);
    await home.pass(2_000);
    expect(mineAt(carol, again)).toBe('none');
    const { trial } = carol.view().upgrades.running ?? {};
    expect(await came(carol.upgrades.confirmHealthy(trial ?? 0))).toBe('done');
    await home.until('and goes on with the next', () => mineAt(carol, again) === 'verified');
  });

  test('[U1, U3] what lies checked is told as ready, though the page died before it could say so', async () => {
    const { home, alice, bob, bundles, host, publish } = await upgrading();
    const v2 = await publish(2);
    await home.stop('carol');
    expect((await bundles('carol').stage(host(2), [HOST])).ok).toBe(true);
    const carol = await home.start('carol');
    await home.until('the others hear of it', () =>
      [alice, bob].every((each) => upgradeAt(each, v2)?.ready === 1),
    );
    // Who said no to what lies here is not made to say otherwise.
    expect((await carol.upgrades.decline(v2, 'not yet')).ok).toBe(true);
    await home.until('that is heard', () => upgradeAt(alice, v2)?.ready === 0);
    await home.stop('carol');
    const back = await home.start('carol');
    await home.until('in step', () => areEqual(alice, bob, back));
    expect(upgradeAt(back, v2)?.ready).toBe(0);
  });

  test('[U1, F9] what lies checked is tried ever and again, not without end, while the disk is full', async () => {
    let isFull = false;
    let refused = 0;
    const wrap: HouseholdOptions['wrap'] = (name, keeping) => ({
      ...keeping,
      store: {
        ...keeping.store,
        commit: async (...asked) => {
          // Whoever asks without end would never come back to say so.
          if (name !== 'carol' || !isFull || refused >= 50) return keeping.store.commit(...asked);
          refused += 1;
          return err({ kind: 'quota' });
        },
      },
    });
    const { home, carol, bundles, host, publish } = await upgrading({ wrap });
    const v2 = await publish(2);
    isFull = true;
    expect((await bundles('carol').stage(host(2), [HOST])).ok).toBe(true);
    await carol.upgrades.fetch(v2);
    await home.pass(30_000);
    expect(refused).toBeLessThan(10);
    isFull = false;
    await home.pass(20 * 60_000);
    expect(upgradeAt(carol, v2)?.ready).toBe(1);
  });

  test('[U3, U10] a host that gives other bytes is named with the file, and others may be ready', async () => {
    const { home, alice, bob, carol, publish, fetchOn, hosts } = await upgrading();
    const v2 = await publish(2);
    const own = `${HOST}assets/own-2.js`;
    const file = appRelease(2).files.find(({ path }) => path === 'assets/own-2.js');
    for (const url of [own, `${HOST}files/${file?.sha256 ?? ''}`]) {
      hosts.answer(url, new TextEncoder().encode('export const own = 9;'));
    }
    await fetchOn(bob, v2);
    expect(upgradeAt(bob, v2)?.mine).toEqual({
      ...{ kind: 'awaited', reason: 'mismatch', detail: 'assets/own-2.js', holders: [] },
    });
    await home.until(
      'alice hears it',
      () =>
        upgradeAt(alice, v2)?.readiness.some(
          ({ device, verdict, reason }) =>
            device === idOf(bob) && verdict === 'not-ready' && reason === 'mismatch',
        ) === true,
    );
    expect(stageAt(carol, v2)).toBe('proposed');
    hosts.publish(HOST, appRelease(2), releaseBytes(2));
    await fetchOn(bob, v2);
    await fetchOn(carol, v2);
    await home.until('locked in', () => stageAt(alice, v2) === 'active');
  });

  test('[U4, U12] a veto, a revocation and the end of its time stop it for all; who declined may still come', async () => {
    const { home, alice, bob, carol, publish, fetchOn, host } = await upgrading();
    const [v2, v3, v4] = [await publish(2), await publish(3), await publish(4)];
    expect(await came(carol.upgrades.veto(v2, 'not now'))).toBe('done');
    expect(await came(alice.upgrades.revoke(v3, 'it loses labels'))).toBe('done');
    await home.until('both are over', () =>
      [v2, v3].every((each) => stageAt(bob, each) === 'failed'),
    );
    expect(upgradeAt(bob, v2)?.failure).toEqual({
      ...{ kind: 'vetoed', device: idOf(carol), reason: 'not now' },
    });
    expect(upgradeAt(bob, v3)?.failure).toMatchObject({ kind: 'revoked' });
    expect(await came(bob.upgrades.fetch(v2))).toBe('over');
    const again = await publish(2);
    expect(await came(carol.upgrades.veto(again, 'still not'))).toBe('already-vetoed');
    expect(await came(bob.upgrades.decline(v4, 'the lists are fine'))).toBe('done');
    await fetchOn(alice, v4);
    await home.until('declined', () => mineAt(bob, v4) === 'declined');
    await home.until(
      'alice hears it',
      () =>
        upgradeAt(alice, v4)?.readiness.some(
          ({ reason, words }) => reason === 'declined' && words === 'the lists are fine',
        ) === true,
    );
    host(4);
    await fetchOn(bob, v4);
    await home.until('it locked in', () => stageAt(alice, v4) === 'active');
    expect(upgradeAt(alice, again)?.failure).toEqual({ kind: 'superseded', by: v4 });
    const late = await publish(5, { expiresMs: home.clock.wallMs() + 2_000 });
    await home.until('its time is over', () => stageAt(carol, late) === 'failed');
    expect(upgradeAt(carol, late)?.failure).toEqual({ kind: 'expired' });
    expect(await came(carol.upgrades.veto(v4, 'too late'))).toBe('locked-in');
    expect(stageAt(carol, v4)).toBe('active');
  });

  test('[U2, F8, U10] six do not wait at once, and only who may publishes what all would take', async () => {
    const { home, alice, bob, carol, publish, host } = await upgrading();
    expect((await alice.devices.setCapabilities(idOf(carol), ['record_write'])).ok).toBe(true);
    await sayYes(home, bob, alice);
    await home.until('it holds', () => !carol.view().upgrades.mayPublish);
    for (const n of [2, 3, 4, 5, 6]) await publish(n);
    const draft = (n: number) => ({
      ...{ manifest: host(n), urls: [HOST], fork: 'soft' as const, notes: '' },
    });
    expect(await alice.upgrades.publish(draft(7))).toEqual({
      ...{ ok: false, error: { kind: 'too-many-upgrades', max: 5 } },
    });
    expect(await carol.upgrades.publish(draft(7))).toEqual({
      ...{ ok: false, error: { kind: 'not-allowed', capability: 'upgrade_publish' } },
    });
    expect(await came(alice.upgrades.publish({ ...draft(7), manifest: new Uint8Array(9) }))).toBe(
      'bad-manifest',
    );
    expect(await came(alice.upgrades.publish({ ...draft(0), manifest: host(0) }))).toBe(
      'bad-release',
    );
    expect(await came(alice.upgrades.publish({ ...draft(7), urls: ['ftp://x/'] }))).toBe(
      'ill-formed',
    );
  });

  test('[U7] who goes back tells the others, and none of them takes that content again', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol, publish, fetchOn, bundles } = world;
    const v2 = await publish(2);
    await fetchOn(alice, v2);
    await fetchOn(bob, v2);
    await home.until('agreed', () => stageAt(bob, v2) === 'active');
    const done = await bob.upgrades.activate(v2);
    expect(done).toEqual({ ok: true, value: { reload: true } });
    const trial = bundles('bob').load()?.trial ?? 0;
    bundles('bob').fail(trial, 'error before healthy');
    const hasFailed = (each: typeof alice): boolean =>
      upgradeAt(each, v2)?.readiness.find(({ device }) => device === idOf(bob))?.hasRolledBack ===
      true;
    await home.until('all hear of it', () => [alice, bob, carol].every(hasFailed));
    expect(mineAt(bob, v2)).toBe('rolled-back');
    expect(bob.view().upgrades.history[0]).toMatchObject({
      ...{ outcome: 'rolled-back', cause: 'error before healthy', isAutomatic: true },
    });
    expect(await came(alice.upgrades.activate(v2))).toBe('quarantined');
    expect(await came(carol.upgrades.fetch(v2))).toBe('quarantined');
    const same = world.host(3, { files: appRelease(2).files });
    const draft = { manifest: same, urls: [HOST], fork: 'soft' as const, notes: '' };
    expect(await alice.upgrades.publish(draft)).toEqual({
      ok: false,
      error: { kind: 'bad-release', fault: { kind: 'quarantined', content: contentOf(2) } },
    });
  });

  test('[U7, U9] waves open one after the other; halting stops them, and one touch goes back', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
    const waves = [[idOf(carol)], [idOf(alice)]];
    const v2 = await publish(2, { waves, graceMs: 3_000 });
    for (const each of [alice, bob, carol]) await fetchOn(each, v2);
    await home.until('agreed', () => stageAt(carol, v2) === 'active');
    expect(await came(alice.upgrades.activate(v2))).toBe('wave');
    expect(upgradeAt(bob, v2)?.wave).toMatchObject({
      ...{ open: 0, count: 3, mine: 2, waitsFor: [idOf(carol)], nextMs: null },
    });
    await switchOn('carol', carol, v2);
    await home.until('alice hears it', () => upgradeAt(alice, v2)?.wave?.nextMs != null);
    expect(await came(alice.upgrades.activate(v2))).toBe('wave');
    expect(await came(alice.upgrades.halt(v2, 'slow'))).toBe('done');
    await home.pass(4_000);
    expect(await came(alice.upgrades.activate(v2))).toBe('halted');
    expect(await came(alice.upgrades.resume(v2))).toBe('done');
    await home.until('bob knows', () => upgradeAt(bob, v2)?.halted === null);
    expect(await came(bob.upgrades.activate(v2))).toBe('wave');
    await switchOn('alice', alice, v2);
    expect(await came(carol.upgrades.rollBack('I miss the old lists'))).toBe('done');
    expect(carol.view().upgrades.running).toMatchObject({ version: '0.1.0', state: 'good' });
    await home.until('bob hears it', () => upgradeAt(bob, v2)?.wave?.open === 0);
    expect(await came(bob.upgrades.activate(v2))).toBe('quarantined');
  });
});
