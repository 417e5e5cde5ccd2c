import { describe, expect, test } from 'vitest';
import type { FactId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { DANGER_MS, decisionOf, epochOf, sayYes } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';
import { type Upgrading, mineAt, stageAt, upgradeAt, upgrading } from './upgrading.js';

const NOTICE_MS = 6_000;
const QUICK = { timing: { dangerMs: DANGER_MS, noticeMs: NOTICE_MS } };
const BOTH = { protocols: ['upkeep/1', 'upkeep/2'] };

const activate = async (replica: Replica, upgrade: FactId): Promise<unknown> => {
  const done = await replica.upgrades.activate(upgrade);
  if (done.ok) return done.value;
  return done.error.kind === 'upgrade-blocked' ? done.error.blocker.kind : done.error.kind;
};

/** Release 2 runs well on alice and bob, and is to bind; carol stays behind. */
const twoOfThree = async (world: Upgrading): Promise<FactId> => {
  const { home, alice, bob, carol, publish, fetchOn, switchOn } = world;
  const v2 = await publish(2, { fork: 'hard' }, BOTH);
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

const bind = async ({ home, alice, bob }: Upgrading, v2: FactId): Promise<void> => {
  expect(await activate(alice, v2)).toEqual({ reload: false });
  await sayYes(home, bob, alice);
  await home.until('it binds', () => stageAt(alice, v2) === 'active');
};

describe('a hard fork', () => {
  test('[U4, A9] binds once enough run it well, by a record, after its notice', async () => {
    const world = await upgrading(QUICK);
    const { home, alice, bob, carol } = world;
    const before = epochOf(alice) ?? 0;
    const v2 = await twoOfThree(world);
    expect(await activate(alice, v2)).toEqual({ reload: false });
    await home.until('all are asked', () => upgradeAt(carol, v2)?.decision != null);
    expect(await activate(bob, v2)).toBe('decision-open');
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
