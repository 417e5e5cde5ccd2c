import type { DeviceId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { createMemoryDisk, type MemoryDisk } from '../../src/adapters/memory/memory-store.js';
import { TABLES, type Table } from '../../src/ports/store.js';
import { createHousehold, pair } from '../replica/household.js';

/** One row of a device's store. */
export interface KeptRow {
  readonly table: Table;
  readonly key: string;
  readonly value: Uint8Array;
}

const rowsOn = (disk: MemoryDisk): readonly KeptRow[] =>
  TABLES.flatMap((table) =>
    [...disk.rowsOf(table)].map(([key, value]) => ({ table, key, value: value.slice() })),
  );

/** A disk with these rows. */
export const diskOf = (rows: readonly KeptRow[]): MemoryDisk => {
  const disk = createMemoryDisk();
  for (const { table, key, value } of rows) disk.rowsOf(table).set(key, value);
  return disk;
};

const write = async (replica: Replica, title: string): Promise<string> => {
  const done = await replica.records.create({ title, text: `${title}.`, labels: ['home'] });
  if (!done.ok) throw new Error(done.error.kind);
  return done.value;
};

/**
 * What an honest device keeps, at two moments of its life: behind a fence with writes that wait,
 * and later, after a snapshot, with a proposal that is open.
 */
export const keptByDevice = async (): Promise<{
  readonly device: DeviceId;
  readonly fenced: readonly KeptRow[];
  readonly later: readonly KeptRow[];
}> => {
  const household = createHousehold();
  const ann = await household.start('ann');
  const ben = await household.start('ben');
  await ann.account.create('Ann’s laptop');
  await pair(household, ann, ben, 'Ben’s phone');
  const first = await write(ann, 'Boiler');
  await household.until('ben has it', () => ben.view().records.length === 1);
  await ann.snapshots.propose('spring');
  await write(ann, 'Garden');
  await ann.records.edit(first, { title: 'Boiler (new)', text: 'Boiler.', labels: ['cellar'] });
  await ann.records.remove(first);
  const fenced = rowsOn(household.disk('ann'));
  await household.until('ben sees it', () => ben.view().decisions.some((each) => each.needsMe));
  const open = ben.view().decisions.find((each) => each.needsMe);
  if (open !== undefined) await ben.decisions.approve(open.id, '');
  await household.until('it is done', () => ann.view().snapshots[0]?.isHeld === true);
  await write(ann, 'Cellar');
  await ann.snapshots.propose('summer');
  const later = rowsOn(household.disk('ann'));
  const device = ann.view().account?.me ?? null;
  if (device === null) throw new Error('ann is a member');
  await Promise.all([household.stop('ann'), household.stop('ben')]);
  return { device, fenced, later };
};
