import * as idb from 'lib0/indexeddb';
import { clearDocument, IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import type { BaseId } from '../../core/base/brands.js';
import { readUpdate } from './update-reader.js';

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

/**
 * Loads a document and keeps it: a cache on which nothing depends (rule F10).
 *
 * Damage of any kind, and a browser without a working IndexedDB, give an empty document; writes
 * that fail later are not noticed at all. Never rejects.
 */
export const openPersistence = async (name: string, base: BaseId): Promise<Persistence> => {
  if (!(await isIntact(name, base))) {
    await deleteKept(name);
    if (!(await isIntact(name, base))) return inMemoryOnly();
  }
  let doc = new Y.Doc();
  let keeper = await keep(name, doc);
  if (doc.store.pendingStructs !== null) {
    await keeper?.destroy();
    await deleteKept(name);
    doc = new Y.Doc();
    keeper = await keep(name, doc);
  }
  let replacing: Promise<void> = Promise.resolve();
  const replace = (fresh: Y.Doc): void => {
    replacing = replacing.then(async () => {
      await keeper?.destroy().catch(ignore);
      await deleteKept(name);
      keeper = await keep(name, fresh);
    });
  };
  const close = async (): Promise<void> => {
    await replacing;
    if (keeper === null) return;
    await written(keeper);
    await keeper.destroy().catch(ignore);
  };
  return { doc, replace, close };
};

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

/** Everything kept must read as if it came from a peer: the loader itself would hang on damage. */
const isIntact = async (name: string, base: BaseId): Promise<boolean> => {
  try {
    const db = await idb.openDB(name, (fresh) => idb.createStores(fresh, STORES));
    try {
      const [updates] = idb.transact(db, [UPDATES], 'readonly');
      if (updates === undefined) return false;
      const kept: unknown[] = await idb.getAll(updates);
      return kept.every((each) => each instanceof Uint8Array && readUpdate(base, each).ok);
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
};

/** Loads into the document and keeps its changes; null when the browser does not let us. */
const keep = async (name: string, doc: Y.Doc): Promise<IndexeddbPersistence | null> => {
  const keeper = new IndexeddbPersistence(name, doc);
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
