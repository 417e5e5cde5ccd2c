import { describe, expect, test } from 'vitest';
import { createHousehold, pair } from './household.js';
import { areEqual, draftOf } from './with-liar.js';
import type { Keeping } from './dying-device.js';
import { err } from '../../src/core/base/result.js';

/** Refuses commits of rows that note a fence, for as long as it is told to. */
const createGate = (device: string) => {
  const gate = {
    isShut: true,
    wrap: (name: string, keeping: Keeping): Keeping => {
      if (name !== device) return keeping;
      const { store } = keeping;
      const commit: typeof store.commit = async (changes, durability) => {
        const isFence = changes.some((each) => 'key' in each && each.key.startsWith('fence:'));
        if (!isFence || !gate.isShut) return store.commit(changes, durability);
        return err({ kind: 'failed', message: 'as planned' });
      };
      return { ...keeping, store: { ...store, commit } };
    },
  };
  return gate;
};

describe('the fence of a device', () => {
  test('[S2] stands for snapshots alone, and for one whose own proposal failed, too', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await alice.records.create(draftOf('first'));
    await home.until('in step', () => areEqual(alice, bob));

    const me = alice.view().account?.me;
    const renamed = me === undefined ? null : await alice.devices.rename(me, 'Another name');
    expect(renamed?.ok).toBe(true);
    await home.until('bob is asked', () => bob.view().decisions.some((each) => each.needsMe));
    expect([alice, bob].map((each) => each.view().fence)).toEqual([null, null]);
    const asked = bob.view().decisions.find((each) => each.needsMe);
    if (asked !== undefined) await bob.decisions.approve(asked.id, '');
    await home.until('renamed', () => bob.view().account?.identityEpoch === 2);
    await home.until('in step again', () => areEqual(alice, bob));

    // Bob's store takes nothing; then Alice asks for just the same as he would have.
    home.store('bob').failNext({ kind: 'quota' });
    expect((await bob.snapshots.propose('')).ok).toBe(false);
    expect(bob.view().fence).toBeNull();
    const proposed = await alice.snapshots.propose('');
    await home.until('bob sees it', () =>
      bob.view().decisions.some((each) => proposed.ok && each.id === proposed.value),
    );
    expect(bob.view().fence).not.toBeNull();
  });

  test('[S2, F9] that it was raised is durable before the next edit, whatever the store refused', async () => {
    const gate = createGate('bob');
    const home = createHousehold({ wrap: gate.wrap });
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await alice.records.create(draftOf('first'));
    await home.until('in step', () => areEqual(alice, bob));
    const proposed = await alice.snapshots.propose('');
    const id = proposed.ok ? proposed.value : '';
    await home.until('fenced', () => bob.view().fence !== null);
    home.clock.advance(300_000);
    await home.pass(50);
    expect(bob.view().fence).toBeNull();
    expect(bob.view().decisions.some((each) => each.stage === 'open')).toBe(true);
    expect((await bob.records.create(draftOf('after the fence'))).ok).toBe(true);
    const isNoted = () => home.disk('bob').rowsOf('own').has(`fence:${id}`);
    expect([isNoted(), bob.view().journal.queuedEdits]).toEqual([false, 1]);
    gate.isShut = false;
    await home.until('written', () => bob.view().journal.queuedEdits === 0);
    expect(isNoted()).toBe(true);
    await home.until('alice has it', () =>
      alice.view().records.some(({ title }) => title === 'after the fence'),
    );
  });
});
