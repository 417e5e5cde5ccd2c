import { expect, it, vi } from 'vitest';
import type * as Parts from '../../src/replica/cache/shared-values.js';
import { createHousehold, pair } from './household.js';
import { areEqual } from './with-liar.js';

const line = vi.hoisted(() => ({ isDown: true }));

vi.mock('../../src/replica/cache/shared-values.js', async (load) => {
  const parts = (await load()) as typeof Parts;
  const createSharedValues: typeof parts.createSharedValues = (...said) => {
    if (line.isDown) throw new TypeError('Failed to fetch dynamically imported module');
    return parts.createSharedValues(...said);
  };
  return { ...parts, createSharedValues };
});

vi.mock('@scure/bip39/wordlists/english.js', async (load) => {
  const { wordlist } = (await load()) as { readonly wordlist: readonly string[] };
  return {
    get wordlist() {
      if (line.isDown) throw new TypeError('Failed to fetch dynamically imported module');
      return wordlist;
    },
  };
});

it('[K4, F9] a part that did not come costs a picture, and neither the page nor a link; it is fetched again', async () => {
  const home = createHousehold();
  const [alice, bob] = [await home.start('alice'), await home.start('bob')];
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await home.until('in step', () => areEqual(alice, bob));
  const own = new Uint8Array([1]);
  const how = { compute: async () => own, isSound: () => true, isSame: () => true };
  expect(await bob.cache.fetchShared('thumb:a', how)).toBe(own);
  expect(await bob.cache.fetchShared('thumb:a', { ...how, compute: null })).toBeNull();
  line.isDown = false;
  let came: Uint8Array | null | undefined;
  await alice.cache.fetchShared('thumb:a', how);
  void bob.cache.fetchShared('thumb:a', { ...how, compute: null }).then((bytes) => (came = bytes));
  await home.until('it came to an end', () => came !== undefined);
  expect(came).toEqual(own);
  line.isDown = true;
  const carol = await home.start('carol');
  await pair(home, alice, carol, 'Carol phone', [bob]);
  await home.until('in step', () => areEqual(alice, bob, carol));
  void bob.cache.fetchShared('thumb:b', { ...how, compute: null });
  await home.pass(20_000);
  expect(bob.view().peers.map(({ state }) => state)).not.toContain('away');
  await Promise.all(['alice', 'bob', 'carol'].map(home.stop));
});

it('[A5, P1] where the words of a key on paper do not come, its commands say so and throw nothing', async () => {
  line.isDown = true;
  const home = createHousehold();
  const alice = await home.start('alice');
  const busy = { ok: false, error: { kind: 'busy' } };
  expect(await alice.devices.recoverAccount('abandon ability', 'Phone')).toEqual(busy);
  await alice.account.create('Alice phone');
  const words = [{ index: 0, word: 'abandon' }];
  expect(await alice.devices.checkRecoveryKey(words)).toEqual(busy);
  expect(await alice.devices.useRecoveryKey('abandon', { remove: [] })).toEqual(busy);
  line.isDown = false;
  const said = await alice.devices.useRecoveryKey('abandon', { remove: [] });
  expect(said).toEqual({ ok: false, error: { kind: 'recovery-none' } });
  await home.stop('alice');
});

it('[A5, P1] where its words do not come, a key on paper is not made, and the next try makes it', async () => {
  line.isDown = false;
  const home = createHousehold();
  const [alice, bob] = [await home.start('alice'), await home.start('bob')];
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  line.isDown = true;
  expect(await alice.devices.addRecoveryKey()).toEqual({ ok: false, error: { kind: 'busy' } });
  expect(alice.view().recovery?.decision).toBeNull();
  line.isDown = false;
  expect((await alice.devices.addRecoveryKey()).ok).toBe(true);
  await Promise.all(['alice', 'bob'].map(home.stop));
});
