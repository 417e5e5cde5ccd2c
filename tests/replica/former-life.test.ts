import { describe, expect, test, vi } from 'vitest';
import { createMemoryKeepsake } from '../../src/adapters/memory/memory-keepsake.js';
import { createMemoryVault } from '../../src/adapters/memory/memory-keys.js';
import type { Keepsake } from '../../src/ports/keepsake.js';
import type { KeyVault } from '../../src/ports/keys.js';
import type { Replica } from '../../src/replica/commands.js';
import { createVacantReplica } from '../../src/replica/vacant-replica.js';
import { createHousehold, pair } from './household.js';
import { DANGER_MS, sayYes } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

/** Alice, Bob and Carol, whose browsers keep a note of each; Bob's keys can be taken away. */
const noted = async () => {
  const keepsakes = new Map<string, Keepsake>();
  const keepsakeOf = (name: string): Keepsake => {
    const held = keepsakes.get(name) ?? createMemoryKeepsake();
    keepsakes.set(name, held);
    return held;
  };
  let bobsNext: KeyVault | null = null;
  const home = createHousehold({
    timing: { dangerMs: DANGER_MS },
    keepsake: keepsakeOf,
    wrap: (name, keeping) =>
      name === 'bob' && bobsNext !== null ? { ...keeping, vault: bobsNext } : keeping,
  });
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  const carol = await home.start('carol');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await pair(home, alice, carol, 'Carol tablet', [bob]);
  await bob.records.create(draftOf('of bob'));
  await home.until('in step', () => areEqual(alice, bob, carol));
  return {
    ...{ home, alice, bob, carol, keepsakeOf },
    takeKeys: () => (bobsNext = createMemoryVault('bob’s next')),
  };
};

/** Enters the code that the inviter shows, under the name that the newcomer's screen suggests. */
const meet = async (
  home: Awaited<ReturnType<typeof noted>>['home'],
  inviter: Replica,
  newcomer: Replica,
): Promise<void> => {
  await inviter.devices.invite();
  const code = inviter.view().pairing;
  const name = newcomer.view().formerly ?? 'nameless';
  await newcomer.devices.join(code.kind === 'inviting' ? code.uri : '', name);
  await home.until('both compare', () =>
    [inviter, newcomer].every((each) => each.view().pairing.kind === 'comparing'),
  );
};

describe('a device whose browser let go of its store', () => {
  test('[F5, F9] knows its name, is told apart by a person, and takes the place of the old one', async () => {
    const { home, alice, bob, carol, takeKeys } = await noted();
    const old = idOf(bob);
    await home.stop('bob');
    home.disk('bob').lose();
    takeKeys();
    const again = await home.start('bob');
    expect([again.view().stage, again.view().formerly]).toEqual(['empty', 'Bob phone']);
    await meet(home, alice, again);
    expect(again.view().formerly).toBe('Bob phone');
    expect(alice.view().pairing).toMatchObject({ mayReplace: old });
    expect(again.view().pairing).not.toHaveProperty('mayReplace');
    await again.devices.confirmWords(true);
    expect((await alice.devices.confirmWords(true, old)).ok).toBe(true);
    await home.until('the others are asked', () => alice.view().pairing.kind === 'waiting');
    expect(alice.view().pairing).toMatchObject({ replaces: old });
    await sayYes(home, carol, alice);
    await home.pass(DANGER_MS);
    await home.until('it is a member', () => again.view().stage === 'member');
    await home.until('all of it is there', () => areEqual(alice, again, carol));
    const devices = alice.view().devices.map(({ id, name }) => [id, name]);
    expect(devices.filter(([, name]) => name === 'Bob phone')).toEqual([
      [idOf(again), 'Bob phone'],
    ]);
    expect(idOf(again)).not.toBe(old);
    expect(again.view().formerly).toBeNull();
    expect(titlesOf(again)).toEqual(['of bob']);
  });

  test('[F5] whose place nobody gives it is one more device', async () => {
    const { home, alice, bob, carol, takeKeys } = await noted();
    const old = idOf(bob);
    await home.stop('bob');
    home.disk('bob').lose();
    takeKeys();
    const again = await home.start('bob');
    await meet(home, alice, again);
    await again.devices.confirmWords(true);
    const gone = `${'0'.repeat(63)}1` as ReturnType<typeof idOf>;
    expect(await alice.devices.confirmWords(true, gone)).toMatchObject({
      error: { kind: 'unknown-device' },
    });
    expect(alice.view().pairing.kind).toBe('comparing');
    await alice.devices.confirmWords(true);
    await sayYes(home, carol, alice);
    await home.until('it is a member', () => again.view().stage === 'member');
    expect(alice.view().devices.map(({ id }) => id)).toContain(old);
    expect(alice.view().devices.length).toBe(4);
  });

  test('[F5] that still has its keys comes back as the member that it was, and nobody is asked', async () => {
    const { home, alice, bob, carol } = await noted();
    const old = idOf(bob);
    const session = bob.view().devices.length;
    await home.stop('bob');
    home.disk('bob').lose();
    const again = await home.start('bob');
    expect(again.view().formerly).toBe('Bob phone');
    await meet(home, alice, again);
    expect(alice.view().pairing).not.toHaveProperty('mayReplace');
    await again.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('it is back', () => again.view().stage === 'member');
    await home.until('all of it is there', () => areEqual(alice, again, carol));
    expect([idOf(again), again.view().devices.length]).toEqual([old, session]);
    await again.records.create(draftOf('after'));
    await home.until('and it writes on', () => titlesOf(carol).length === 2);
    expect(alice.view().problems).toEqual([]);
  });

  test('[F5] that has its store and no keys is one of them too', async () => {
    const { home, keepsakeOf, takeKeys } = await noted();
    await home.stop('bob');
    keepsakeOf('bob').forget();
    takeKeys();
    const again = await home.start('bob');
    expect([again.view().stage, again.view().formerly]).toEqual(['empty', 'Bob phone']);
  });

  test('[F5] is as new once its person begins anew', async () => {
    const { home, keepsakeOf } = await noted();
    await home.stop('bob');
    home.disk('bob').lose();
    const again = await home.start('bob');
    again.account.beginAnew();
    expect([again.view().formerly, keepsakeOf('bob').read()]).toEqual([null, null]);
    await again.account.create('Bob alone');
    again.account.beginAnew();
    expect(keepsakeOf('bob').read()).toEqual({ name: 'Bob alone', opens: true });
  });

  test('[F5] that was taken out is not welcomed back; a new name is noted', async () => {
    const { home, alice, bob, carol, keepsakeOf } = await noted();
    expect(keepsakeOf('bob').read()).toEqual({ name: 'Bob phone', opens: true });
    await alice.devices.rename(idOf(bob), 'Bob’s new phone');
    await sayYes(home, carol, alice);
    await home.until('it is noted', () => keepsakeOf('bob').read()?.name === 'Bob’s new phone');
    await alice.devices.remove(idOf(bob), 'sold');
    await sayYes(home, carol, alice);
    await home.pass(DANGER_MS);
    await home.until('it knows', () => bob.view().stage === 'removed');
    expect(keepsakeOf('bob').read()).toBeNull();
    expect(keepsakeOf('carol').read()).toEqual({ name: 'Carol tablet', opens: true });
  });

  test('[F5] a newcomer that waits for the others was in no account yet', async () => {
    const { home, alice, keepsakeOf } = await noted();
    const dave = await home.start('dave');
    await meet(home, alice, dave);
    await dave.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('it waits', () => dave.view().pairing.kind === 'waiting');
    expect(keepsakeOf('dave').read()).toBeNull();
  });
});

describe('a device that keeps nothing', () => {
  test('[F5, P1] is told by its note alone whether it was in an account, and opens nothing', () => {
    const open = vi.fn(async (): Promise<Replica> => Promise.reject(new Error('not asked')));
    const keepsake = createMemoryKeepsake();
    expect(createVacantReplica(open, keepsake).view().formerly).toBeNull();
    keepsake.write({ name: 'Alice phone', opens: true });
    const vacant = createVacantReplica(open, keepsake);
    expect(vacant.view().formerly).toBe('Alice phone');
    expect(vacant.view()).toBe(vacant.view());
    const told = vi.fn();
    vacant.subscribe(told);
    vacant.account.beginAnew();
    expect([vacant.view().formerly, keepsake.read()]).toEqual([null, null]);
    expect(told).toHaveBeenCalledTimes(1);
    expect(open).not.toHaveBeenCalled();
  });
});
