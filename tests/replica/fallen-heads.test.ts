import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { atEveryCall, disksOf, expectSound, startDay } from './crash-day.js';
import type { Fault } from './dying-device.js';
import { decisionOf, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const heldHeads = (replica: Replica) =>
  replica.view().snapshots.filter((each) => each.isStanding && each.isHeld).length;

const isOut = (...replicas: readonly Replica[]): boolean =>
  replicas.every((each) => each.view().devices.length === 2);

/** The delay of her removal: longer than all that happens before. */
const LONG_MS = 9_000;

/** What is left once all is well again: 'to go' was removed, and carol's words wait for a person. */
const LEFT = ['bob after', 'bob covered', 'bob long ago', 'old'];

/**
 * Bob, who already agreed that carol goes, agrees with her to a snapshot that alice does not hear
 * of in time. Her removal does not name it, so it falls, and with it what only it covered.
 */
const headThatFalls = async () => {
  const { home, alice, bob, carol } = await threeMembers({ timing: { dangerMs: LONG_MS } });
  const made = await bob.records.create(draftOf('bob long ago'));
  const other = await alice.records.create(draftOf('to go'));
  if (!made.ok || !other.ok) throw new Error('both are written');
  await home.until('in step', () => areEqual(alice, bob, carol) && titlesOf(carol).length === 3);
  const carolId = idOf(carol);
  await alice.devices.remove(carolId, 'lost');
  await sayYes(home, bob, alice);
  home.network.partition(['alice'], ['bob', 'carol']);
  await bob.records.create(draftOf('bob covered'));
  await bob.records.edit(made.value, { ...draftOf('bob long ago'), text: 'edited and covered' });
  await bob.records.remove(other.value);
  await carol.records.create(draftOf('carol covered'));
  await home.until('both have it', () => areEqual(bob, carol));
  const proposed = await bob.snapshots.propose('');
  if (!proposed.ok) throw new Error(proposed.error.kind);
  await home.until('asked', () => decisionOf(carol, proposed.value)?.approveBlocker === null);
  await carol.decisions.approve(proposed.value, '');
  await home.until('both adopted it', () => heldHeads(bob) === 1 && heldHeads(carol) === 1);
  await bob.records.create(draftOf('bob after'));
  await home.stop('carol');
  return { home, alice, bob, carolId, key: made.value };
};

describe('a snapshot that falls after it was adopted', () => {
  test('[A11, F5] own edits count again by themselves, others’ once a person agrees', async () => {
    const { home, alice, bob, carolId, key } = await headThatFalls();
    home.network.heal();
    await home.until('alice adopted it too', () => heldHeads(alice) === 1);
    await home.until('she is out', () => isOut(alice, bob));
    await home.until('in step', () => areEqual(alice, bob));
    expect(titlesOf(bob)).toEqual(LEFT);
    const edited = () => alice.view().records.find((each) => each.key === key);
    expect(edited()?.text).toBe('edited and covered');
    for (const each of [alice, bob]) {
      expect(each.view().strandedEdits).toMatchObject([
        { title: 'carol covered', cause: 'fallen', editedBy: carolId },
      ]);
      expect(each.view().problems).toEqual([]);
    }
    // No number is given twice: what each writes now follows what it wrote.
    await bob.records.edit(key, { ...draftOf('bob long ago'), text: 'and once more' });
    await home.until('it goes on', () => edited()?.text === 'and once more');
    await home.stop('bob');
    const back = await home.start('bob');
    expect(titlesOf(back)).toEqual(LEFT);
    const stranded = back.view().strandedEdits[0];
    const taken = await back.records.restoreStranded(stranded?.key ?? '', 'from Carol');
    expect(taken.ok).toBe(true);
    await home.until('taken over', () => titlesOf(alice).includes('carol covered'));
    expect(alice.view().strandedEdits).toEqual([]);
  });

  test('[A11] who never had its payload lists nothing of it, and gets what a person takes over', async () => {
    const { home, alice, bob, carolId } = await headThatFalls();
    await home.pass(LONG_MS);
    home.network.heal();
    await home.until('she is out', () => isOut(alice, bob));
    await home.until('in step', () => areEqual(alice, bob));
    // A head that is void is not fetched: alice never adopted it, so nothing of hers comes back.
    const heads = (of: Replica) => of.view().snapshots.map((each) => each.isStanding);
    expect([heads(alice), heads(bob)]).toEqual([[false], [false]]);
    expect([titlesOf(alice), titlesOf(bob)]).toEqual([LEFT, LEFT]);
    expect(alice.view().strandedEdits).toEqual([]);
    const [stranded] = bob.view().strandedEdits;
    expect(stranded).toMatchObject({ title: 'carol covered', cause: 'fallen', editedBy: carolId });
    const taken = await bob.records.restoreStranded(stranded?.key ?? '', 'from Carol');
    expect(taken.ok).toBe(true);
    await home.until('taken over', () => titlesOf(alice).includes('carol covered'));
  });

  test('[A4, A11] what is within the frontier of who goes counts on, although its snapshot falls', async () => {
    const { home, alice, bob, carol } = await threeMembers({ timing: { dangerMs: LONG_MS } });
    await carol.records.create(draftOf('carol in time'));
    await home.until('in step', () => areEqual(alice, bob, carol) && titlesOf(bob).length === 2);
    await alice.devices.remove(idOf(carol), 'left');
    await sayYes(home, bob, alice);
    await carol.records.create(draftOf('carol late'));
    await home.until('in step', () => areEqual(alice, bob, carol));
    const proposed = await bob.snapshots.propose('');
    if (!proposed.ok) throw new Error(proposed.error.kind);
    await home.until('asked', () => decisionOf(carol, proposed.value)?.approveBlocker === null);
    await carol.decisions.approve(proposed.value, '');
    await home.until('all pruned', () =>
      [alice, bob, carol].every((each) => heldHeads(each) === 1),
    );
    await home.stop('carol');
    await home.until('she is out', () => isOut(alice, bob));
    await home.until('in step', () => areEqual(alice, bob));
    expect(heldHeads(alice)).toBe(0);
    for (const each of [alice, bob]) {
      expect(titlesOf(each)).toEqual(['carol in time', 'old']);
      expect(each.view().strandedEdits).toMatchObject([{ title: 'carol late', cause: 'beyond' }]);
    }
    await home.stop('bob');
    const back = await home.start('bob');
    expect(titlesOf(back)).toEqual(['carol in time', 'old']);
  });

  test('[A11, S5] a later snapshot lets go of what was kept aside for the first', async () => {
    const { home, alice, bob } = await threeMembers();
    const kept = (): number =>
      [...home.disk('bob').rowsOf('governance').keys()].filter((key) => /^past:/.test(key)).length;
    for (const index of [1, 2, 3]) {
      await bob.records.create(draftOf(`before ${index}`));
      await home.until('in step', () => areEqual(alice, bob));
      const proposed = await alice.snapshots.propose('');
      if (!proposed.ok) throw new Error(proposed.error.kind);
      const asked = () => decisionOf(bob, proposed.value);
      await home.until('asked', () => asked()?.approveBlocker === null);
      await bob.decisions.approve(proposed.value, '');
      await home.until('adopted', () => heldHeads(bob) === index);
    }
    expect(kept()).toBe(2);
  });

  test('[A11, F9] a device that dies at any point of it loses nothing and doubles nothing', async () => {
    const { home } = await headThatFalls();
    await home.pass(LONG_MS);
    const disks = await disksOf(home, ['alice', 'bob']);
    const run = async (fault: Fault): Promise<void> => {
      const day = await startDay(disks, fault, ['alice', 'bob']);
      await day.until('she is out', () => isOut(day.at('alice'), day.at('bob')));
      await day.until('in step', () => areEqual(day.at('alice'), day.at('bob')));
      await day.until('all is back', () => titlesOf(day.at('bob')).length === LEFT.length);
      expect(titlesOf(day.at('alice'))).toEqual(LEFT);
      expectSound(day, ['alice', 'bob']);
    };
    expect(await atEveryCall('bob', run, ['lost', 'torn'])).toBeGreaterThan(2);
  }, 60_000);
});
