import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { copyOfDisk, putBack } from './dying-device.js';
import { DANGER_MS, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const strandedOf = (replica: Replica) =>
  replica.view().strandedEdits.map(({ title, cause }) => `${title}: ${cause}`);

/** Carol is taken out at a point that her last words, which only bob heard, lie beyond. */
const carolIsOut = async () => {
  const { home, alice, bob, carol } = await threeMembers();
  const carolId = idOf(carol);
  home.network.partition(['alice'], ['bob', 'carol']);
  const old = carol.view().records[0]?.key ?? '';
  await alice.devices.remove(carolId, 'lost');
  await carol.records.create(draftOf('only bob heard'));
  await carol.records.edit(old, { ...draftOf('old'), text: 'carol’s last word' });
  await home.until('bob heard', () => areEqual(bob, carol));
  await home.stop('carol');
  home.network.heal();
  await sayYes(home, bob, alice);
  await home.pass(DANGER_MS);
  await home.until('she is out', () =>
    [alice, bob].every((each) => each.view().devices.length === 2),
  );
  await home.until('alice heard of it', () => alice.view().strandedEdits.length === 2);
  return { home, alice, bob, carolId };
};

describe('what a device wrote beyond the point up to which it counts', () => {
  test('[A4, A11] members see it, and one takes it over as its own, saying whose it was', async () => {
    const { home, alice, bob, carolId } = await carolIsOut();
    for (const each of [alice, bob]) {
      expect(titlesOf(each)).toEqual(['old']);
      expect(each.view().records[0]?.text).toBe('text of old');
      expect(strandedOf(each).sort()).toEqual(['old: beyond', 'only bob heard: beyond']);
    }
    const found = alice.view().strandedEdits.find(({ title }) => title === 'only bob heard');
    expect(found).toMatchObject({
      ...{ text: 'text of only bob heard', editedBy: carolId, editedByName: 'Carol laptop' },
    });
    const taken = await alice.records.restoreStranded(found?.key ?? '', 'from Carol laptop');
    if (!taken.ok) throw new Error(taken.error.kind);
    await home.until('bob has it', () => areEqual(alice, bob));
    const record = bob.view().records.find(({ key }) => key === taken.value);
    expect(record).toMatchObject({
      ...{ title: 'only bob heard', text: 'text of only bob heard' },
      ...{ labels: ['from Carol laptop'], editedBy: idOf(alice) },
    });
    // What a record says already is offered to nobody, on either device.
    for (const each of [alice, bob]) expect(strandedOf(each)).toEqual(['old: beyond']);
    const again = await alice.records.restoreStranded(found?.key ?? '');
    expect(again).toEqual({ ok: false, error: { kind: 'unknown-record' } });
  });

  test('[A4] what a person leaves is shown there no more, after a restart too', async () => {
    const { home, alice, bob } = await carolIsOut();
    for (const { key } of alice.view().strandedEdits) {
      expect((await alice.records.leaveStranded(key)).ok).toBe(true);
    }
    expect(strandedOf(alice)).toEqual([]);
    expect(strandedOf(bob).length).toBe(2);
    await home.stop('alice');
    const again = await home.start('alice');
    await home.until('in step', () => areEqual(again, bob));
    expect(strandedOf(again)).toEqual([]);
    expect(titlesOf(again)).toEqual(['old']);
    const old = bob.view().strandedEdits.find(({ title }) => title === 'old');
    const taken = await bob.records.restoreStranded(old?.key ?? '', 'from Carol laptop');
    await home.until('all of it everywhere', () => areEqual(again, bob));
    expect(taken.ok).toBe(true);
    expect(
      again
        .view()
        .records.map(({ text }) => text)
        .sort(),
    ).toEqual(['carol’s last word', 'text of old']);
  });

  test('[F6] what a copy of a device wrote beside it is taken over from where it is held', async () => {
    const { home, alice } = await threeMembers();
    await home.stop('bob');
    const past = copyOfDisk(home.disk('bob'));
    const first = await home.start('bob');
    await first.records.create(draftOf('first story'));
    await home.until('alice has it', () => titlesOf(alice).includes('first story'));
    await home.stop('bob');
    putBack(home.disk('bob'), past);
    home.network.partition(['bob'], ['alice', 'carol']);
    const restored = await home.start('bob');
    await restored.records.create(draftOf('second story'));
    home.network.heal();
    await home.until('shown up', () => strandedOf(restored).length > 0);
    await home.until('here too', () => strandedOf(alice).includes('first story: two-stories'));
    expect(strandedOf(restored)).toContain('second story: two-stories');
    const mine = restored.view().strandedEdits.find(({ title }) => title === 'second story');
    expect((await restored.records.restoreStranded(mine?.key ?? '')).ok).toBe(true);
    await home.until('it counts', () => titlesOf(alice).includes('second story'));
  });
});
