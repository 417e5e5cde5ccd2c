import { openDB, unwrap } from 'idb';
import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { err, ok } from '../core/base/result.js';
import type { Result } from '../core/base/result.js';
import { TABLES } from '../ports/store.js';
import type { StoreError } from '../ports/store.js';

/** Version of the database's layout; only ever raised by adding tables (expand, then contract). */
const LAYOUT_VERSION = 2;
/** What is known of the database itself; every commit counts itself there. */
export const META = 'meta';
const GENERATION_KEY = 'generation';
const COMMITS_KEY = 'commits';

/** One open connection, and the mark that its database was given when it was made. */
export interface IdbConnection {
  readonly database: IDBPDatabase;
  /** Differs between a database and one that was made anew in its place. */
  readonly generation: string;
  /** How many commits it had taken when it was opened, by whomever. */
  readonly commits: number;
}

/** Another tab wrote here since this one read: what follows from that reading is void. */
class OvertakenError extends Error {}

/**
 * Counts a commit within its own transaction, which is to be aborted where it is not the next one.
 *
 * Errors: rejects with OvertakenError, and for what fails the transaction.
 */
export const countCommit = async (
  transaction: IDBPTransaction<unknown, string[], 'readwrite'>,
  commits: number,
): Promise<void> => {
  const meta = transaction.objectStore(META);
  if (commitsIn(await meta.get(COMMITS_KEY)) !== commits) throw new OvertakenError();
  unwrap(meta).put(commits + 1, COMMITS_KEY);
};

/** Stores of before counted nothing. */
const commitsIn = (value: unknown): number => (typeof value === 'number' ? value : 0);

/**
 * Opens the database of a name, one object store per table, with keys beside the rows.
 *
 * With `expected` it opens only the database that bears that generation and never makes one: in
 * place of a deleted one an empty one would look like a device that never wrote anything.
 * `onClosing` is called once when the browser closes the connection by force, or when another tab
 * asks to delete or upgrade; the connection is then closed already.
 * Errors: `lost` (deleted or made anew), `newer`, `blocked`, `quota`, `failed`.
 */
export const openDatabase = (
  name: string,
  expected: string | null,
  onClosing: (connection: IdbConnection) => void,
): Promise<Result<IdbConnection, StoreError>> =>
  new Promise((resolve) => {
    let connection: IdbConnection | null = null;
    let isBlocked = false;
    let isAskedToClose = false;
    let isGone = false;
    const closing = (): void => {
      isAskedToClose = true;
      if (connection === null) return;
      connection.database.close();
      onClosing(connection);
      connection = null;
    };
    // Where all storage is forbidden, a browser throws instead of answering.
    const opening = (async () =>
      openDB(name, LAYOUT_VERSION, {
        upgrade: (database, oldVersion, _newVersion, transaction) => {
          if (oldVersion === 0 && expected !== null) {
            isGone = true;
            transaction.done.catch(() => undefined);
            transaction.abort();
            return;
          }
          for (const table of [...TABLES, META]) {
            if (!database.objectStoreNames.contains(table)) database.createObjectStore(table);
          }
          if (oldVersion > 0) return;
          unwrap(transaction).objectStore(META).put(freshGeneration(), GENERATION_KEY);
        },
        blocked: () => {
          isBlocked = true;
          resolve(err({ kind: 'blocked' }));
        },
        blocking: closing,
        terminated: closing,
      }))();
    const settle = async (): Promise<Result<IdbConnection, StoreError>> => {
      const database = await opening;
      const generation: unknown = await database.get(META, GENERATION_KEY);
      const commits = commitsIn(await database.get(META, COMMITS_KEY));
      if (isBlocked || typeof generation !== 'string' || (expected ?? generation) !== generation) {
        database.close();
        return err({ kind: isBlocked ? 'blocked' : 'lost' });
      }
      if (isAskedToClose) {
        // Asked before it was ours: wait behind whoever asked, and see what is left.
        database.close();
        return openDatabase(name, generation, onClosing);
      }
      connection = { database, generation, commits };
      return ok(connection);
    };
    settle().then(resolve, (cause: unknown) => {
      opening.then((database) => database.close()).catch(() => undefined);
      resolve(err(isGone ? { kind: 'lost' } : storeErrorOf(cause)));
    });
  });

/** Turns what IndexedDB threw into the port's error; a full disk is told by its name alone. */
export const storeErrorOf = (cause: unknown): StoreError => {
  const name = nameOf(cause);
  if (name === 'QuotaExceededError') return { kind: 'quota' };
  if (name === 'VersionError') return { kind: 'newer' };
  if (cause instanceof OvertakenError) return { kind: 'blocked' };
  return { kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) };
};

const nameOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'name' in cause ? String(cause.name) : '';

const freshGeneration = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
