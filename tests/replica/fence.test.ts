import { describe, expect, test } from 'vitest';
import { createHousehold, pair } from './household.js';
import { areEqual, draftOf } from './with-liar.js';

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
});
