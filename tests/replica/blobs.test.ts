import { describe, expect, test } from 'vitest';
import type { BlobId } from '../../src/core/base/brands.js';
import type { BlobMessage } from '../../src/core/links/messages.js';
import type { Transport } from '../../src/ports/transport.js';
import type { Replica } from '../../src/replica/commands.js';
import { CHUNK, attachTo, fileOf, named, reads, recordOf, sendingInstead } from './files.js';
import { createHousehold, pair } from './household.js';
import { threeMembers } from './three-members.js';
import { areEqual } from './with-liar.js';

const attachBehind = async (device: Replica, key: string, name: string): Promise<BlobId> => {
  const done = await device.files.attach(key, named(name, fileOf(40)));
  if (!done.ok) throw new Error(done.error.kind);
  return done.value;
};
const filesOn = (device: Replica) => device.view().records[0]?.attachments ?? [];

describe('files of one device', () => {
  test('[F9, N7] are kept encrypted, read back, listed, taken off, and outlive a restart', async () => {
    const home = createHousehold();
    let alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const key = await recordOf(alice);
    const bytes = fileOf(2 * CHUNK + 9);
    const done = await alice.files.attach(key, named('manual.txt', bytes));
    if (!done.ok) throw new Error(done.error.kind);
    expect(filesOn(alice)).toMatchObject([
      { blob: done.value, name: 'manual.txt', bytes: bytes.length, state: 'here' },
    ]);
    expect(alice.view().blobs).toMatchObject({ hereCount: 1, hereBytes: bytes.length });
    const rows = [...home.disk('alice').rowsOf('blobs').values()];
    expect(rows.length).toBe(4);
    const start = Buffer.from(bytes.subarray(0, 64));
    expect(rows.some((row) => Buffer.from(row).includes(start))).toBe(false);

    await home.stop('alice');
    alice = await home.start('alice');
    expect(await reads(alice, done.value, bytes)).toBe(true);
    expect(await alice.files.drop(done.value)).toMatchObject({ error: { kind: 'only-copy' } });
    expect((await alice.files.detach(key, done.value)).ok).toBe(true);
    expect(filesOn(alice)).toEqual([]);
    const gone = { ok: false, error: { kind: 'unknown-blob' } };
    expect(await alice.files.read(done.value)).toEqual(gone);
    await home.stop('alice');
  });

  test('[S5] go once a snapshot covers that they were taken off, and not before', async () => {
    const home = createHousehold();
    let alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const key = await recordOf(alice);
    const kept = await alice.files.attach(key, named('kept', fileOf(5)));
    const gone = await alice.files.attach(key, named('gone', fileOf(6)));
    if (!kept.ok || !gone.ok) throw new Error('attached');
    await alice.files.detach(key, gone.value);
    const rows = () => home.disk('alice').rowsOf('blobs').size;
    await home.stop('alice');
    alice = await home.start('alice');
    await home.pass(1_000);
    expect(rows()).toBe(4);
    expect((await alice.snapshots.propose('')).ok).toBe(true);
    await home.until('pruned', () => rows() === 2);
    expect(await alice.files.read(kept.value)).toEqual({ ok: true, value: fileOf(5) });
    await home.stop('alice');
  });

  test('[F9] bytes that no fact came to name are swept up at the next start', async () => {
    const home = createHousehold();
    let alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const key = await recordOf(alice);
    const kept = await alice.files.attach(key, named('kept', fileOf(5)));
    const { rowsOf } = home.disk('alice');
    const orphan = '0'.repeat(63) + '1';
    await home.stop('alice');
    rowsOf('blobs').set(`${orphan}/000000`, fileOf(21));
    alice = await home.start('alice');
    expect([...rowsOf('blobs').keys()].every((row) => !row.startsWith(orphan))).toBe(true);
    expect(kept.ok && (await alice.files.read(kept.value)).ok).toBe(true);
    await home.stop('alice');
  });

  test('[F9, N7] a chunk that was harmed on disk is told from a true one and let go', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const done = await alice.files.attach(await recordOf(alice), named('a', fileOf(CHUNK + 1)));
    if (!done.ok) throw new Error(done.error.kind);
    const rows = home.disk('alice').rowsOf('blobs');
    rows.set(`${done.value}/000001`, fileOf(17));
    expect(await alice.files.read(done.value)).toEqual({
      ok: false,
      error: { kind: 'not-here', heldBytes: CHUNK, bytes: CHUNK + 1 },
    });
    expect(rows.has(`${done.value}/000001`)).toBe(false);
    await home.stop('alice');
  });
});

/** Gives other bytes than it has, for chunks of files. */
const lying = (message: BlobMessage): readonly BlobMessage[] => [
  message.kind === 'blobChunk' && message.bytes !== null
    ? { ...message, bytes: fileOf(64, 9) }
    : message,
];

describe('files between devices', () => {
  test('[N7, S10] come to a newcomer, who reads what was written before it came, and go on after a restart', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const bytes = fileOf(2 * CHUNK + 9);
    const done = await alice.files.attach(await recordOf(alice), named('manual', bytes));
    if (!done.ok) throw new Error(done.error.kind);
    let bob = await home.start('bob');
    await pair(home, alice, bob, 'Bob phone');
    const held = () => bob.view().blobs.hereBytes;
    const rows = home.disk('bob').rowsOf('blobs');
    await home.until('some of it is there', () => rows.size >= 2);
    await home.stop('bob');
    const kept = rows.size;
    bob = await home.start('bob');
    expect(rows.size).toBe(kept);
    await home.until('all of it is there', () => held() === bytes.length);
    expect(await reads(bob, done.value, bytes)).toBe(true);
    expect(filesOn(bob)).toMatchObject([{ state: 'here', heldBytes: bytes.length }]);
    await home.stop('alice');
    await home.stop('bob');
  });

  test('[N7, S10] come to a newcomer whom others let in while the admin is gone, and who is told what it waits for', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const bytes = fileOf(90);
    const blob = await attachTo(alice, bytes);
    await home.until('all have it', () =>
      [bob, carol].every((each) => each.view().blobs.hereBytes === bytes.length),
    );
    await home.stop('alice');
    const dave = await home.start('dave');
    await pair(home, bob, dave, 'Dave phone', [carol]);
    await home.until('it is here', () => dave.view().blobs.hereBytes === bytes.length);
    expect(await dave.files.read(blob)).toMatchObject({ error: { kind: 'no-key' } });
    await home.pass(120_000);
    expect(await reads(dave, blob, bytes)).toBe(true);
    // One of them said so, once.
    const facts = bob.view().journal.facts;
    await home.pass(600_000);
    expect(bob.view().journal.facts).toBe(facts);
  });

  test('[S2, N7] that are added behind the fence wait in the queue, are read there, and go out after it', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    let bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    const key = await recordOf(alice);
    await home.until('in step', () => areEqual(alice, bob));
    await alice.snapshots.propose('');
    await home.until('fenced', () => bob.view().fence !== null);
    const [kept, off] = [await attachBehind(bob, key, 'kept'), await attachBehind(bob, key, 'off')];
    expect(filesOn(bob)).toMatchObject([{ state: 'queued' }, { state: 'queued' }]);
    expect((await bob.files.detach(key, off)).ok).toBe(true);
    expect(await reads(bob, kept, fileOf(40))).toBe(true);
    expect(filesOn(alice)).toEqual([]);
    await home.stop('bob');
    bob = await home.start('bob');
    // A fence that was raised is not raised again.
    await home.until('alice has it', () => alice.view().blobs.hereCount === 1);
    expect(await reads(alice, kept, fileOf(40))).toBe(true);
    await home.until('in step again', () => areEqual(alice, bob));
    expect(filesOn(bob)).toMatchObject([{ blob: kept, state: 'here' }]);
  });

  test('[N7, N8] false chunks are never kept, and their giver is not asked for that file for a while', async () => {
    const wire = (name: string, plain: Transport) =>
      name === 'alice' ? sendingInstead(plain, lying) : plain;
    const home = createHousehold({ wire });
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    const done = await alice.files.attach(await recordOf(alice), named('a', fileOf(CHUNK + 5)));
    if (!done.ok) throw new Error(done.error.kind);
    const bob = await home.start('bob');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('the index is there', () => home.disk('bob').rowsOf('blobs').size === 1);
    await home.pass(5_000);
    expect([...home.disk('bob').rowsOf('blobs').keys()]).toEqual([`${done.value}/index`]);
    expect(bob.view().blobs.transfers).toMatchObject([{ givers: 0, heldBytes: 0 }]);
    await home.stop('alice');
    await home.stop('bob');
  });
});
