import { describe, expect, test } from 'vitest';
import { decodeCanonical, encodeCanonical } from '../../src/core/base/canonical.js';
import type { MemoryDisk } from '../../src/adapters/memory/memory-store.js';
import type { Store } from '../../src/ports/store.js';
import type { Replica } from '../../src/replica/commands.js';
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../src/replica/storage/checkpoint-codec.js';
import { checksumOf } from '../../src/core/base/checksum.js';
import { KEYS } from '../../src/replica/storage/rows.js';
import { isSealed, rowsBySession, sumOfRows } from '../../src/replica/storage/seals.js';
import { type Household, createHousehold, pair } from './household.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

/** A household in which every few facts are worth a checkpoint. */
const settled = async (): Promise<{ home: Household; alice: Replica; bob: Replica }> => {
  const home = createHousehold({ checkpointFacts: 3 });
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  for (const title of ['tea', 'salt', 'rice']) await alice.records.create(draftOf(title));
  await bob.records.create(draftOf('oats'));
  const tea = alice.view().records.find((each) => each.title === 'tea');
  await alice.records.edit(tea?.key ?? '', { ...draftOf('green tea'), labels: ['drink'] });
  const salt = alice.view().records.find((each) => each.title === 'salt');
  await alice.records.remove(salt?.key ?? '');
  await home.until('in step', () => areEqual(alice, bob) && titlesOf(bob).includes('green tea'));
  await home.pass(3_000);
  return { home, alice, bob };
};

/** Notes of each commit that prunes whether the checkpoint goes with it. */
const noting = (store: Store, pruning: boolean[]): Store => ({
  ...store,
  commit: (changes, durability) => {
    const isPruning = changes.some(
      (each) => each.kind === 'delete-range' && each.table === 'facts',
    );
    if (isPruning) {
      pruning.push(changes.some((each) => each.kind === 'delete' && each.key === KEYS.checkpoint));
    }
    return store.commit(changes, durability);
  },
});

const rowOf = (disk: MemoryDisk): Uint8Array | undefined =>
  disk.rowsOf('payloads').get(KEYS.checkpoint);

const checkpointOf = (disk: MemoryDisk): Checkpoint => {
  const row = rowOf(disk) ?? new Uint8Array();
  const outer = decodeCanonical(row);
  const [, body] = outer.ok ? (outer.value as [string, Uint8Array]) : [];
  const inner = decodeCanonical(body ?? new Uint8Array());
  const [, footing] = inner.ok ? (inner.value as [number, string]) : [];
  const read = decodeCheckpoint(row, footing ?? '');
  if (read === null) throw new Error('the device has a checkpoint');
  return read;
};

/** Puts another text into every title of a checkpoint: whoever takes it up shows that. */
const spoil = (disk: MemoryDisk, title = 'spoilt'): void => {
  const held = checkpointOf(disk);
  const items = new Map(
    [...held.kept.state.items].map(([key, item]) => {
      const before = item.fields.get('title');
      if (before === undefined) throw new Error('a record has a title');
      const fields = new Map(item.fields).set('title', { ...before, value: title });
      return [key, { ...item, fields }];
    }),
  );
  const kept = { ...held.kept, state: { ...held.kept.state, items } };
  disk.rowsOf('payloads').set(KEYS.checkpoint, encodeCheckpoint({ ...held, kept }));
};

const turnBit = (bytes: Uint8Array, at: number): Uint8Array => {
  const turned = bytes.slice();
  turned[at] = (turned[at] ?? 0) ^ 4;
  return turned;
};

const linesOf = (replica: Replica, kind: string) =>
  replica.view().activity.filter((line) => line.kind === kind);

describe('what was folded is written down, and taken up at the next start', () => {
  test('[F9] a start shows the same with a checkpoint as without', async () => {
    const { home, alice } = await settled();
    const before = alice.inspect();
    await home.stop('alice');
    const again = await home.start('alice');
    expect(again.inspect()).toEqual(before);
    expect(titlesOf(again)).toEqual(['green tea', 'oats', 'rice']);
    expect(again.view().journal).toMatchObject({ facts: before.facts, undecidedFacts: 0 });
    const { bytes } = again.view().journal;
    await home.stop('alice');
    home.disk('alice').rowsOf('payloads').delete(KEYS.checkpoint);
    const anew = await home.start('alice');
    expect(anew.inspect()).toEqual(before);
    expect(anew.view().journal.bytes).toBe(bytes);
  });

  test('[F9] it is taken up, and what came after it is folded on', async () => {
    const { home, alice } = await settled();
    await alice.records.create(draftOf('after'));
    await home.stop('alice');
    spoil(home.disk('alice'));
    const again = await home.start('alice');
    expect(titlesOf(again)).toEqual(['after', 'spoilt', 'spoilt', 'spoilt']);
    await again.records.create(draftOf('later'));
    expect(titlesOf(again)).toContain('later');
  });

  test('[S3, C2] what is proposed comes from the facts, whatever a checkpoint says', async () => {
    const { home } = await settled();
    await home.stop('alice');
    spoil(home.disk('alice'));
    const alice = await home.start('alice');
    const { bob } = { bob: await restarted(home, 'bob') };
    await home.until('they meet', () => alice.view().sync.connectedCount === 1);
    await alice.snapshots.propose('spring');
    const open = () => bob.view().decisions.find((each) => each.needsMe);
    await home.until('bob is asked', () => open() !== undefined);
    expect(open()?.subject).toMatchObject({ differences: [] });
    expect((await bob.decisions.approve(open()?.id ?? ('' as never), '')).ok).toBe(true);
    await home.until('both adopted it', () =>
      [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
    );
    await home.until('equal', () => areEqual(alice, bob));
    expect(titlesOf(alice)).toEqual(['green tea', 'oats', 'rice']);
  });

  test('[F9, S5] it goes in the very commit that prunes what it speaks of', async () => {
    const pruning: boolean[] = [];
    const home = createHousehold({
      checkpointFacts: 3,
      wrap: (_, keeping) => ({ ...keeping, store: noting(keeping.store, pruning) }),
    });
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    for (const title of ['tea', 'salt', 'rice']) await alice.records.create(draftOf(title));
    await home.pass(3_000);
    expect(rowOf(home.disk('alice'))).toBeDefined();
    expect((await alice.snapshots.propose('spring')).ok).toBe(true);
    expect(alice.view().snapshots[0]?.isHeld).toBe(true);
    expect(pruning).toEqual([true]);
    expect(rowOf(home.disk('alice'))).toBeUndefined();
    const before = alice.inspect();
    await home.stop('alice');
    expect((await home.start('alice')).inspect()).toEqual(before);
  });

  test('[F9, F12] a bit turned in a sealed row is noticed, not sent, and healed', async () => {
    const { home, bob } = await settled();
    await home.stop('alice');
    const rows = home.disk('alice').rowsOf('facts');
    const key = [...rows.keys()].sort()[0] ?? '';
    const row = rows.get(key) ?? new Uint8Array();
    rows.set(key, turnBit(row, row.length - 9));
    const before = bob.inspect();
    const again = await home.start('alice');
    expect(linesOf(again, 'session-damaged')).toHaveLength(1);
    await home.until('whole again', () => areEqual(again, bob));
    expect(bob.inspect().facts).toBeGreaterThanOrEqual(before.facts);
    expect(linesOf(bob, 'fact-refused')).toEqual([]);
    expect(titlesOf(again)).toEqual(['green tea', 'oats', 'rice']);
  });

  test.each(['facts', 'signatures'] as const)(
    '[F9] a lost row of %s is noticed as it is without a checkpoint',
    async (table) => {
      const { home, bob } = await settled();
      await home.stop('alice');
      const rows = home.disk('alice').rowsOf(table);
      rows.delete([...rows.keys()].sort()[0] ?? '');
      spoil(home.disk('alice'));
      const again = await home.start('alice');
      expect(titlesOf(again)).not.toContain('spoilt');
      await home.until('whole again', () => areEqual(again, bob));
    },
  );

  test('[F9] damage anywhere in a checkpoint is passed over', async () => {
    const { home, alice } = await settled();
    const before = alice.inspect();
    await home.stop('alice');
    const row = rowOf(home.disk('alice')) ?? new Uint8Array();
    const { footing } = checkpointOf(home.disk('alice'));
    for (let at = 0; at < row.length; at += 1) {
      expect(decodeCheckpoint(turnBit(row, at), footing)).toBeNull();
    }
    home
      .disk('alice')
      .rowsOf('payloads')
      .set(KEYS.checkpoint, turnBit(row, row.length >> 1));
    expect((await home.start('alice')).inspect()).toEqual(before);
  });

  test('[F7] one of another footing is passed over: the base moved on', async () => {
    const { home, alice } = await settled();
    const held = rowOf(home.disk('alice'));
    await alice.snapshots.propose('');
    const { bob } = { bob: await restarted(home, 'bob') };
    const open = () => bob.view().decisions.find((each) => each.needsMe);
    await home.until('bob is asked', () => open() !== undefined);
    await bob.decisions.approve(open()?.id ?? ('' as never), '');
    await home.until('it stands', () => alice.view().snapshots[0]?.isHeld === true);
    await home.until('equal', () => areEqual(alice, bob));
    const before = alice.inspect();
    await home.stop('alice');
    home
      .disk('alice')
      .rowsOf('payloads')
      .set(KEYS.checkpoint, held ?? new Uint8Array());
    spoil(home.disk('alice'));
    const again = await home.start('alice');
    expect(again.inspect()).toEqual(before);
    expect(titlesOf(again)).not.toContain('spoilt');
  });

  test('[F7, A4] one of an earlier roster is passed over, however sound', async () => {
    const { home, alice, bob } = await settled();
    const held = rowOf(home.disk('alice')) ?? new Uint8Array();
    await alice.devices.rename(idOf(bob), 'Bob two');
    const open = () => bob.view().decisions.find((each) => each.needsMe);
    await home.until('bob is asked', () => open() !== undefined);
    await bob.decisions.approve(open()?.id ?? ('' as never), '');
    await home.until('renamed', () => alice.view().account?.identityEpoch === 2);
    await home.stop('alice');
    home.disk('alice').rowsOf('payloads').set(KEYS.checkpoint, held);
    spoil(home.disk('alice'));
    expect(titlesOf(await home.start('alice'))).toEqual(['green tea', 'oats', 'rice']);
  });

  test('[F9] sealed rows that hold no facts end their checkpoint', async () => {
    const { home } = await settled();
    await home.stop('alice');
    const disk = home.disk('alice');
    const held = checkpointOf(disk);
    const key = [...disk.rowsOf('facts').keys()].sort()[0] ?? '';
    const row = disk.rowsOf('facts').get(key) ?? new Uint8Array();
    disk.rowsOf('facts').set(key, turnBit(row, row.length - 9));
    const rows = rowsBySession([...disk.rowsOf('facts')].map(([k, value]) => ({ key: k, value })));
    const seals = held.seals.map((seal) => {
      const of = (rows.get(seal.session) ?? []).slice(0, seal.rows);
      return { ...seal, sum: sumOfRows(of) };
    });
    expect(seals.every((seal) => isSealed(seal, rows.get(seal.session) ?? []))).toBe(true);
    disk.rowsOf('payloads').set(KEYS.checkpoint, encodeCheckpoint({ ...held, seals }));
    const again = await home.start('alice');
    expect(linesOf(again, 'session-damaged')).toHaveLength(0);
    await home.pass(1_000);
    expect(linesOf(again, 'task-failed').length).toBeGreaterThan(0);
    expect(rowOf(disk)).toBeUndefined();
    await home.stop('alice');
    expect(linesOf(await home.start('alice'), 'session-damaged')).toHaveLength(1);
  });

  test('[F9] rows that changed under the open app are not sealed', async () => {
    const { home } = await settled();
    await home.stop('alice');
    home.disk('alice').rowsOf('payloads').delete(KEYS.checkpoint);
    await home.start('alice');
    const rows = home.disk('alice').rowsOf('facts');
    const key = [...rows.keys()].sort()[0] ?? '';
    const row = rows.get(key) ?? new Uint8Array();
    rows.set(key, turnBit(row, row.length - 9));
    await home.pass(3_000);
    expect(rowOf(home.disk('alice'))).toBeUndefined();
  });

  test('[F9] of another format it is passed over', () => {
    const body = encodeCanonical([2, 'footing', [], [], [[], [], [], [], [], [], []]]);
    expect(decodeCheckpoint(encodeCanonical([checksumOf(body), body]), 'footing')).toBeNull();
    const sound = encodeCanonical([3, 'footing', [], [], [[], [], [], [], [], [], [], [[]]]]);
    expect(decodeCheckpoint(encodeCanonical([checksumOf(sound), sound]), 'footing')).not.toBeNull();
  });
});

const restarted = async (home: Household, name: string): Promise<Replica> => {
  await home.stop(name);
  return home.start(name);
};
