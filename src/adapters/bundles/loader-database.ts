import type { Hash } from '../../core/base/brands.js';
import type { BundleFile } from '../../core/upgrades/manifest.js';
import { NO_BUNDLES, type Slots } from '../../core/upgrades/slots.js';
import type { SlotKeeper } from './code-shelf.js';

/** No profile's database can bear this name: those have no dots. */
const NAME = 'upkeep.loader';
const STORE = 'kept';
const SLOTS = 'slots';

/** Values by a key, in a part of the store that no other shares. */
export interface KeptValues<Key extends string, Value> {
  readonly get: (key: Key) => Promise<Value | null>;
  readonly keys: () => Promise<readonly Key[]>;
}

/** What pages and the loader keep together about bundles: their names, not their bytes. */
export interface LoaderDatabase extends SlotKeeper {
  /** The files of a bundle, by its manifest. */
  readonly lists: KeptValues<Hash, readonly BundleFile[]>;
}

/** The one store that all of it lies in. */
export interface KeptStore {
  /** One step, whose answer comes once it is done; what it changes is kept by then. */
  readonly ask: <Answer>(
    mode: IDBTransactionMode,
    step: (store: IDBObjectStore) => IDBRequest,
    durability?: IDBTransactionDurability,
  ) => Promise<Answer>;
  /** Values whose keys begin so. */
  readonly valuesBelow: <Key extends string, Value>(prefix: string) => KeptValues<Key, Value>;
}

/**
 * Opens the loader's store, at its first use, and again after the browser closed it.
 *
 * Errors: the calls reject with what the browser says, such as a full disk.
 */
export const createKeptStore = (): KeptStore => {
  let opened: Promise<IDBDatabase> | null = null;
  const lose = (): void => void (opened = null);

  const ask: KeptStore['ask'] = async (mode, step, durability = 'relaxed') => {
    const database = await (opened ??= openDatabase(lose));
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability });
      const asked = step(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  };

  return {
    ask,
    valuesBelow: <Key extends string>(prefix: string) => ({
      get: async (key) => (await ask('readonly', (store) => store.get(prefix + key))) ?? null,
      keys: async () => {
        const range = IDBKeyRange.bound(prefix, `${prefix}~`);
        const keys: readonly string[] = await ask('readonly', (store) => store.getAllKeys(range));
        return keys.map((key) => key.slice(prefix.length) as Key);
      },
    }),
  };
};

/**
 * What the loader itself needs of its store.
 *
 * Slots are kept with strict durability: a switch that was told outlives the power.
 * Source: rule U6; Indexed Database API 3.0, transaction durability.
 */
export const createLoaderDatabase = ({ ask, valuesBelow }: KeptStore): LoaderDatabase => ({
  lists: valuesBelow('list:'),
  read: async () => (await ask('readonly', (store) => store.get(SLOTS))) ?? NO_BUNDLES,
  change: async (step) => {
    let taken: ReturnType<typeof step> | undefined;
    await ask(
      'readwrite',
      (store) => {
        const asked = store.get(SLOTS);
        asked.onsuccess = () => {
          taken = step((asked.result as Slots | undefined) ?? NO_BUNDLES);
          if (taken.ok && taken.value !== asked.result) store.put(taken.value, SLOTS);
        };
        return asked;
      },
      'strict',
    );
    return taken as ReturnType<typeof step>;
  },
});

/** `onLost` is called when the database has to be opened again. */
const openDatabase = (onLost: () => void): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
    opening.onerror = () => {
      onLost();
      reject(opening.error);
    };
    opening.onsuccess = () => {
      const database = opening.result;
      database.onclose = database.onversionchange = () => {
        database.close();
        onLost();
      };
      resolve(database);
    };
  });
