import { unwrap } from 'idb';
import type { IDBPDatabase } from 'idb';
import { assertNever, err, ok } from '../core/base/result.js';
import type { Result } from '../core/base/result.js';
import type { Change, Durability, Row, Store, StoreError, Table } from '../ports/store.js';
import { META, countCommit, openDatabase, storeErrorOf } from './idb-database.js';
import type { IdbConnection } from './idb-database.js';
import { beginFreshLog } from './idb-fresh-log.js';
import { databaseNameOf } from './idb-presence.js';

export { databaseNameOf } from './idb-presence.js';

/** How often one call is tried: once, and once more on a fresh connection. */
const TRIES_MAX = 2;
/** Between two attempts to open, or open again, what failed for no reason that is known, ms. */
const OPENING_PAUSES_MS = [200, 1_000, 2_000] as const;

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Opens the store of one profile in IndexedDB, making it when there is none.
 *
 * Before its first commit the browser begins a new log: it may have been killed in the old one.
 * Calls run one after another in the order in which they were made, so a read sees every commit
 * that was called before it. A call that fails is tried once more on a fresh connection. When the
 * database was deleted underneath, it is not made anew: the store reports `lost` from then on, for
 * good; whoever holds it decides what to do with a device whose past is gone. The same goes for
 * `newer`. What fails to open for no known reason is tried four times within about three seconds,
 * for Chromium says so in passing, also while it clears a site; `wait` lets that time go by.
 * A store into which somebody else wrote since it was opened takes nothing more, for good: whoever
 * read it would give a number a second time. That is a tab that lost the pen and was not told yet.
 * Errors: those of StoreError; `failed` after close, `blocked` once somebody else wrote.
 * Source: rules F5 and F9 (README.md beside this file).
 */
export const openIdbStore = async (
  profile: string,
  wait: (ms: number) => Promise<void> = pause,
): Promise<Result<Store, StoreError>> => {
  const line = createReopeningLine(databaseNameOf(profile), wait);
  const opened = await line.run(async () => undefined);
  if (!opened.ok) return opened;
  // Whoever reads does not wait for it: the screen comes first.
  const fresh = beginFreshLog(profile);
  return ok({
    commit: (changes, durability) => {
      const copied = changes.map(copyChange);
      return line.run(async (database, known) => {
        await fresh;
        await writeChanges(database, copied, durability, known);
      });
    },
    read: (table, from, to) => line.run((database) => readRows(database, table, from, to)),
    keys: (table, from, to) => line.run((database) => readKeys(database, table, from, to)),
    get: (table, key) => line.run((database) => readRow(database, table, key)),
    onLost: line.onLost,
    close: line.close,
  });
};

/** Trying again brings nothing back. */
const isForGood = ({ kind }: StoreError): boolean => kind === 'lost' || kind === 'newer';

/** How many commits the database has taken, as far as this store knows; null before it opened. */
interface Known {
  commits: number | null;
}

type Work<T> = (database: IDBPDatabase, known: Known) => Promise<T>;

interface ReopeningLine {
  readonly run: <T>(work: Work<T>) => Promise<Result<T, StoreError>>;
  readonly onLost: Store['onLost'];
  readonly close: () => Promise<void>;
}

/** One call at a time over one connection, which is opened again when it breaks. */
const createReopeningLine = (name: string, wait: (ms: number) => Promise<void>): ReopeningLine => {
  const listeners = new Set<(error: StoreError) => void>();
  let connection: IdbConnection | null = null;
  let generation: string | null = null;
  /** Of the first connection on: what another tab writes meanwhile is not known here. */
  const known: Known = { commits: null };
  let ended: StoreError | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const drop = (): void => {
    connection?.database.close();
    connection = null;
  };
  const open = (): Promise<Result<IdbConnection, StoreError>> =>
    openDatabase(name, generation, (closed) => {
      if (connection === closed) connection = null;
      // Looks at once whether the database is still there, so that a loss is told unasked.
      void inTurn(connected);
    });
  const connected = async (): Promise<Result<IdbConnection, StoreError>> => {
    if (ended !== null) return err(ended);
    if (connection !== null) return ok(connection);
    let opened = await open();
    for (const pauseMs of OPENING_PAUSES_MS) {
      if (opened.ok || opened.error.kind !== 'failed') break;
      await wait(pauseMs);
      opened = await open();
    }
    if (opened.ok) {
      connection = opened.value;
      generation = opened.value.generation;
      known.commits ??= opened.value.commits;
    } else if (isForGood(opened.error)) {
      end(opened.error);
    }
    return opened;
  };
  const end = (error: StoreError): void => {
    ended = error;
    for (const listener of [...listeners]) listener(error);
  };
  const attempt = async <T>(work: Work<T>): Promise<Result<T, StoreError>> => {
    let error: StoreError = { kind: 'lost' };
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const opened = await connected();
      if (!opened.ok) return opened;
      try {
        return ok(await work(opened.value.database, known));
      } catch (cause) {
        error = storeErrorOf(cause);
        drop();
        if (error.kind === 'blocked') end(error);
      }
    }
    return err(error);
  };
  return {
    run: (work) => inTurn(() => attempt(work)),
    onLost: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () =>
      inTurn(async () => {
        ended ??= { kind: 'failed', message: 'the store is closed' };
        drop();
      }),
  };
};

/** A view's whole buffer would be written with it, and its owner may change it meanwhile: copy. */
const copyChange = (change: Change): Change =>
  change.kind === 'put' ? { ...change, value: new Uint8Array(change.value) } : change;

const writeChanges = async (
  database: IDBPDatabase,
  changes: readonly Change[],
  durability: Durability,
  known: Known,
): Promise<void> => {
  if (changes.length === 0) return;
  const before = known.commits ?? 0;
  const tables = [...new Set(changes.map((change) => change.table)), META];
  const transaction = database.transaction(tables, 'readwrite', { durability });
  try {
    await countCommit(transaction, before);
    for (const [index, change] of changes.entries()) {
      // Raw requests: a failed one aborts the transaction, and `done` alone tells of it.
      const request = requestChange(unwrap(transaction).objectStore(change.table), change);
      const isTurn = index % CHANGES_AT_ONCE === CHANGES_AT_ONCE - 1;
      if (isTurn && request !== null) await Promise.race([succeeded(request), transaction.done]);
    }
  } catch (cause) {
    transaction.done.catch(() => undefined);
    // What ended it by itself says more than what could not be asked for after that.
    const { error } = unwrap(transaction);
    abort(unwrap(transaction));
    throw error ?? cause;
  }
  await transaction.done;
  known.commits = before + 1;
};

/** One that ended by itself needs no end. */
const abort = (transaction: IDBTransaction): void => {
  try {
    transaction.abort();
  } catch {
    // Its own error is told.
  }
};

/** So many changes are asked for at a time: the page has its turn while the browser takes them. */
const CHANGES_AT_ONCE = 200;

const succeeded = (request: IDBRequest): Promise<void> =>
  new Promise((done) => request.addEventListener('success', () => done()));

const requestChange = (store: IDBObjectStore, change: Change): IDBRequest | null => {
  switch (change.kind) {
    case 'put':
      return store.put(change.value, change.key);
    case 'delete':
      return store.delete(change.key);
    case 'delete-range':
      if (change.from >= change.to) return null;
      return store.delete(IDBKeyRange.bound(change.from, change.to, false, true));
    default:
      return assertNever(change);
  }
};

/** What one reading is to bring, so that the page has its turn before the next is unpacked. */
const BYTES_AT_ONCE = 512 * 1024;
const FIRST_ROWS_AT_ONCE = 8;
const ROWS_AT_ONCE_MAX = 4_096;

/** Reads in parts, of about equal weight, in one transaction: all rows are of one moment. */
const readRows = async (
  database: IDBPDatabase,
  table: Table,
  from: string | undefined,
  to: string | undefined,
): Promise<readonly Row[]> => {
  if (from !== undefined && to !== undefined && from >= to) return [];
  const { store } = database.transaction(table);
  const rows: Row[] = [];
  let range = rangeOf(from, to);
  let count = FIRST_ROWS_AT_ONCE;
  for (;;) {
    const [keys, values] = await Promise.all([
      store.getAllKeys(range, count),
      store.getAll(range, count),
    ]);
    let bytes = 0;
    for (const [index, key] of keys.entries()) {
      const value = values[index] as Uint8Array;
      rows.push({ key: String(key), value });
      bytes += value.byteLength;
    }
    const last = rows.at(-1);
    if (last === undefined || keys.length < count) return rows;
    range = rangeBehind(last.key, to);
    const fitting = Math.ceil((count * BYTES_AT_ONCE) / Math.max(bytes, 1));
    count = Math.min(fitting, 8 * count, ROWS_AT_ONCE_MAX);
  }
};

const rangeBehind = (key: string, to: string | undefined): IDBKeyRange =>
  to === undefined ? IDBKeyRange.lowerBound(key, true) : IDBKeyRange.bound(key, to, true, true);

const readKeys = async (
  database: IDBPDatabase,
  table: Table,
  from: string | undefined,
  to: string | undefined,
): Promise<readonly string[]> => {
  if (from !== undefined && to !== undefined && from >= to) return [];
  return (await database.getAllKeys(table, rangeOf(from, to))).map(String);
};

const rangeOf = (from: string | undefined, to: string | undefined): IDBKeyRange | null => {
  if (from !== undefined && to !== undefined) return IDBKeyRange.bound(from, to, false, true);
  if (from !== undefined) return IDBKeyRange.lowerBound(from);
  return to === undefined ? null : IDBKeyRange.upperBound(to, true);
};

const readRow = async (
  database: IDBPDatabase,
  table: Table,
  key: string,
): Promise<Uint8Array | null> =>
  ((await database.get(table, key)) as Uint8Array | undefined) ?? null;
