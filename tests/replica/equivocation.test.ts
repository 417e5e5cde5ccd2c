import { describe, expect, test } from 'vitest';
import { copyOfDisk, putBack } from './dying-device.js';
import { createPen } from './liar.js';
import { areEqual, draftOf, idOf, lyingHousehold, titlesOf } from './with-liar.js';

const record = (title: string) => ({
  kind: 'record.created' as const,
  ...{ title, text: '', labels: [] },
});

describe('a device that tells two stories', () => {
  test('[F6] both branches are shut out alike, everyone is told once, and no cut passes it', async () => {
    const all = await lyingHousehold();
    const { home, mallory, alice, bob } = all;
    const left = createPen(mallory, 'two stories');
    left.write(record('common'));
    const right = left.fork(1);
    left.write(record('to alice'));
    left.write(record('more to alice'));
    right.write(record('to bob'));
    home.network.partition(['alice'], ['bob']);
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await left.run()] });
    mallory.to(idOf(bob)).say({ kind: 'runs', runs: [await right.run()] });
    await home.until('each believes its own', () => {
      const isTold = titlesOf(alice).includes('more to alice');
      return isTold && titlesOf(bob).includes('to bob');
    });
    home.network.heal();
    await home.until('the alarm on both', () =>
      [alice, bob].every((each) =>
        each
          .view()
          .problems.some(
            ({ kind, device }) => kind === 'equivocation' && device === mallory.device,
          ),
      ),
    );
    await home.until('told to everyone', () => all.lines(bob, 'equivocation').length > 0);
    expect(all.lines(alice, 'equivocation').length).toBe(1);
    const visible = (replica: typeof alice) =>
      titlesOf(replica).filter((each) => each.includes('to '));
    expect([visible(alice), visible(bob)]).toEqual([[], []]);
    expect(titlesOf(alice)).toContain('common');

    const proposed = await alice.snapshots.propose('');
    if (!proposed.ok) throw new Error(proposed.error.kind);
    const seen = () => bob.view().decisions.find((each) => each.id === proposed.value);
    await home.until('bob can recompute it', () => seen()?.approveBlocker === null);
    await bob.decisions.approve(proposed.value, '');
    await home.until('held', () => [alice, bob].every((each) => each.view().snapshots[0]?.isHeld));
    await home.until(
      'in step in spite of it',
      () =>
        alice.inspect().factSet === bob.inspect().factSet && alice.view().sync.inStepCount === 2,
    );
    expect(alice.inspect().digest).toBe(bob.inspect().digest);
    expect(visible(alice)).toEqual([]);

    await home.stop('bob');
    const back = await home.start('bob');
    expect(back.view().problems.some(({ kind }) => kind === 'equivocation')).toBe(true);
    await home.until(
      'no proof is told twice',
      () => alice.inspect().digest === back.inspect().digest,
    );
  });

  test('[F6, F12] stories that part long before either ends are shown to part all the same', async () => {
    const all = await lyingHousehold();
    const { home, mallory, alice, bob } = all;
    const left = createPen(mallory, 'two long stories');
    const right = left.fork(0);
    for (let count = 0; count < 40; count += 1) left.write(record(`to alice ${count}`));
    for (let count = 0; count < 42; count += 1) right.write(record(`to bob ${count}`));
    home.network.partition(['alice'], ['bob']);
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await left.run()] });
    mallory.to(idOf(bob)).say({ kind: 'runs', runs: [await right.run()] });
    await home.until('each believes its own', () => {
      const isTold = titlesOf(alice).includes('to alice 39');
      return isTold && titlesOf(bob).includes('to bob 41');
    });
    // They meet with nothing said before: each hears first how far the other is by now.
    await home.stop('bob');
    home.network.heal();
    const back = await home.start('bob');
    await home.until('the alarm on both', () =>
      [alice, back].every((each) => all.lines(each, 'equivocation').length > 0),
    );
    await home.until('in step', () => alice.inspect().factSet === back.inspect().factSet);
    expect(alice.inspect().digest).toBe(back.inspect().digest);
    expect([alice, back].map(titlesOf)).toEqual([['before the lies'], ['before the lies']]);
  });

  test('[F5, F6] a cloned profile never writes on in a session that it did not write alone', async () => {
    const all = await lyingHousehold();
    const { home, alice, bob } = all;
    await bob.records.create(draftOf('before the copy'));
    await home.until('shared', () => areEqual(alice, bob));
    await home.stop('bob');
    const copy = new Map(
      (['facts', 'signatures', 'governance', 'own', 'profile', 'payloads'] as const).map(
        (table) => [table, new Map(home.disk('bob').rowsOf(table))],
      ),
    );
    const original = await home.start('bob');
    await original.records.create(draftOf('after the copy'));
    await home.until('alice has it', () => titlesOf(alice).includes('after the copy'));
    await home.stop('bob');
    for (const [table, rows] of copy) {
      home.disk('bob').rowsOf(table).clear();
      for (const [key, value] of rows) home.disk('bob').rowsOf(table).set(key, value);
    }
    const restored = await home.start('bob');
    expect(titlesOf(restored)).not.toContain('after the copy');
    await home.until('it hears of itself', () => titlesOf(restored).includes('after the copy'));
    expect(all.lines(restored, 'session-cloned').length).toBe(1);
    await restored.records.create(draftOf('in a new session'));
    await home.until('all of it everywhere', () => areEqual(alice, restored));
    expect(titlesOf(alice)).toEqual(titlesOf(restored));
    expect(alice.view().problems).toEqual([]);
  });

  test('[F6] a copy that wrote on before it heard is shown up and approves nothing', async () => {
    const all = await lyingHousehold();
    const { home, alice, bob } = all;
    await bob.records.create(draftOf('common'));
    await home.until('shared', () => areEqual(alice, bob));
    await home.stop('bob');
    const tables = ['facts', 'signatures', 'governance', 'own', 'profile', 'payloads'] as const;
    const copy = tables.map((table) => [table, new Map(home.disk('bob').rowsOf(table))] as const);
    const original = await home.start('bob');
    await original.records.create(draftOf('first story'));
    await home.until('alice has it', () => titlesOf(alice).includes('first story'));
    await home.stop('bob');
    for (const [table, rows] of copy) {
      home.disk('bob').rowsOf(table).clear();
      for (const [key, value] of rows) home.disk('bob').rowsOf(table).set(key, value);
    }
    home.network.partition(['bob'], ['alice']);
    const restored = await home.start('bob');
    await restored.records.create(draftOf('second story'));
    home.network.heal();
    await home.until('shown up on both', () =>
      [alice, restored].every((each) => all.lines(each, 'equivocation').length > 0),
    );
    const made = await restored.records.create(draftOf('afterwards'));
    expect(made.ok).toBe(true);
    await home.until('a new session goes on', () => titlesOf(alice).includes('afterwards'));
    const proposed = await alice.snapshots.propose('');
    if (!proposed.ok) throw new Error(proposed.error.kind);
    const seen = () => restored.view().decisions.find((each) => each.id === proposed.value);
    await home.until('bob is asked', () => seen() !== undefined);
    expect(seen()?.approveBlocker).toEqual({ kind: 'not-allowed' });
    expect((await restored.snapshots.propose('')).ok).toBe(false);
  });

  test('[F6, F12] a device put back to before it all hears the proof once it holds the session', async () => {
    const all = await lyingHousehold();
    const { home, mallory, alice, bob } = all;
    const bobId = idOf(bob);
    await home.stop('bob');
    const past = copyOfDisk(home.disk('bob'));
    const back = await home.start('bob');
    await home.until('the liar is connected', () => mallory.isLinkedTo(bobId));
    const left = createPen(mallory, 'two stories');
    left.write(record('common'));
    const right = left.fork(1);
    left.write(record('to alice'));
    right.write(record('to bob'));
    mallory.to(idOf(alice)).say({ kind: 'runs', runs: [await left.run()] });
    mallory.to(bobId).say({ kind: 'runs', runs: [await right.run()] });
    const knows = (replica: typeof alice) =>
      replica.view().problems.some(({ kind }) => kind === 'equivocation');
    await home.until('the alarm on both', () => knows(alice) && knows(back));
    await home.until('alice is in step', () => alice.inspect().factSet === back.inspect().factSet);
    const proposed = await alice.snapshots.propose('');
    if (!proposed.ok) throw new Error(proposed.error.kind);
    const seen = () => back.view().decisions.find((each) => each.id === proposed.value);
    await home.until('bob can recompute it', () => seen()?.approveBlocker === null);
    await back.decisions.approve(proposed.value, '');
    await home.until('held', () => [alice, back].every((each) => each.view().snapshots[0]?.isHeld));

    await home.stop('bob');
    putBack(home.disk('bob'), past);
    const restored = await home.start('bob');
    expect(knows(restored)).toBe(false);
    await home.until('in step again', () => alice.inspect().factSet === restored.inspect().factSet);
    expect(knows(restored)).toBe(true);
    expect(alice.inspect().digest).toBe(restored.inspect().digest);
  });
});
