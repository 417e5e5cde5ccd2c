import { describe, expect, test } from 'vitest';
import { createHousehold, pair } from './household.js';
import type { Household } from './household.js';
import type { Replica } from '../../src/replica/commands.js';
import { err } from '../../src/core/base/result.js';
import { kindOf, sendingOthers } from './sending-others.js';
import { areEqual, askedOf, draftOf, titlesOf } from './with-liar.js';

const twoOf = async (home: Household) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await alice.records.create(draftOf('first'));
  await home.until('in step', () => areEqual(alice, bob) && titlesOf(bob).length === 1);
  return { alice, bob };
};

const problemsOf = (replica: Replica) => replica.view().problems.map(({ kind }) => kind);

describe('stores that fill up, fail and vanish', () => {
  test('[F9] a full store refuses the edit, says so, and the notice goes once it writes again', async () => {
    const home = createHousehold();
    const { alice, bob } = await twoOf(home);
    home.store('alice').failNext({ kind: 'quota' });
    const refused = await alice.records.create(draftOf('too much'));
    expect(refused).toEqual({ ok: false, error: { kind: 'store', error: { kind: 'quota' } } });
    expect(problemsOf(alice)).toEqual(['quota']);
    expect(titlesOf(alice)).toEqual(['first']);
    expect((await alice.records.create(draftOf('fits'))).ok).toBe(true);
    expect(problemsOf(alice)).toEqual([]);
    await home.until('no seq was used twice', () => areEqual(alice, bob));
    expect(titlesOf(bob)).toEqual(['first', 'fits']);
  });

  test('[F9, F12] what a full store could not take in comes again by itself', async () => {
    const home = createHousehold();
    const { alice, bob } = await twoOf(home);
    home.store('bob').failNext({ kind: 'quota' });
    await alice.records.create(draftOf('missed'));
    await home.until('it failed', () => problemsOf(bob).includes('quota'));
    expect(titlesOf(bob)).not.toContain('missed');
    await home.until('it came again', () => areEqual(alice, bob));
    expect(titlesOf(bob)).toContain('missed');
    expect(problemsOf(bob)).toEqual([]);
  });

  test('[F9] lines of the log survive a commit that failed', async () => {
    const home = createHousehold();
    const { alice } = await twoOf(home);
    await alice.devices.invite();
    home.clock.advance(601_000);
    await home.pass(50);
    home.store('alice').failNext({ kind: 'quota' });
    await alice.records.create(draftOf('refused'));
    await alice.records.create(draftOf('kept'));
    await home.stop('alice');
    const again = await home.start('alice');
    expect(again.view().activity.some((line) => line.kind === 'pairing-failed')).toBe(true);
  });

  test('[F9] a database deleted underneath shows as lost, and the others go on', async () => {
    const home = createHousehold();
    const { alice, bob } = await twoOf(home);
    home.disk('bob').lose();
    await home.pass(50);
    expect(bob.view().stage).toBe('lost');
    expect(problemsOf(bob)).toContain('store-lost');
    expect((await bob.records.create(draftOf('never'))).ok).toBe(false);
    expect((await alice.records.create(draftOf('goes on'))).ok).toBe(true);
    await home.stop('bob');
    expect(titlesOf(alice)).toEqual(['first', 'goes on']);
  });

  test('[F9] a flipped bit in a stored row is noticed, and what it hid comes again', async () => {
    const home = createHousehold();
    const { alice, bob } = await twoOf(home);
    await home.stop('bob');
    const rows = home.disk('bob').rowsOf('facts');
    const key = [...rows.keys()].sort()[0] ?? '';
    const flipped = new Uint8Array(rows.get(key) ?? []);
    flipped[flipped.length - 9] = (flipped[flipped.length - 9] ?? 0) ^ 4;
    rows.set(key, flipped);
    const back = await home.start('bob');
    expect(back.view().activity.some((line) => line.kind === 'session-damaged')).toBe(true);
    await home.until('whole again', () => areEqual(alice, back));
    await home.stop('bob');
    const once = await home.start('bob');
    const lines = once.view().activity.filter((line) => line.kind === 'session-damaged');
    expect(lines.length).toBe(1);
    expect(bob.view().stage).toBeDefined();
  });

  test('[F9] a bit flipped in the last fact of a session, which still reads, is noticed', async () => {
    const home = createHousehold();
    const { alice } = await twoOf(home);
    await home.stop('bob');
    const rows = home.disk('bob').rowsOf('facts');
    const [key, row] = [...rows].find(([, value]) => Buffer.from(value).includes('first')) ?? [];
    const flipped = Buffer.from(row ?? []);
    flipped.write('girst', flipped.indexOf('first'));
    rows.set(key ?? '', new Uint8Array(flipped));
    const back = await home.start('bob');
    await home.until('whole again', () => areEqual(alice, back));
    expect(titlesOf(back)).toEqual(['first']);
  });

  test('[S2, F9] the queue survives a restart, which ends the fence, and is written exactly once', async () => {
    const home = createHousehold();
    const { alice, bob } = await twoOf(home);
    await alice.snapshots.propose('');
    await home.until('fenced', () => bob.view().fence !== null);
    for (const title of ['queued 1', 'queued 2']) await bob.records.create(draftOf(title));
    expect(bob.view().journal.queuedEdits).toBe(2);
    home.crash('bob');
    const back = await home.start('bob');
    expect(back.view().fence).toBeNull();
    expect(back.view().journal.queuedEdits).toBe(0);
    expect(titlesOf(back)).toEqual(['first', 'queued 1', 'queued 2']);
    await home.stop('bob');
    const again = await home.start('bob');
    expect(titlesOf(again)).toEqual(['first', 'queued 1', 'queued 2']);
    await home.until('everywhere once', () => areEqual(alice, again));
  });

  test('[F9, S7] a snapshot that does not fit on the disk is not fetched again and again', async () => {
    let isFull = true;
    let asked = 0;
    const home = createHousehold({
      wrap: (name, keeping) => {
        const { store } = keeping;
        const commit: typeof store.commit = async (changes, durability) =>
          name === 'carol' && isFull && changes.some(({ table }) => table === 'payloads')
            ? err({ kind: 'quota' })
            : store.commit(changes, durability);
        return { ...keeping, store: { ...store, commit } };
      },
      wire: (name, transport) =>
        sendingOthers(transport, (bytes) => {
          if (name === 'carol' && kindOf(bytes) === 'wantPayload') asked += 1;
          return [bytes];
        }),
    });
    const { alice, bob } = await twoOf(home);
    const done = await alice.snapshots.propose('');
    if (!done.ok) throw new Error('it is proposed');
    await home.until('Bob is asked', () => askedOf(bob) !== undefined);
    expect((await bob.decisions.approve(done.value, '')).ok).toBe(true);
    await home.until('it stands', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.isHeld),
    );
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('she has no room for it', () => problemsOf(carol).includes('quota'));
    await home.pass(600_000);
    expect(asked).toBeLessThan(10);
    isFull = false;
    await home.pass(600_000);
    expect(areEqual(alice, bob, carol)).toBe(true);
    expect(problemsOf(carol)).toEqual([]);
  });

  test('[N6] after closing, no timer of a device is left that does anything', async () => {
    const home = createHousehold();
    const { alice, bob } = await twoOf(home);
    const before = titlesOf(alice);
    for (const name of ['alice', 'bob']) await home.stop(name);
    await home.pass(70_000);
    expect(home.clock.waiting()).toBe(0);
    expect((await alice.records.create(draftOf('too late')).catch(() => null))?.ok).not.toBe(true);
    expect([before, bob.inspect().facts]).toEqual([['first'], 0]);
  });
});
