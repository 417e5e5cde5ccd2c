import { describe, expect, test } from 'vitest';
import type { StatementHash } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { decisionOf, sayYes } from './three-members.js';
import { areEqual, idOf } from './with-liar.js';
import { type Upgrading, upgrading } from './upgrading.js';

/** A device runs release n, which nobody put to the account, as after a visit to another host. */
const runForeign = async (
  world: Upgrading,
  name: 'alice' | 'bob' | 'carol',
  n: number,
): Promise<void> => {
  const replica = world[name];
  world.host(n);
  const store = world.bundles(name);
  const offer = await store.offered(null);
  if (!offer.ok) throw new Error(offer.error.kind);
  await store.stage(offer.value.manifest, offer.value.urls);
  expect((await store.tryStaged()).ok).toBe(true);
  const trial = store.load()?.trial ?? -1;
  expect((await replica.upgrades.confirmHealthy(trial)).ok).toBe(true);
};

const isRequiredAt = (replica: Replica): boolean => replica.view().upgrades.agreedCode.isRequired;

const require = async (world: Upgrading, by: Replica, isRequired: boolean): Promise<void> => {
  const done = await by.upgrades.requireAgreedCode(isRequired);
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  const all = [world.alice, world.bob, world.carol];
  await world.home.until('all know', () => all.every((each) => isRequiredAt(each) === isRequired));
};

/** Alice and bob, on code that nobody agreed to, said yes to a snapshot that takes all three. */
const foreignYes = async (world: Upgrading): Promise<StatementHash> => {
  const { home, alice, bob, carol } = world;
  const asked = await alice.devices.setThresholds({ snapshot: 3, governance: 2 });
  if (!asked.ok) throw new Error(asked.error.kind);
  await sayYes(home, bob, alice);
  await home.until('three are needed', () => carol.view().account?.snapshotThreshold === 3);
  await runForeign(world, 'bob', 9);
  await home.until('in step', () => areEqual(alice, bob, carol));
  const proposed = await alice.snapshots.propose('');
  if (!proposed.ok) throw new Error(JSON.stringify(proposed.error));
  const id = proposed.value;
  await home.until('bob may', () => decisionOf(bob, id)?.approveBlocker === null);
  expect((await bob.decisions.approve(id, '')).ok).toBe(true);
  return id;
};

const yesOf = (replica: Replica, id: StatementHash): readonly string[] =>
  (decisionOf(replica, id)?.answers ?? []).flatMap(({ device, answer, isUncounted }) =>
    answer === 'yes' && !isUncounted ? [device] : [],
  );

describe('the rule that only a yes from agreed code counts', () => {
  test('[C7, C8] with it three yeses complete nothing, while one is from foreign code', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol } = world;
    const id = await foreignYes(world);
    await require(world, alice, true);
    await home.until('carol may', () => decisionOf(carol, id)?.approveBlocker === null);
    expect((await carol.decisions.approve(id, '')).ok).toBe(true);
    const counted = [idOf(alice), idOf(carol)].sort();
    await home.until('all see it', () =>
      [alice, bob, carol].every((each) => yesOf(each, id).length === 2),
    );
    await home.pass(30_000);
    expect([alice, bob, carol].map((each) => [...yesOf(each, id)].sort())).toEqual(
      Array(3).fill(counted),
    );
    expect(decisionOf(alice, id)?.stage).toBe('open');
    expect(await alice.decisions.complete(id)).toEqual({
      ok: false,
      error: { kind: 'below-threshold', have: 2, need: 3 },
    });

    await require(world, carol, false);
    await home.until('it is done', () =>
      [alice, bob, carol].every((each) => decisionOf(each, id)?.stage === 'completed'),
    );
    await home.until('in step', () => areEqual(alice, bob, carol));
  });

  test('[C7, C10] what enough devices agree to counts from then on, with the same yes', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol } = world;
    const id = await foreignYes(world);
    await require(world, alice, true);
    await home.until('carol may', () => decisionOf(carol, id)?.approveBlocker === null);
    expect((await carol.decisions.approve(id, '')).ok).toBe(true);
    await home.pass(5_000);
    expect(decisionOf(carol, id)?.stage).toBe('open');

    const v9 = await world.publish(9);
    await world.fetchOn(alice, v9);
    await world.fetchOn(carol, v9);
    await home.until('it is done', () =>
      [alice, bob, carol].every((each) => decisionOf(each, id)?.stage === 'completed'),
    );
    const { answers } = decisionOf(alice, id) ?? { answers: [] };
    expect(answers.filter(({ isForeign }) => isForeign)).toEqual([]);
  });

  test('[C7] who runs foreign code says no yes under it, asks for nothing that holds one', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol } = world;
    await require(world, alice, true);
    await runForeign(world, 'bob', 9);
    const blocked = { ok: false, error: { kind: 'blocked', blocker: { kind: 'foreign-code' } } };
    expect(await bob.snapshots.propose('')).toEqual(blocked);
    const asked = await alice.devices.rename(idOf(alice), 'Alice new phone');
    if (!asked.ok) throw new Error(asked.error.kind);
    const at = (replica: Replica) => decisionOf(replica, asked.value);
    await home.until('bob is told', () => at(bob)?.approveBlocker?.kind === 'foreign-code');
    expect(await bob.decisions.approve(asked.value, '')).toEqual(blocked);
    await sayYes(home, carol, alice);
    await home.until('two others do it', () =>
      [alice, bob, carol].every((each) => at(each)?.stage === 'completed'),
    );
    expect(yesOf(alice, asked.value)).not.toContain(idOf(bob));
  });

  test('[C7, A3] a change of the devices does not come about by a yes from foreign code', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol } = world;
    const all = await alice.devices.setThresholds({ snapshot: 2, governance: 3 });
    if (!all.ok) throw new Error(all.error.kind);
    for (const each of [bob, carol]) await sayYes(home, each, alice);
    await home.until('three are needed', () => carol.view().account?.governanceThreshold === 3);
    await runForeign(world, 'bob', 9);
    const asked = await alice.devices.rename(idOf(alice), 'Alice new phone');
    if (!asked.ok) throw new Error(asked.error.kind);
    await sayYes(home, bob, alice);
    await require(world, alice, true);
    await sayYes(home, carol, alice);
    const counted = [idOf(alice), idOf(carol)].sort();
    await home.until('all see it', () => yesOf(bob, asked.value).length === 2);
    await home.pass(30_000);
    for (const each of [alice, bob, carol]) {
      expect([...yesOf(each, asked.value)].sort()).toEqual(counted);
      expect(decisionOf(each, asked.value)?.stage).toBe('open');
    }
    await require(world, alice, false);
    await home.until('it is done', () => decisionOf(bob, asked.value)?.stage === 'completed');
  });

  test('[C9, C3] it locks nobody out: where all run foreign code, one lets go of it', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol } = world;
    await require(world, alice, true);
    for (const [name, n] of [
      ['alice', 7],
      ['bob', 8],
      ['carol', 9],
    ] as const) {
      await runForeign(world, name, n);
    }
    const asked = await alice.devices.rename(idOf(alice), 'Alice new phone');
    if (!asked.ok) throw new Error(asked.error.kind);
    await home.until('all are blocked', () =>
      [bob, carol].every(
        (each) => decisionOf(each, asked.value)?.approveBlocker?.kind === 'foreign-code',
      ),
    );
    await require(world, bob, false);
    await sayYes(home, carol, alice);
    await home.until('it is done', () => decisionOf(bob, asked.value)?.stage === 'completed');
    expect(await bob.upgrades.requireAgreedCode(true)).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'foreign-code' } },
    });
  });

  test('[C9, F8] who may not set it may let go of it, if it has a say in governance', async () => {
    const world = await upgrading();
    const { home, alice, bob, carol } = world;
    const rights = carol.view().devices.find(({ isMe }) => isMe)?.capabilities ?? [];
    const fewer = rights.filter((each) => each !== 'policy_change');
    const asked = await alice.devices.setCapabilities(idOf(carol), fewer);
    if (!asked.ok) throw new Error(asked.error.kind);
    await sayYes(home, bob, alice);
    await home.until('carol may less', () => !carol.view().upgrades.agreedCode.mayChange);
    const refused = { ok: false, error: { kind: 'not-allowed', capability: 'policy_change' } };
    expect(await carol.upgrades.requireAgreedCode(true)).toEqual(refused);
    await require(world, alice, true);
    expect(carol.view().upgrades.agreedCode).toMatchObject({
      mayChange: true,
      said: { device: idOf(alice) },
    });
    await require(world, carol, false);
    expect(alice.view().upgrades.agreedCode.said?.device).toBe(idOf(carol));
  });
});
