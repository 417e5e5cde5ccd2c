import * as idb from 'lib0/indexeddb';
import { clearDocument, IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import type { BaseId } from '../../core/base/brands.js';
import type { CarriedRun } from '../../ports/carrier.js';
import { push } from './document.js';
import { cutRuns, scanning } from './update-reader.js';

const UPDATES = 'updates';
const STORES = [[UPDATES, { autoIncrement: true }], ['custom']] as [string, object?][];

/** What was loaded, and the connection that keeps further changes. */
export interface Persistence {
  readonly doc: Y.Doc;
  /** Forgets what is kept and goes on with this document. */
  readonly replace: (doc: Y.Doc) => void;
  /** Waits for the writes under way, then lets go. */
  readonly close: () => Promise<void>;
}

/** Lets others have a turn where this one is over. */
export type Breathe = () => Promise<void>;

/**
 * Loads a document and keeps it: a cache on which nothing depends (rule F10).
 *
 * Damage of any kind, and a browser without a working IndexedDB, give an empty document; writes
 * that fail later are not noticed at all. What is kept may be megabytes: it is read and put into
 * the document in turns. Never rejects.
 */
export const openPersistence = async (
  name: string,
  base: BaseId,
  breathe: Breathe,
): Promise<Persistence> => {
  let kept = await readKept(name, base, breathe);
  if (kept === null) {
    await deleteKept(name);
    kept = await readKept(name, base, breathe);
    if (kept === null) return inMemoryOnly();
  }
  let doc = new Y.Doc();
  let keeper = await keep(name, base, doc, kept, breathe);
  if (keeper === 'unfit') {
    await deleteKept(name);
    doc = new Y.Doc();
    keeper = await keep(name, base, doc, NOTHING, breathe);
  }
  let replacing: Promise<void> = Promise.resolve();
  const replace = (fresh: Y.Doc): void => {
    replacing = replacing.then(async () => {
      if (isKeeper(keeper)) await keeper.destroy().catch(ignore);
      await deleteKept(name);
      keeper = await keep(name, base, fresh, NOTHING, breathe);
    });
  };
  const close = async (): Promise<void> => {
    await replacing;
    if (!isKeeper(keeper)) return;
    await written(keeper);
    await keeper.destroy().catch(ignore);
  };
  return { doc, replace, close };
};

/** What was kept: the runs of all rows in order, and the number of the last row. */
interface Kept {
  readonly runs: readonly CarriedRun[];
  readonly lastRow: number;
}

const NOTHING: Kept = { runs: [], lastRow: 0 };

type MaybeKeeper = IndexeddbPersistence | 'unfit' | null;
const isKeeper = (keeper: MaybeKeeper): keeper is IndexeddbPersistence =>
  keeper !== null && keeper !== 'unfit';

const inMemoryOnly = (): Persistence => ({
  doc: new Y.Doc(),
  replace: ignore,
  close: async () => undefined,
});

/** Deletes what is kept under a name; that it could not be deleted is no failure. */
export const deleteKept = async (name: string): Promise<void> => {
  try {
    await clearDocument(name);
  } catch {
    // Nothing depends on it: what stays is checked before it is used, and deleted again later.
  }
};

const ignore = (): void => undefined;

/** Everything kept must read as if it came from a peer: Yjs itself would hang on damage. */
const readKept = async (name: string, base: BaseId, breathe: Breathe): Promise<Kept | null> => {
  try {
    const db = await idb.openDB(name, (fresh) => idb.createStores(fresh, STORES));
    try {
      const [updates] = idb.transact(db, [UPDATES], 'readonly');
      if (updates === undefined) return null;
      const [rows, lastRow] = await Promise.all([idb.getAll(updates), idb.getLastKey(updates)]);
      const runs: CarriedRun[] = [];
      for (const row of rows as readonly unknown[]) {
        const read = row instanceof Uint8Array ? await readInTurns(base, row, breathe) : null;
        if (read === null) return null;
        runs.push(...read);
        await breathe();
      }
      return { runs, lastRow: typeof lastRow === 'number' ? lastRow : 0 };
    } finally {
      db.close();
    }
  } catch {
    return null;
  }
};

const readInTurns = async (
  base: BaseId,
  update: Uint8Array,
  breathe: Breathe,
): Promise<readonly CarriedRun[] | null> => {
  const work = scanning(base, update);
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value.ok ? cutRuns(update, step.value.value) : null;
    await breathe();
  }
};

/** So many facts go into a document at a time. */
const FACTS_AT_ONCE = 200;

/** False where a row is missing: the facts after it join on to nothing. */
const fill = async (
  base: BaseId,
  doc: Y.Doc,
  runs: readonly CarriedRun[],
  breathe: Breathe,
): Promise<boolean> => {
  for (const { session, firstPlace, facts } of runs) {
    for (let at = 0; at < facts.length; at += FACTS_AT_ONCE) {
      if (doc.getArray(session).length < firstPlace + at) return false;
      // Views of their row: the document keeps all of it anyway.
      const some = facts.slice(at, at + FACTS_AT_ONCE);
      push(base, doc, [{ session, firstPlace: firstPlace + at, facts: some }]);
      await breathe();
    }
  }
  return true;
};

/**
 * Fills the document and keeps its changes; null when the browser does not let us.
 *
 * y-indexeddb would read all rows again and apply them in one go: it is told to begin behind them,
 * and what they hold is put in while nobody listens.
 */
const keep = async (
  name: string,
  base: BaseId,
  doc: Y.Doc,
  { runs, lastRow }: Kept,
  breathe: Breathe,
): Promise<MaybeKeeper> => {
  const keeper = new IndexeddbPersistence(name, doc);
  keeper._dbref = lastRow + 1;
  const isOpen = await keeper._db.then(
    () => true,
    () => false,
  );
  if (!isOpen) return null;
  // Its loading may fail without a word, so we wait for our own transaction behind it.
  await written(keeper);
  if (!keeper.synced) {
    await keeper.destroy().catch(ignore);
    return null;
  }
  if (runs.length > 0) {
    doc.off('update', keeper._storeUpdate);
    if (!(await fill(base, doc, runs, breathe))) {
      await keeper.destroy().catch(ignore);
      return 'unfit';
    }
  }
  stopOnFailure(keeper, doc);
  return keeper;
};

/** A database that was closed underneath throws at each change: then only the cache ends. */
const stopOnFailure = (keeper: IndexeddbPersistence, doc: Y.Doc): void => {
  const store = keeper._storeUpdate;
  doc.off('update', store);
  const storeOrStop = (update: Uint8Array, origin: unknown): void => {
    try {
      store(update, origin);
    } catch {
      doc.off('update', storeOrStop);
    }
  };
  doc.on('update', storeOrStop);
};

/** Resolves after every write that was begun: a later transaction on one store waits for them. */
const written = async (keeper: IndexeddbPersistence): Promise<void> => {
  try {
    const db = await keeper._db;
    const [updates] = idb.transact(db, [UPDATES]);
    if (updates !== undefined) await idb.count(updates);
  } catch {
    // Closed or deleted underneath: there is nothing left to wait for.
  }
};
