import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { pair } from './household.js';
import { decisionOf, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf } from './with-liar.js';

const refuse = async (replica: Replica): Promise<void> => {
  const open = replica.view().decisions.find(({ stage }) => stage === 'open');
  const done = open && (await replica.decisions.refuse(open.id, 'not now'));
  if (done?.ok !== true) throw new Error(JSON.stringify(done));
};

const openAt = (replica: Replica) =>
  replica.view().decisions.filter(({ stage }) => stage === 'open');

const noesAt = (replica: Replica): number =>
  (openAt(replica)[0]?.answers ?? []).filter(({ answer }) => answer === 'no').length;

/** Four members of whom three are needed for the devices: two noes are too many. */
const fourMembers = async () => {
  const { home, alice, bob, carol } = await threeMembers();
  const dave = await home.start('dave');
  await pair(home, alice, dave, 'Dave tablet', [bob, carol]);
  const all = [alice, bob, carol, dave];
  await home.until('in step', () => areEqual(...all));
  return { home, alice, bob, carol, dave, all };
};

describe('what too many refused', () => {
  test('[C3] is turned down for all, asks nobody, and can be taken back', async () => {
    const { home, alice, bob, carol, dave, all } = await fourMembers();
    const asked = await alice.devices.rename(idOf(bob), 'Bob new');
    if (!asked.ok) throw new Error(asked.error.kind);
    await home.until('asked', () => all.every((each) => decisionOf(each) !== undefined));
    await refuse(bob);
    await home.until('one no', () => all.every((each) => noesAt(each) === 1));
    expect(all.map((each) => decisionOf(each)?.isTurnedDown)).toEqual(all.map(() => false));
    expect(decisionOf(dave)?.needsMe).toBe(true);
    await refuse(carol);
    await home.until('two', () => all.every((each) => noesAt(each) === 2));
    expect(all.map((each) => decisionOf(each)?.isTurnedDown)).toEqual(all.map(() => true));
    expect(all.map((each) => decisionOf(each)?.needsMe)).toEqual(all.map(() => false));
    const shown = openAt(alice)[0];
    expect(shown).toMatchObject({ stage: 'open', canWithdraw: true });
    expect((await alice.decisions.withdraw(shown?.id ?? asked.value)).ok).toBe(true);
    await home.until('taken back', () => all.every((each) => openAt(each).length === 0));
    const [ended] = dave.view().decisions.filter(({ stage }) => stage === 'withdrawn');
    expect(ended?.isTurnedDown).toBe(false);
  });

  test("[C3, S2] so is a snapshot, and nobody's edits wait for it any more", async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const all = [alice, bob, carol];
    await alice.records.create(draftOf('more'));
    await home.until('in step', () => areEqual(...all));
    expect((await alice.snapshots.propose('')).ok).toBe(true);
    await home.until('asked', () => all.every((each) => openAt(each).length === 1));
    const areTurnedDown = () => all.map((each) => openAt(each)[0]?.isTurnedDown);
    await refuse(bob);
    await home.until('one no', () => all.every((each) => noesAt(each) === 1));
    expect(areTurnedDown()).toEqual([false, false, false]);
    expect(all.map((each) => each.view().fence === null)).toEqual([false, false, false]);
    expect(openAt(carol)[0]?.needsMe).toBe(true);
    await refuse(carol);
    await home.until('two', () => all.every((each) => noesAt(each) === 2));
    expect(areTurnedDown()).toEqual([true, true, true]);
    expect(all.map((each) => each.view().fence)).toEqual([null, null, null]);
  });

  test('[C3] a snapshot that the others turned down keeps nobody from asking for another', async () => {
    const { home, alice, bob, carol, dave, all } = await fourMembers();
    expect((await alice.snapshots.propose('')).ok).toBe(true);
    await home.until('asked', () => all.every((each) => openAt(each).length === 1));
    expect(await dave.snapshots.propose('')).toMatchObject({ error: { kind: 'snapshot-pending' } });
    for (const each of [bob, carol]) await refuse(each);
    await home.until('turned down', () => openAt(dave)[0]?.isTurnedDown === true);
    await dave.records.create(draftOf('later'));
    expect((await dave.snapshots.propose('')).ok).toBe(true);
  });

  test('[C3, A3] is not put forward again where its proposer is gone', async () => {
    const { home, alice, bob, carol, dave } = await fourMembers();
    await bob.devices.rename(idOf(bob), 'Bob new');
    // He opened a ballot, and goes before a single promise has reached him.
    await home.stop('bob');
    const others = [alice, carol, dave];
    await home.until('asked', () => others.every((each) => decisionOf(each) !== undefined));
    await sayYes(home, dave, bob);
    await refuse(alice);
    await refuse(carol);
    await home.until('turned down', () =>
      others.every((each) => decisionOf(each)?.isTurnedDown === true),
    );
    const before = openAt(dave).map(({ id }) => id);
    await home.pass(300_000);
    expect(openAt(dave).map(({ id }) => id)).toEqual(before);
    expect(openAt(dave)[0]?.canWithdraw).toBe(false);
  });
});
