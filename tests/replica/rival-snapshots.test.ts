import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { shareOf } from './lying-ceremonies.js';
import { areEqual, draftOf, idOf, lyingHousehold, titlesOf } from './with-liar.js';

const heldHeads = (replica: Replica) =>
  replica
    .view()
    .snapshots.filter((each) => each.isStanding && each.isHeld)
    .map((each) => each.id)
    .sort();

describe('two snapshots on one predecessor', () => {
  test('[S12, F7, S6] completed in a partition by one that approves both: both stand, states join', async () => {
    const { home, alice, bob, mallory, meet, converge } = await lyingHousehold();
    home.network.partition(['alice'], ['bob']);
    await alice.records.create(draftOf('of alice'));
    await bob.records.create(draftOf('of bob'));
    for (const replica of [alice, bob]) {
      await meet(replica);
      const done = await replica.snapshots.propose('');
      if (!done.ok) throw new Error(done.error.kind);
      const signature = await shareOf(mallory.keys, done.value);
      const share = { statement: done.value, signer: mallory.device, signature };
      mallory.to(idOf(replica)).say({ kind: 'share', ...share });
      await home.until('completed and held', () => heldHeads(replica).length === 1);
    }
    await bob.records.create(draftOf('after the snapshot of bob'));
    expect(alice.inspect().base).not.toBe(bob.inspect().base);
    home.network.heal();
    await home.until('both hold both', () =>
      [alice, bob].every((each) => heldHeads(each).length === 2),
    );
    await home.until('equal states on one base', () => areEqual(alice, bob));
    expect(titlesOf(alice)).toEqual([
      'after the snapshot of bob',
      'before the lies',
      'of alice',
      'of bob',
    ]);
    await converge('goes on');
    await home.stop('bob');
    const back = await home.start('bob');
    await home.until('the same after a restart', () => areEqual(alice, back));
    expect(heldHeads(back)).toEqual(heldHeads(alice));

    const third = await alice.snapshots.propose('');
    if (!third.ok) throw new Error(third.error.kind);
    const asked = () => back.view().decisions.find((each) => each.id === third.value);
    await home.until('bob can recompute the join', () => asked()?.approveBlocker === null);
    await back.decisions.approve(third.value, '');
    await home.until('one base again', () =>
      [alice, back].every(
        (each) => each.view().snapshots[0]?.index === 2 && each.view().snapshots[0]?.isHeld,
      ),
    );
    await home.until('equal', () => areEqual(alice, back));
  });

  test('[S12] one device never approves twice on one ground, even when its facts are lost', async () => {
    const { home, alice, bob, mallory } = await lyingHousehold();
    await home.until('in step', () => areEqual(alice, bob));
    home.network.partition(['bob'], ['alice', 'mallory the liar']);
    const first = await bob.snapshots.propose('');
    if (!first.ok) throw new Error(first.error.kind);
    home.crash('bob');
    for (const table of ['facts', 'signatures'] as const) home.disk('bob').rowsOf(table).clear();
    const back = await home.start('bob');
    expect(back.view().decisions).toEqual([]);
    await back.records.create(draftOf('so that there is something'));
    expect(await back.snapshots.propose('')).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'answered-another' } },
    });
    await alice.records.create(draftOf('another state'));
    home.network.heal();
    const second = await alice.snapshots.propose('');
    if (!second.ok) throw new Error(second.error.kind);
    const asked = () => back.view().decisions.find((each) => each.id === second.value);
    await home.until('bob sees it', () => asked() !== undefined);
    await home.pass(5000);
    expect(asked()?.approveBlocker).toEqual({ kind: 'answered-another' });
    expect(mallory.device).toBeDefined();
  });
});
