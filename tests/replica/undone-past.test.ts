import { expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { decisionOf, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const heldHeads = (replica: Replica) =>
  replica.view().snapshots.filter((each) => each.isStanding && each.isHeld).length;

/** Bob and carol agree to so many snapshots, one on the other. */
const agreeTo = async (count: number, parts: Awaited<ReturnType<typeof threeMembers>>) => {
  const { home, bob, carol } = parts;
  for (let index = 1; index <= count; index += 1) {
    await bob.records.create(draftOf(`by bob ${index}`));
    await carol.records.create(draftOf(`by carol ${index}`));
    await home.until('in step', () => areEqual(bob, carol));
    const proposed = await bob.snapshots.propose('');
    if (!proposed.ok) throw new Error(proposed.error.kind);
    await home.until('asked', () => decisionOf(carol, proposed.value)?.approveBlocker === null);
    await carol.decisions.approve(proposed.value, '');
    await home.until('both adopted it', () =>
      [bob, carol].every((each) => heldHeads(each) >= Math.min(index, 1) && areEqual(bob, carol)),
    );
  }
};

const isUndoingOn = (replica: Replica): boolean | undefined => {
  const subject = decisionOf(replica)?.subject;
  return subject?.kind === 'roster' ? subject.undoesSnapshots : undefined;
};

test('[C2, A11] a list that knows nothing of the last snapshots undoes none of them', async () => {
  const parts = await threeMembers();
  const { home, alice, bob, carol } = parts;
  const carolId = idOf(carol);
  home.network.partition(['alice'], ['bob', 'carol']);
  await agreeTo(3, parts);
  const all = titlesOf(bob);
  expect(all).toHaveLength(7);
  await home.stop('carol');
  const first = await alice.devices.remove(carolId, 'lost');
  if (!first.ok) throw new Error(first.error.kind);
  // Of those snapshots she has not heard yet.
  expect(isUndoingOn(alice)).toBe(false);
  home.network.heal();
  await home.until('bob is asked', () => decisionOf(bob) !== undefined);
  await home.until('in step', () => areEqual(alice, bob));
  expect(decisionOf(bob)?.approveBlocker).toEqual({ kind: 'undoes-snapshots' });
  expect(titlesOf(alice)).toEqual(all);
  // Her own screen says so too: nobody but she can ask again.
  expect(decisionOf(alice)).toMatchObject({ canWithdraw: true, needsMe: false });
  expect([alice, bob].map(isUndoingOn)).toEqual([true, true]);

  await alice.decisions.withdraw(first.value);
  await home.until('it is withdrawn', () => decisionOf(bob) === undefined);
  expect((await alice.devices.remove(carolId, 'lost')).ok).toBe(true);
  expect(isUndoingOn(alice)).toBe(false);
  await sayYes(home, bob, alice);
  await home.until('she is out', () =>
    [alice, bob].every((each) => each.view().devices.length === 2),
  );
  await home.until('in step', () => areEqual(alice, bob));
  for (const each of [alice, bob]) {
    expect([titlesOf(each), each.view().strandedEdits]).toEqual([all, []]);
  }
});
