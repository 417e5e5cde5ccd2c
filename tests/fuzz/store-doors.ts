import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.js';
import {
  decodeCanonical,
  encodeCanonical,
  type CanonicalValue,
} from '../../src/core/base/canonical.js';
import { parseBody } from '../../src/core/facts/bodies.js';
import type { Table } from '../../src/ports/store.js';
import { createActivity } from '../../src/replica/loop/activity.js';
import { readAnswers } from '../../src/replica/decisions/answers.js';
import { openStore } from '../../src/replica/storage/opening.js';
import { bodyOfEdit, readQueue } from '../../src/replica/records/queue.js';
import { readRow } from '../../src/replica/storage/rows.js';
import { encodeBody } from '../../src/core/facts/bodies.js';
import { demand, type Door } from './door.js';
import { diskOf, keptByDevice, type KeptRow } from './household-rows.js';

export const KEPT = await keptByDevice();
const STAGES = [KEPT.fenced, KEPT.later];

const seedOf = ({ table, key, value }: KeptRow): Uint8Array => encodeCanonical([table, key, value]);

const rowFrom = (input: Uint8Array): KeptRow | null => {
  const read = decodeCanonical(input);
  const [table, key, value] =
    read.ok && Array.isArray(read.value) ? (read.value as readonly CanonicalValue[]) : [];
  const isRow = typeof table === 'string' && typeof key === 'string' && value instanceof Uint8Array;
  return isRow ? { table: table as Table, key, value } : null;
};

/** The whole store of a device in which one row is damaged, or came from elsewhere. */
const wholeStore: Door = {
  name: 'stored rows',
  weight: 0.4,
  seeds: STAGES.flat().map(seedOf),
  enter: async (input, chance) => {
    const row = rowFrom(input);
    if (row === null) return false;
    const rows = chance.pick(STAGES).filter((each) => each.key !== row.key);
    const opened = await openStore(createMemoryStore(diskOf([...rows, row])), KEPT.device);
    demand(opened.ok, 'the store does not open');
    return opened.ok && opened.value.holdings !== null && opened.value.damaged.length === 0;
  },
};

/** Rows that are read by themselves. */
const singleRow: Door = {
  name: 'stored row',
  weight: 4,
  seeds: STAGES.flat()
    .filter(({ table }) => ['own', 'queue', 'activity', 'profile'].includes(table))
    .map(seedOf),
  enter: (input) => {
    const row = rowFrom(input);
    if (row === null) return false;
    const rows = [{ key: row.key, value: row.value }];
    const activity = createActivity(createManualClock(), () => undefined);
    activity.load(rows);
    activity.add('joined', 'good', null);
    const queue = readQueue(rows);
    for (const { edit } of queue) {
      const body = encodeBody(bodyOfEdit(edit));
      demand(!body.ok || parseBody(bodyOfEdit(edit).kind, body.value).ok, 'it is not written');
    }
    return readAnswers(rows).size + queue.length > 0 || readRow(row.value) !== null;
  },
};

export const STORE_DOORS: readonly Door[] = [wholeStore, singleRow];
