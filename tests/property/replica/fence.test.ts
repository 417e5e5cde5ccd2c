import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeCanonical } from '../../../src/core/base/canonical.js';
import { parseBody } from '../../../src/core/facts/bodies.js';
import { parseFact, type Fact } from '../../../src/core/facts/codec.js';
import type { MemoryDisk } from '../../../src/adapters/memory/memory-store.js';
import type { Replica } from '../../../src/replica/commands.js';
import { TABLES } from '../../../src/ports/store.js';
import { diskOf, type KeptRow } from '../../fuzz/household-rows.js';
import { createHousehold, pair } from '../../replica/household.js';

const draft = (title: string, labels: readonly string[] = []) => ({ title, text: '', labels });

const rowsOn = (disk: MemoryDisk): readonly KeptRow[] =>
  TABLES.flatMap((table) => [...disk.rowsOf(table)].map(([key, value]) => ({ table, key, value })));

/** All facts that a disk holds, by session and seq. */
const factsOn = (disk: MemoryDisk): readonly Fact[] =>
  [...disk.rowsOf('facts')]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, value]) => {
      const packed = decodeCanonical(value);
      return packed.ok ? (packed.value as readonly Uint8Array[]) : [];
    })
    .flatMap((bytes) => {
      const fact = parseFact(bytes);
      return fact.ok ? [fact.value] : [];
    });

const writesOf = (facts: readonly Fact[]): readonly Fact[] =>
  facts.filter((fact) => fact.envelope.kind.startsWith('record.'));

const titleOf = (fact: Fact): string => {
  const body = parseBody(fact.envelope.kind, fact.bodyBytes);
  return body.ok && body.value.kind === 'record.created' ? body.value.title : '';
};

let rows: readonly KeptRow[] = [];
beforeAll(async () => {
  const household = createHousehold();
  const [ann, ben] = [await household.start('ann'), await household.start('ben')];
  await ann.account.create('Ann');
  await pair(household, ann, ben, 'Ben');
  await ann.records.create(draft('before'));
  rows = rowsOn(household.disk('ann'));
  await Promise.all([household.stop('ann'), household.stop('ben')]);
});

/** Ann alone, behind the fence of her own proposal: Ben is away and cannot agree. */
const fenced = async () => {
  const household = createHousehold({ disks: new Map([['ann', diskOf(rows)]]) });
  const ann = await household.start('ann');
  expect((await ann.snapshots.propose('spring')).ok).toBe(true);
  expect(ann.view().fence).not.toBeNull();
  return { household, ann };
};

type Act = 'create' | 'edit' | 'remove' | 'wait';
const acts = fc.array(fc.constantFrom<Act>('create', 'create', 'edit', 'remove', 'wait'), {
  minLength: 1,
  maxLength: 7,
});
const ending = fc.constantFrom('released', 'timed out', 'restarted');

const doAll = async (ann: Replica, all: readonly Act[], pass: () => Promise<void>) => {
  const made: string[] = [];
  for (const [index, act] of all.entries()) {
    const first = ann.view().records.find((record) => record.title === 'before');
    if (act === 'wait') await pass();
    if (act === 'create' && (await ann.records.create(draft(`new ${index}`))).ok) {
      made.push(`new ${index}`);
    }
    if (first === undefined) continue;
    if (act === 'edit') await ann.records.edit(first.key, draft('before', [`label ${index}`]));
    if (act === 'remove') await ann.records.remove(first.key);
  }
  return made;
};

describe('behind the fence', () => {
  it('[S2] no write is stamped, whatever is done; after it all follow, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(acts, ending, async (all, how) => {
        const { household, ann } = await fenced();
        const before = writesOf(factsOn(household.disk('ann'))).length;
        const made = await doAll(ann, all, () => household.pass(200));
        expect(ann.view().fence).not.toBeNull();
        expect(writesOf(factsOn(household.disk('ann'))).length).toBe(before);
        const shown = ann.view().records.map((record) => record.title);
        expect(shown).toEqual(expect.arrayContaining(made));
        if (how === 'released') await ann.fence.release();
        if (how === 'timed out') household.clock.advance(300_000);
        if (how === 'restarted') await household.stop('ann');
        const after = how === 'restarted' ? await household.start('ann') : ann;
        await household.until('the fence has fallen', () => after.view().fence === null);
        const isWritten = () =>
          household.disk('ann').rowsOf('queue').size === 0 &&
          after.view().records.every((record) => record.state !== 'queued');
        await household.until('the queue is written', isWritten);
        const titles = writesOf(factsOn(household.disk('ann'))).map(titleOf);
        expect(titles.filter((title) => title.startsWith('new'))).toEqual(made);
        await household.stop('ann');
      }),
      { numRuns: 10 },
    );
  });

  it('[S2] a change of a queued record that no fact could hold is refused, and stops no other', async () => {
    const { household, ann } = await fenced();
    const made = await ann.records.create(draft('queued'));
    if (!made.ok) throw new Error(made.error.kind);
    const labels = Array.from({ length: 32 }, (_, index) => `${index}`.padStart(40, '語'));
    const long = { title: '語'.repeat(200), text: 'x'.repeat(6000), labels };
    const done = await ann.records.edit(made.value, long);
    expect(done).toMatchObject({ ok: false, error: { kind: 'too-long' } });
    await ann.records.create(draft('another'));
    await ann.fence.release();
    await household.until(
      'both are written',
      () => household.disk('ann').rowsOf('queue').size === 0,
    );
    const titles = writesOf(factsOn(household.disk('ann'))).map(titleOf);
    expect(titles.slice(-2)).toEqual(['queued', 'another']);
    await household.stop('ann');
  });
});
