import { describe, expect, test } from 'vitest';
import { type FactId, type Hash, brandHex } from '../../src/core/base/brands.js';
import { encodeManifest, manifestHashOf } from '../../src/core/upgrades/manifest.js';
import type { Replica } from '../../src/replica/commands.js';
import { BOTH, NOTICE_MS, QUICK, activate, bind, twoOfThree } from './hard-fork.js';
import { createLiar } from './liar.js';
import { decisionOf, epochOf, sayYes } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';
import {
  HOST,
  type Upgrading,
  appRelease,
  mineAt,
  stageAt,
  upgradeAt,
  upgrading,
} from './upgrading.js';

/** Carol sleeps while release 2 comes to bind and a snapshot is agreed to over it. */
const sleptThrough = async (world: Upgrading): Promise<FactId> => {
  const { home, alice, bob, carol, fetchOn } = world;
  await carol.records.create(draftOf('written before'));
  await home.until('in step', () => areEqual(alice, bob, carol));
  await home.stop('carol');
  const v2 = await world.publishTo([alice, bob], 2, { fork: 'hard' }, BOTH);
  for (const each of [alice, bob]) await fetchOn(each, v2);
  await home.until('two have checked it', () => upgradeAt(alice, v2)?.verified === 2);
  await world.switchOn('alice', alice, v2);
  await world.switchOn('bob', bob, v2);
  await home.until('it locks in', () => stageAt(alice, v2) === 'locked-in');
  await bind(world, v2);
  await home.until('bob knows', () => stageAt(bob, v2) === 'active');
  const asked = await alice.snapshots.propose('');
  if (!asked.ok) throw new Error(asked.error.kind);
  await home.until('bob may', () => decisionOf(bob, asked.value)?.approveBlocker === null);
  await bob.decisions.approve(asked.value, '');
  await home.until('both let the past go', () =>
    [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
  );
  return v2;
};

const bundlesOf = async ({ bundles }: Upgrading, name: string): Promise<readonly unknown[]> => {
  const { active, idle } = await bundles(name).state();
  return [active?.version, idle?.version];
};

describe('a hard fork', () => {
  test('[U4, A9] binds once enough run it well, by a record, after its notice', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, carol } = world;
    const before = epochOf(alice) ?? 0;
    const v2 = await twoOfThree(world);
    expect(await activate(alice, v2)).toEqual({ reload: false });
    await home.until('all are asked', () => upgradeAt(carol, v2)?.decision != null);
    expect(await activate(alice, v2)).toBe('decision-open');
    expect(await activate(bob, v2)).toBe('not-allowed');
    expect(decisionOf(bob)?.subject).toMatchObject({ kind: 'roster', danger: {} });
    await sayYes(home, bob, alice);
    await home.pass(NOTICE_MS - 2_000);
    expect(stageAt(alice, v2)).toBe('locked-in');
    await home.until('it binds', () => stageAt(alice, v2) === 'active');
    expect(epochOf(alice)).toBe(before + 1);
    expect(upgradeAt(alice, v2)).toMatchObject({ fence: before + 1, canUndo: false });
    expect(alice.view().upgrades).toMatchObject({ required: ['upkeep/2'], fencedOut: null });
    expect(await activate(alice, v2)).toBe('already-running');
    const back = await alice.upgrades.rollBack('I want the old one');
    expect(back).toMatchObject({
      error: { kind: 'upgrade-blocked', blocker: { kind: 'behind-fence', protocol: 'upkeep/2' } },
    });
  });

  test('[U4, U5, C9] who stayed behind sees and decides, keeps its edits, and comes back with them', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, carol, fetchOn } = world;
    const v2 = await twoOfThree(world);
    await bind(world, v2);
    await home.until('carol is told', () => carol.view().upgrades.fencedOut !== null);
    expect(carol.view().upgrades.fencedOut).toEqual({
      ...{ version: '0.2.0', fence: epochOf(alice), missing: ['upkeep/2'], upgrade: v2 },
    });
    await carol.records.create(draftOf('written behind the fence'));
    expect(carol.view().records.find(({ state }) => state === 'queued')).toBeDefined();
    await home.stop('carol');
    const restarted = await home.start('carol');
    await home.pass(3_000);
    expect(restarted.view().journal.queuedEdits).toBe(1);
    expect(titlesOf(alice)).toEqual(['old']);
    await alice.devices.rename(idOf(alice), 'Alice new phone');
    await home.until('asked of carol too', () => decisionOf(restarted)?.approveBlocker === null);
    await sayYes(home, restarted, alice);
    await home.until('her yes counts', () =>
      bob.view().devices.some(({ name }) => name === 'Alice new phone'),
    );
    await fetchOn(restarted, v2);
    expect(mineAt(restarted, v2)).toBe('verified');
    expect(await activate(restarted, v2)).toEqual({ reload: true });
    await home.stop('carol');
    const upgraded = await home.start('carol');
    await home.until('the queue is written', () => upgraded.view().journal.queuedEdits === 0);
    const { trial } = upgraded.view().upgrades.running ?? {};
    expect((await upgraded.upgrades.confirmHealthy(trial ?? 0)).ok).toBe(true);
    expect(upgraded.view().upgrades.fencedOut).toBeNull();
    await home.until('all have it', () => titlesOf(bob).includes('written behind the fence'));
    await home.until('in step', () => areEqual(alice, bob, upgraded));
  });

  test('[U4, C9, S5] who slept through the fork and a snapshot over it learns of it, and comes back', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, fetchOn } = world;
    const v2 = await sleptThrough(world);

    const woken = await home.start('carol');
    await home.until('carol is told', () => woken.view().upgrades.fencedOut !== null);
    const { upgrade, version, missing } = woken.view().upgrades.fencedOut ?? {};
    expect([version, missing]).toEqual(['0.2.0', ['upkeep/2']]);
    await woken.records.create(draftOf('written behind the fence'));
    expect(woken.view().journal.queuedEdits).toBe(1);
    const known = upgrade ?? v2;
    await fetchOn(woken, known);
    expect(await activate(woken, known)).toEqual({ reload: true });
    await home.stop('carol');
    const upgraded = await home.start('carol');
    await home.until('in step', () => areEqual(alice, bob, upgraded));
    expect(upgraded.view().upgrades.fencedOut).toBeNull();
    expect(stageAt(upgraded, v2)).toBe('active');
    expect(titlesOf(bob)).toContain('written behind the fence');
  });

  test('[C9, S7] who slept through the fork and a snapshot over it hears and decides what came after', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob } = world;
    await sleptThrough(world);
    const v3 = await world.publishTo([alice, bob], 3, {}, BOTH);

    const woken = await home.start('carol');
    await home.until('carol is told', () => woken.view().upgrades.fencedOut !== null);
    await home.until('of the newer one too', () => upgradeAt(woken, v3) !== undefined);
    expect(woken.view().snapshots[0]?.isHeld).toBe(true);
    await alice.devices.rename(idOf(alice), 'Alice new phone');
    await home.until('asked of carol too', () => decisionOf(woken)?.approveBlocker === null);
    await sayYes(home, woken, alice);
    await home.until('her yes counts', () =>
      bob.view().devices.some(({ name }) => name === 'Alice new phone'),
    );
  });

  test('[U4, C7] each voter looks for itself whether it locked in, and who ran what is seen', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob } = world;
    const v2 = await twoOfThree(world);
    expect(await activate(alice, v2)).toEqual({ reload: false });
    await home.until('bob is asked', () => decisionOf(bob)?.approveBlocker === null);
    expect((await alice.upgrades.halt(v2, 'it is slow')).ok).toBe(true);
    await home.until('bob knows', () => upgradeAt(bob, v2)?.halted != null);
    const halted = { kind: 'halted', device: idOf(alice), reason: 'it is slow' };
    const stopped = { kind: 'upgrade-blocked', blocker: halted };
    expect(decisionOf(bob)?.approveBlocker).toEqual(stopped);
    await home.pass(NOTICE_MS + 2_000);
    expect([upgradeAt(alice, v2)?.fence, upgradeAt(bob, v2)?.fence]).toEqual([null, null]);
    await alice.upgrades.resume(v2);
    await home.until('bob may', () => decisionOf(bob)?.approveBlocker === null);
    await sayYes(home, bob, alice);
    await home.until('it binds', () => stageAt(alice, v2) === 'active');
    const answers = alice.view().decisions[0]?.answers ?? [];
    expect(answers.filter(({ isForeign }) => isForeign)).toEqual([]);
  });

  test('[C7] a yes given on code that nobody agreed to is flagged on every device', async () => {
    const { home, alice, bob, carol, host, bundles } = await upgrading();
    host(9);
    const store = bundles('bob');
    const offer = await store.offered(null);
    if (!offer.ok) throw new Error(offer.error.kind);
    await store.stage(offer.value.manifest, offer.value.urls);
    expect((await store.tryStaged()).ok).toBe(true);
    store.load();
    await alice.devices.rename(idOf(alice), 'Alice new phone');
    await home.until('bob is asked', () => decisionOf(bob)?.approveBlocker === null);
    const asked = decisionOf(bob)?.id;
    await sayYes(home, bob, alice);
    const flagged = (replica: Replica): readonly string[] =>
      (decisionOf(replica, asked)?.answers ?? []).flatMap((each) =>
        each.isForeign ? each.device : [],
      );
    const isDone = (replica: Replica) => decisionOf(replica, asked)?.stage === 'completed';
    await home.until('it is done', () => [alice, carol].every(isDone));
    expect([alice, bob, carol].map(flagged)).toEqual(Array(3).fill([idOf(bob)]));
  });

  test('[U5, N7] between them no files pass while one side lacks the protocol', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, carol } = world;
    const v2 = await twoOfThree(world);
    await bind(world, v2);
    await home.until('carol is told', () => carol.view().upgrades.fencedOut !== null);
    const made = await alice.records.create(draftOf('with a picture'));
    if (!made.ok) throw new Error(made.error.kind);
    const file = { name: 'a.png', type: 'image/png', bytes: new Uint8Array(900).fill(7) };
    const blob = await alice.files.attach(made.value, file);
    if (!blob.ok) throw new Error(blob.error.kind);
    const filesOf = (replica: Replica) =>
      replica.view().records.flatMap((each) => each.attachments);
    await home.until('the fact passes', () => filesOf(carol).length === 1);
    await carol.files.fetch(blob.value);
    await home.pass(10_000);
    expect(filesOf(carol)[0]?.state).not.toBe('here');
  });

  test('[U3, U4, C9] who stayed behind gets what lets it come back from the others, though the host is gone', async () => {
    const world = await upgrading(QUICK);
    const { home, hosts, carol, fetchOn } = world;
    const v2 = await twoOfThree(world);
    await bind(world, v2);
    await home.until('carol is told', () => carol.view().upgrades.fencedOut !== null);
    hosts.cut(HOST);
    await fetchOn(carol, v2);
    expect(mineAt(carol, v2)).toBe('verified');
    expect(await activate(carol, v2)).toEqual({ reload: true });
    await home.stop('carol');
    const upgraded = await home.start('carol');
    await home.until('she is back', () => upgraded.view().upgrades.fencedOut === null);
  });

  test('[C9, N8] who has the kernel channel alone is given nothing that would not let it back', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
    const v2 = await publish(2);
    for (const device of [alice, bob]) await fetchOn(device, v2);
    await home.until('it is in force', () => stageAt(carol, v2) === 'active');
    await switchOn('alice', alice, v2);
    await switchOn('bob', bob, v2);
    const v3 = await publish(3, { fork: 'hard' }, BOTH);
    for (const device of [alice, bob]) await fetchOn(device, v3);
    await home.until('two have it', () => upgradeAt(alice, v3)?.verified === 2);
    const [second, third] = [v2, v3].map((each) => upgradeAt(carol, each)?.manifest as Hash);
    await home.stop('carol');
    const liar = await createLiar(home, 'carol');
    await home.until('they meet', () => liar.isLinkedTo(idOf(alice)));
    /** What alice gives of a version, asked for its manifest. */
    const given = async (manifest: Hash | undefined): Promise<unknown> => {
      if (manifest === undefined) throw new Error('it is known');
      const { heard, say } = liar.to(idOf(alice));
      const before = heard.length;
      say({ kind: 'wantCode', manifest, file: null, part: 0 });
      await home.pass(500);
      const answer = heard.slice(before).find(({ kind }) => kind === 'codePart');
      return answer?.kind === 'codePart' ? answer.bytes?.length : 'no answer';
    };
    const unknown = brandHex<Hash>('7'.repeat(64));
    expect(await given(second)).toBe(encodeManifest(appRelease(2)).length);
    expect(await given(third)).toBe(encodeManifest(appRelease(3, BOTH)).length);
    // What she came with was never put to the account.
    expect(await given(manifestHashOf(appRelease(1)))).toBeUndefined();
    expect(await given(unknown)).toBeUndefined();

    await switchOn('alice', alice, v3);
    await switchOn('bob', bob, v3);
    await home.until('it locked in', () => stageAt(alice, v3) === 'locked-in');
    await bind(world, v3);
    await home.until('they meet again', () => liar.isLinkedTo(idOf(alice)));
    expect(await bundlesOf(world, 'alice')).toEqual(['0.3.0', '0.2.0']);
    expect(await given(second)).toBeUndefined();
    expect(await given(third)).toBe(encodeManifest(appRelease(3, BOTH)).length);
  });

  test('[F8] who lacks upgrade_activate does not ask for it', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob } = world;
    const capabilities = ['record_write', 'roster_change', 'snapshot_approve'];
    expect((await alice.devices.setCapabilities(idOf(bob), capabilities)).ok).toBe(true);
    await sayYes(home, bob, alice);
    await home.until('it holds', () => !bob.view().upgrades.mayActivate);
    const v2 = await twoOfThree(world);
    expect(await activate(bob, v2)).toBe('not-allowed');
    expect(upgradeAt(bob, v2)?.activateBlocker).toEqual({ kind: 'not-allowed' });
  });
});
