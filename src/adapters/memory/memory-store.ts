import { assertNever, err, ok } from '../../core/base/result.js';
import { TABLES } from '../../ports/store.js';
import type { Change, Row, Store, StoreError, Table } from '../../ports/store.js';

/** What outlives a store: its rows. Stores that are opened on one disk share them. */
export interface MemoryDisk {
  readonly rowsOf: (table: Table) => Map<string, Uint8Array>;
  /** Deletes everything underneath: every open store reports `lost` from now on. */
  readonly lose: () => void;
  readonly onLose: (listener: () => void) => () => void;
}

/** A store that can be told to fail. */
export interface MemoryStore extends Store {
  /** Lets one call (commit, read or get) fail: the next, or that after `skipped` more calls. */
  readonly failNext: (error: StoreError, skipped?: number) => void;
}

/** An empty disk. */
export const createMemoryDisk = (): MemoryDisk => {
  const rowsByTable = new Map<Table, Map<string, Uint8Array>>(TABLES.map((t) => [t, new Map()]));
  const listeners = new Set<() => void>();
  return {
    rowsOf: (table) => rowsByTable.get(table) ?? new Map<string, Uint8Array>(),
    lose: () => {
      for (const rows of rowsByTable.values()) rows.clear();
      for (const listener of [...listeners]) listener();
    },
    onLose: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

/**
 * A store in memory, for tests and for Node.
 *
 * Bytes are copied in and out, so that nobody changes a row by changing an array. Nothing is
 * durable beyond the disk object; both durabilities are the same here.
 * Errors: those it was told to give; `lost` after its disk was lost; `failed` after close.
 */
export const createMemoryStore = (disk: MemoryDisk = createMemoryDisk()): MemoryStore => {
  const planned: { error: StoreError; left: number }[] = [];
  const listeners = new Set<(error: StoreError) => void>();
  let ended: StoreError | null = null;
  const stopWatching = disk.onLose(() => {
    ended ??= { kind: 'lost' };
    for (const listener of [...listeners]) listener({ kind: 'lost' });
  });
  const failure = (): StoreError | null => ended ?? takePlanned(planned);
  return {
    commit: async (changes) => {
      const error = failure();
      if (error !== null) return err(error);
      for (const change of changes) applyChange(disk, change);
      return ok(undefined);
    },
    read: async (table, from, to) => {
      const error = failure();
      return error === null ? ok(rowsBetween(disk.rowsOf(table), from, to)) : err(error);
    },
    keys: async (table, from, to) => {
      const error = failure();
      if (error !== null) return err(error);
      return ok(rowsBetween(disk.rowsOf(table), from, to).map(({ key }) => key));
    },
    get: async (table, key) => {
      const error = failure();
      return error === null ? ok(disk.rowsOf(table).get(key)?.slice() ?? null) : err(error);
    },
    onLost: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      stopWatching();
      ended ??= { kind: 'failed', message: 'the store is closed' };
    },
    failNext: (error, skipped = 0) => void planned.push({ error, left: skipped }),
  };
};

const takePlanned = (planned: { error: StoreError; left: number }[]): StoreError | null => {
  const index = planned.findIndex((plan) => plan.left === 0);
  for (const plan of planned) plan.left = Math.max(0, plan.left - 1);
  return index < 0 ? null : (planned.splice(index, 1)[0]?.error ?? null);
};

const applyChange = (disk: MemoryDisk, change: Change): void => {
  const rows = disk.rowsOf(change.table);
  switch (change.kind) {
    case 'put':
      return void rows.set(change.key, new Uint8Array(change.value));
    case 'delete':
      return void rows.delete(change.key);
    case 'delete-range':
      for (const key of [...rows.keys()]) {
        if (key >= change.from && key < change.to) rows.delete(key);
      }
      return;
    default:
      return assertNever(change);
  }
};

const rowsBetween = (
  rows: ReadonlyMap<string, Uint8Array>,
  from: string | undefined,
  to: string | undefined,
): readonly Row[] =>
  [...rows]
    .filter(([key]) => (from === undefined || key >= from) && (to === undefined || key < to))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value: value.slice() }));
