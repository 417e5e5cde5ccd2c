import { describe, expect, test } from 'vitest';
import type { RecordVersionView } from '../../src/replica/records/record-history.js';
import { createHousehold, pair } from './household.js';
import { areEqual, draftOf, idOf } from './with-liar.js';

const told = (versions: readonly RecordVersionView[]): readonly string[] =>
  versions.map(({ kind, title, labels }) => [kind, title, ...labels].join(' '));

describe('the history of a record', () => {
  test('[F3, F7] every device tells the same, by whom, in the order that counts', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    const made = await alice.records.create(draftOf('boiler'));
    if (!made.ok) throw new Error('it is written');
    const other = await alice.records.create(draftOf('roof'));
    await home.until('heard', () => areEqual(alice, bob));
    await bob.records.edit(made.value, { ...draftOf('boiler'), labels: ['home'] });
    await home.until('heard again', () => areEqual(alice, bob));
    await alice.records.edit(made.value, { ...draftOf('heating'), labels: ['home'] });
    await home.until('in step', () => areEqual(alice, bob));

    const versions = alice.records.history(made.value);
    expect(told(versions)).toEqual(['created boiler', 'edited boiler home', 'edited heating home']);
    expect(versions.map(({ by }) => by)).toEqual([idOf(alice), idOf(bob), idOf(alice)]);
    expect(versions[1]?.text).toBe('text of boiler');
    expect(bob.records.history(made.value)).toEqual(versions);
    expect(other.ok && told(bob.records.history(other.value))).toEqual(['created roof']);
    expect(alice.records.history('queued:1')).toEqual([]);
  });

  test('[P1] of all records the list has the newest edit first, on every device', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    for (const title of ['boiler', 'roof', 'cellar']) {
      await alice.records.create(draftOf(title));
      await home.pass(1_000);
    }
    await home.until('heard', () => areEqual(alice, bob));
    const roof = bob.view().records.find(({ title }) => title === 'roof');
    await bob.records.edit(roof?.key ?? '', draftOf('new roof'));
    await home.until('in step', () => areEqual(alice, bob));
    const titles = alice.view().records.map(({ title }) => title);
    expect(titles).toEqual(['new roof', 'cellar', 'boiler']);
    expect(bob.view().records.map(({ title }) => title)).toEqual(titles);
  });

  test('[F3, S6] after a snapshot only its outcome stands, and what came since', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const made = await alice.records.create(draftOf('boiler'));
    if (!made.ok) throw new Error('it is written');
    await alice.records.edit(made.value, draftOf('heating'));
    await alice.snapshots.propose('');
    await home.until('pruned', () => alice.view().snapshots[0]?.isHeld === true);
    await alice.records.edit(made.value, draftOf('stove'));
    expect(told(alice.records.history(made.value))).toEqual(['kept heating', 'edited stove']);
    await alice.records.remove(made.value);
    expect(told(alice.records.history(made.value)).at(-1)).toBe('removed stove');
  });
});
