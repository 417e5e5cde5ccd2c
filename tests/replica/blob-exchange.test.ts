import { describe, expect, test } from 'vitest';
import { type BlobId, brandHex } from '../../src/core/base/brands.js';
import type { BlobMessage } from '../../src/core/links/messages.js';
import { err } from '../../src/core/base/result.js';
import type { Transport } from '../../src/ports/transport.js';
import type { Keeping } from './dying-device.js';
import { CHUNK, attachTo, fileOf, reads, recordOf, sendingInstead } from './files.js';
import { type Household, createHousehold, pair } from './household.js';
import type { Replica } from '../../src/replica/commands.js';
import { areEqual, idOf } from './with-liar.js';

type Tamper = (message: BlobMessage) => readonly BlobMessage[];

/** Everybody sends as they are, but those who are named. */
const wiring =
  (tampers: Readonly<Record<string, Tamper>>) =>
  (name: string, plain: Transport): Transport => {
    const tamper = tampers[name];
    return tamper === undefined ? plain : sendingInstead(plain, tamper);
  };

/** Alice and Bob with one file that both hold. */
const twoWithFile = async (home: Household, bytes: Uint8Array) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  const blob = await attachTo(alice, bytes);
  await home.until('bob has it', () => bob.view().blobs.hereBytes === bytes.length);
  return { alice, bob, blob };
};

describe('files from several devices', () => {
  test('[N7] come from all who have them at once', async () => {
    const given = { alice: 0, bob: 0 };
    const counting =
      (name: 'alice' | 'bob'): Tamper =>
      (message) => {
        if (message.kind === 'blobChunk' && message.bytes !== null) given[name] += 1;
        return [message];
      };
    const home = createHousehold({
      wire: wiring({ alice: counting('alice'), bob: counting('bob') }),
    });
    const bytes = fileOf(12 * CHUNK);
    const { alice, bob, blob } = await twoWithFile(home, bytes);
    const before = { ...given };
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('carol has it', () => carol.view().blobs.hereBytes === bytes.length);
    expect(await reads(carol, blob, bytes)).toBe(true);
    const chunks = { alice: given.alice - before.alice, bob: given.bob - before.bob };
    expect(chunks.alice + chunks.bob).toBe(12);
    expect(Math.min(chunks.alice, chunks.bob)).toBeGreaterThan(2);
  });

  test('[N5, N7, N8] who promises and never sends is passed over; what others have comes all the same', async () => {
    let isSilent = false;
    const silent: Tamper = (message) =>
      isSilent && (message.kind === 'blobChunk' || message.kind === 'blobIndex') ? [] : [message];
    const home = createHousehold({ wire: wiring({ alice: silent }) });
    const bytes = fileOf(6 * CHUNK);
    const { alice, bob, blob } = await twoWithFile(home, bytes);
    isSilent = true;
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('carol has it', () => carol.view().blobs.hereBytes === bytes.length);
    expect(await reads(carol, blob, bytes)).toBe(true);
    // That is seen of it, as of who gave it.
    const actsOf = (of: Replica): readonly string[] =>
      carol
        .view()
        .peers.find(({ device }) => device === idOf(of))
        ?.conduct.map(({ act }) => act) ?? [];
    expect(actsOf(alice)).toContain('kept-waiting');
    expect(actsOf(bob)).toEqual(expect.arrayContaining(['gave']));
    expect(actsOf(bob)).not.toContain('kept-waiting');
  });

  test('[N8] chunks that come twice, unasked or under another name change nothing', async () => {
    const noisy: Tamper = (message) => {
      if (message.kind !== 'blobChunk') return [message];
      const elsewhere = { ...message, blob: brandHex<BlobId>('0'.repeat(64)) };
      return [{ ...message, chunk: 300 }, elsewhere, message, message];
    };
    const home = createHousehold({ wire: wiring({ alice: noisy }) });
    const bytes = fileOf(6 * CHUNK + 1);
    const { bob, blob } = await twoWithFile(home, bytes);
    expect(await reads(bob, blob, bytes)).toBe(true);
    expect(home.disk('bob').rowsOf('blobs').size).toBe(8);
    expect(bob.view().problems).toEqual([]);
  });

  test('[N7, N8] whose bytes came damaged is asked again after a while, and ever more seldom if it goes on so', async () => {
    let damaged = Infinity;
    let given = 0;
    const careless: Tamper = (message) => {
      if (message.kind !== 'blobChunk' || message.bytes === null) return [message];
      given += 1;
      const isDamaged = given <= damaged;
      return [isDamaged ? { ...message, bytes: message.bytes.map((byte) => byte ^ 1) } : message];
    };
    const home = createHousehold({ wire: wiring({ alice: careless }) });
    const bytes = fileOf(CHUNK);
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    const blob = await attachTo(alice, bytes);
    await home.until('all they agreed on is here', () => areEqual(alice, bob));
    await home.pass(1_200_000);
    expect(bob.view().blobs.hereBytes).toBe(0);
    expect(given).toBeGreaterThan(3);
    expect(given).toBeLessThan(10);
    damaged = 0;
    await home.pass(1_200_000);
    expect(await reads(bob, blob, bytes)).toBe(true);
  });

  test('[N7, N8] what went bad on a disk is not given out as if it were good, and comes anew itself', async () => {
    let given = 0;
    const counting: Tamper = (message) => {
      if (message.kind === 'blobChunk' && message.bytes !== null) given += 1;
      return [message];
    };
    const home = createHousehold({ wire: wiring({ alice: counting }) });
    const bytes = fileOf(2 * CHUNK);
    const { alice, bob, blob } = await twoWithFile(home, bytes);
    given = 0;
    const rows = home.disk('alice').rowsOf('blobs');
    for (const [key, row] of rows)
      if (/\/\d+$/.test(key))
        rows.set(
          key,
          row.map((byte) => byte ^ 1),
        );
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('carol has it', () => carol.view().blobs.hereBytes === bytes.length);
    expect(carol.view().activity.map(({ kind }) => kind)).not.toContain('message-refused');
    expect(given).toBe(0);
    // What nobody asked alice for is found bad when it is read.
    await reads(alice, blob, bytes);
    await home.until('alice too', () => alice.view().blobs.hereBytes === bytes.length);
    expect(await reads(alice, blob, bytes)).toBe(true);
  });

  test('[N7] who lost a chunk says so, and it comes from another', async () => {
    const forgetful: Tamper = (message) =>
      message.kind === 'blobChunk' && message.chunk === 1
        ? [{ ...message, bytes: null }]
        : [message];
    const bytes = fileOf(3 * CHUNK);
    const tampers: Record<string, Tamper> = {};
    const home = createHousehold({
      wire: (name, plain) => sendingInstead(plain, (each) => tampers[name]?.(each) ?? [each]),
    });
    const { alice, bob, blob } = await twoWithFile(home, bytes);
    tampers['alice'] = forgetful;
    const carol = await home.start('carol');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('carol has it', () => carol.view().blobs.hereBytes === bytes.length);
    expect(await reads(carol, blob, bytes)).toBe(true);
  });
});

describe('a device that fetches files', () => {
  test('[F9, N7] stops when its disk is full, says so, and goes on once there is room', async () => {
    const disk = { roomFor: 2, refused: 0 };
    const wrap = (name: string, keeping: Keeping): Keeping => {
      if (name !== 'bob') return keeping;
      const { store } = keeping;
      const commit: typeof store.commit = async (changes, durability) => {
        const chunks = changes.filter((each) => each.table === 'blobs').length;
        if (chunks > disk.roomFor) {
          disk.refused += 1;
          return err({ kind: 'quota' });
        }
        disk.roomFor -= chunks;
        return store.commit(changes, durability);
      };
      return { ...keeping, store: { ...store, commit } };
    };
    const home = createHousehold({ wrap });
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    const bytes = fileOf(5 * CHUNK);
    const blob = await attachTo(alice, bytes);
    await home.until('the disk is full', () => disk.refused > 0);
    await home.pass(1_000);
    expect(bob.view().problems.map(({ kind }) => kind)).toEqual(['quota']);
    await recordOf(alice);
    await home.pass(20_000);
    // What was under way came, and nothing was asked for again.
    expect(disk.refused).toBeLessThanOrEqual(4);
    expect(bob.view().blobs).toMatchObject({ hereCount: 0, hereBytes: CHUNK });
    expect(bob.view().records).toHaveLength(2);
    disk.roomFor = 100;
    await home.until('it goes on', () => bob.view().blobs.hereBytes === bytes.length);
    expect(await reads(bob, blob, bytes)).toBe(true);

    // A disk that stays full costs ever less of a line that somebody may pay for.
    disk.roomFor = 0;
    disk.refused = 0;
    await attachTo(alice, bytes);
    await home.pass(1_200_000);
    expect(disk.refused).toBeGreaterThan(3);
    expect(disk.refused).toBeLessThan(30);
    disk.roomFor = 100;
    await home.pass(300_000);
    expect(bob.view().blobs.hereCount).toBe(2);
  });

  test('[N7] fetches all, the recent, or what is asked for, as its person said, also after a restart', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    let bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    expect((await bob.files.setPolicy('on-demand')).ok).toBe(true);
    const first = await attachTo(alice, fileOf(10));
    const second = await attachTo(alice, fileOf(20, 2));
    await home.until('in step', () => areEqual(alice, bob));
    await home.pass(2_000);
    expect(bob.view().blobs).toMatchObject({ hereCount: 0, missingCount: 2 });
    expect(await bob.files.read(second)).toMatchObject({ error: { kind: 'not-here' } });
    await home.stop('bob');
    bob = await home.start('bob');
    await home.until('they meet', () => bob.view().sync.inStepCount === 2);
    await home.pass(2_000);
    expect(bob.view().blobs.hereCount).toBe(0);
    expect((await bob.files.fetch(second)).ok).toBe(true);
    await home.until('the one came', () => bob.view().blobs.hereCount === 1);
    await home.pass(2_000);
    expect(await reads(bob, second, fileOf(20, 2))).toBe(true);
    expect(bob.view().blobs.hereCount).toBe(1);
    home.clock.jumpWall(100 * 24 * 3_600_000);
    await bob.files.setPolicy('recent');
    await home.pass(2_000);
    expect(bob.view().blobs.hereCount).toBe(1);
    await bob.files.setPolicy('all');
    await home.until('all came', () => bob.view().blobs.hereCount === 2);
    expect(await reads(bob, first, fileOf(10))).toBe(true);
  });
});
