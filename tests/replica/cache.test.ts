import { describe, expect, it } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { type Household, createHousehold, pair } from './household.js';
import { areEqual, askedOf, draftOf, idOf } from './with-liar.js';

/** Alice and bob on one network, in step. */
const twoOf = async (): Promise<readonly [Household, Replica, Replica]> => {
  const home = createHousehold();
  const [alice, bob] = [await home.start('alice'), await home.start('bob')];
  await alice.account.create('alice');
  await pair(home, alice, bob, 'bob');
  await home.until('both are in step', () => areEqual(alice, bob));
  return [home, alice, bob];
};

/** Counts how often a value was worked out. */
const counted = () => {
  const made = { times: 0 };
  const compute = async (): Promise<string> => {
    made.times += 1;
    return `made ${made.times}`;
  };
  return { made, compute };
};

const floorsOf = (replica: Replica): readonly boolean[] =>
  ['thumb:a', 'other'].map((key) => replica.cache.isValid(key, 0));

describe('the cache of a device', () => {
  it('[K2] works a value out once, for callers at one time too, and again on what is new', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    await alice.account.create('alice');
    const { made, compute } = counted();
    const both = [alice.cache.fetchFresh('a', compute), alice.cache.fetchFresh('a', compute)];
    expect(await Promise.all(both)).toEqual(['made 1', 'made 1']);
    expect(await alice.cache.fetchFresh('a', compute)).toBe('made 1');
    expect(made.times).toBe(1);
    expect(await alice.cache.fetchFresh('state:a', compute)).toBe('made 2');
    expect(await alice.cache.get('state:a')).toBe('made 2');
    await alice.records.create(draftOf('something new'));
    expect(await alice.cache.get('state:a')).toBeUndefined();
    expect(await alice.cache.get('a')).toBe('made 1');
    const failing = alice.cache.fetchFresh('b', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await alice.cache.get('b')).toBeUndefined();
    await home.stop('alice');
  });

  it('[K1, K2] is invalidated on every device, within an epoch and at epoch 0', async () => {
    const [home, alice, bob] = await twoOf();
    const { made, compute } = counted();
    expect(await bob.cache.fetchFresh('thumb:a', compute)).toBe('made 1');
    await bob.cache.set('other', 'kept');
    const { epoch } = { epoch: bob.view().account?.identityEpoch ?? 0 };
    expect((await alice.cache.invalidate(['thumb:*'])).ok).toBe(true);
    await home.until('both are in step', () => areEqual(alice, bob));
    expect(bob.view().account?.identityEpoch).toBe(epoch);
    expect(await bob.cache.get('other')).toBe('kept');
    const again = [1, 2, 3].map(() => bob.cache.fetchFresh('thumb:a', compute));
    expect(await Promise.all(again)).toEqual(['made 2', 'made 2', 'made 2']);
    expect(made.times).toBe(2);
    const [figures] = bob.cache.figures().classes.filter(({ name }) => name === 'thumb');
    expect(figures).toMatchObject({ misses: 4 });
    await Promise.all(['alice', 'bob'].map(home.stop));
    const lone = createHousehold();
    const carol = await lone.start('carol');
    await carol.account.create('carol');
    await carol.cache.set('a', 1);
    expect((await carol.cache.invalidate(['a'], 0)).ok).toBe(true);
    expect(await carol.cache.get('a')).toBeUndefined();
    await lone.stop('carol');
  });

  it('[K2] does not serve what was worked out before an invalidation and comes after it', async () => {
    const [home, alice, bob] = await twoOf();
    let finish: (value: string) => void = () => undefined;
    let calls = 0;
    const slow = bob.cache.fetchFresh('a', () => {
      calls += 1;
      return calls > 1 ? 'new' : new Promise<string>((done) => void (finish = done));
    });
    await home.pass(50);
    await alice.cache.invalidate(['a']);
    await home.until('both are in step', () => areEqual(alice, bob));
    expect(await bob.cache.fetchFresh('a', () => 'meanwhile')).toBe('meanwhile');
    finish('old');
    expect(await slow).toBe('new');
    expect(await bob.cache.get('a')).toBe('new');
    await Promise.all(['alice', 'bob'].map(home.stop));
  });

  it('[K1, F8] takes no floor beyond the epoch after its own, no bad key, and nobody without the right', async () => {
    const [home, alice, bob] = await twoOf();
    const epoch = alice.view().account?.identityEpoch ?? 0;
    const kinds = await Promise.all(
      [
        alice.cache.invalidate(['a'], epoch + 2),
        alice.cache.invalidate([]),
        alice.cache.invalidate(['a*b']),
        alice.cache.invalidate(['k'.repeat(201)]),
      ].map(async (each) => each.then((done) => (done.ok ? 'ok' : done.error.kind))),
    );
    expect(kinds).toEqual(['floor-too-high', 'empty', 'ill-formed', 'too-long']);
    expect((await alice.cache.invalidate(['a'], epoch + 1)).ok).toBe(true);
    await home.until('both are in step', () => areEqual(alice, bob));
    for (const replica of [alice, bob]) {
      expect(replica.cache.isValid('a', epoch)).toBe(false);
      expect(replica.cache.isValid('a', epoch + 1)).toBe(true);
      expect(await replica.cache.fetchFresh('a', () => 'now')).toBe('now');
      expect(await replica.cache.get('a')).toBeUndefined();
    }
    const bobId = bob.view().account?.me;
    const rights = bob.view().devices.find(({ id }) => id === bobId)?.capabilities ?? [];
    const fewer = rights.filter((right) => right !== 'cache_invalidate');
    if (bobId !== undefined) await alice.devices.setCapabilities(bobId, fewer);
    await home.until('bob is asked', () => askedOf(bob) !== undefined);
    await bob.decisions.approve(askedOf(bob)?.id ?? ('' as never), '');
    await home.until('bob lost the right', () => !bob.cache.figures().mayInvalidate);
    expect(await bob.cache.invalidate(['a'])).toMatchObject({ error: { kind: 'not-allowed' } });
    await Promise.all(['alice', 'bob'].map(home.stop));
  });

  it('[K1, S5] keeps floors over a restart, and over a snapshot that prunes the fact', async () => {
    const [home, alice, bob] = await twoOf();
    await bob.cache.set('thumb:a', 'old', { isKept: true });
    await bob.cache.set('other', 'good', { isKept: true });
    await home.stop('bob');
    await alice.cache.invalidate(['thumb:*']);
    const again = await home.start('bob');
    await home.until('both are in step', () => areEqual(alice, again));
    expect(floorsOf(again)).toEqual(floorsOf(alice));
    expect(await again.cache.get('thumb:a')).toBeUndefined();
    expect(await again.cache.get('other')).toBe('good');
    await alice.snapshots.propose('');
    await home.until('bob is asked', () => askedOf(again) !== undefined);
    await again.decisions.approve(askedOf(again)?.id ?? ('' as never), '');
    await home.until('both pruned', () =>
      [alice, again].every((each) => each.view().snapshots.some(({ isHeld }) => isHeld)),
    );
    await home.until('both are in step', () => areEqual(alice, again));
    expect(floorsOf(again)).toEqual(floorsOf(alice));
    expect(floorsOf(again)[1]).toBe(true);
    expect(await again.cache.get('other')).toBe('good');
    const before = floorsOf(again);
    await Promise.all(['alice', 'bob'].map(home.stop));
    const restarted = await home.start('bob');
    expect(floorsOf(restarted)).toEqual(before);
    expect(await restarted.cache.get('other')).toBe('good');
    expect(await restarted.cache.get('thumb:a')).toBeUndefined();
    await home.stop('bob');
  });

  it('[K1] sweeps floors that outgrew their limit into one for all keys', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    await alice.account.create('alice');
    await alice.cache.set('k0', 'old');
    const keys = Array.from({ length: 257 }, (_, at) => `k${at}`);
    expect((await alice.cache.invalidate(keys.slice(1))).ok).toBe(true);
    expect(await alice.cache.get('k0')).toBe('old');
    expect((await alice.cache.invalidate(keys.slice(0, 1))).ok).toBe(true);
    await alice.cache.set('elsewhere', 'new');
    expect(await alice.cache.get('k0')).toBeUndefined();
    const facts = alice.view().journal.facts;
    expect((await alice.cache.invalidate(keys.slice(0, 9))).ok).toBe(true);
    expect(alice.view().journal.facts).toBe(facts + 1);
    expect(await alice.cache.get('elsewhere')).toBe('new');
    await home.stop('alice');
  });

  it('[K3] works values of a class out again here, and tells nobody', async () => {
    const [home, alice, bob] = await twoOf();
    const { made, compute } = counted();
    for (const key of ['thumb:a', 'thumb:b', 'state:room:a', 'other']) {
      await alice.cache.fetchFresh(key, compute, { isKept: true });
    }
    const facts = alice.view().journal.facts;
    const figuresOf = (name: string) =>
      alice.cache.figures().classes.find((each) => each.name === name);
    expect(figuresOf('thumb')).toMatchObject({ values: 2, misses: 2, hits: 0 });
    expect(figuresOf('room')).toMatchObject({ values: 1 });
    expect(await alice.cache.drop('thumb', 'room')).toBe(3);
    expect(figuresOf('thumb')).toMatchObject({ values: 0, bytes: 0, misses: 2 });
    expect(await alice.cache.get('other')).toBe('made 4');
    expect(await alice.cache.fetchFresh('thumb:a', compute)).toBe('made 5');
    expect(made.times).toBe(5);
    expect(alice.view().journal.facts).toBe(facts);
    await home.stop('alice');
    const again = await home.start('alice');
    expect(await again.cache.get('thumb:b')).toBeUndefined();
    expect(await again.cache.get('other')).toBe('made 4');
    expect(bob.view().activity.filter(({ kind }) => kind === 'cache-cleared')).toEqual([]);
    await Promise.all(['alice', 'bob'].map(home.stop));
  });

  it('[K1, K3] says who had what worked out again, and what that cost here', async () => {
    const [home, alice, bob] = await twoOf();
    const lines = (replica: Replica) =>
      replica
        .view()
        .activity.filter(({ kind }) => kind === 'cache-cleared')
        .map(({ device, details }) => ({ device, ...details }));
    for (const key of ['thumb:a', 'thumb:b', 'other']) await bob.cache.set(key, 'old');
    await alice.cache.invalidate(['thumb:*']);
    await home.until('both are in step', () => areEqual(alice, bob));
    await home.until('bob says so', () => lines(bob).length === 1);
    const ofAlice = { device: idOf(alice), keys: 'thumb:*' };
    expect(lines(bob)).toEqual([{ ...ofAlice, gone: 2 }]);
    expect(lines(alice)).toEqual([{ ...ofAlice, gone: 0 }]);
    await home.stop('bob');
    await alice.cache.invalidate(['other']);
    const again = await home.start('bob');
    await home.until('both are in step', () => areEqual(alice, again));
    await home.until('bob says that too', () => lines(again).length === 2);
    expect(lines(again)[0]).toMatchObject({ device: idOf(alice), keys: 'other' });
    await Promise.all(['alice', 'bob'].map(home.stop));
  });
});
