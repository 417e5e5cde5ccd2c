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
  readonly all: () => Promise<ReadonlyMap<Key, Value>>;
  readonly put: (key: Key, value: Value) => Promise<void>;
  readonly drop: (key: Key) => Promise<void>;
}

/** What pages and the loader keep together about bundles: their names, not their bytes. */
export interface LoaderDatabase extends SlotKeeper {
  /** The files of a bundle, by its manifest. */
  readonly lists: KeptValues<Hash, readonly BundleFile[]>;
  /** The bundle that a page was opened with, by the page's id. */
  readonly clients: KeptValues<string, Hash>;
  /** Versions of the loaders that this device put in place, by their scripts' hashes. */
  readonly placed: KeptValues<Hash, number>;
}

/**
 * Opens the loader's database, at its first use, and again after the browser closed it.
 *
 * Slots are kept with strict durability: a switch that was told outlives the power. Errors: the
 * calls reject with what the browser says, such as a full disk.
 * Source: rule U6; Indexed Database API 3.0, transaction durability.
 */
export const createLoaderDatabase = (): LoaderDatabase => {
  let opened: Promise<IDBDatabase> | null = null;
  const lose = (): void => void (opened = null);

  /** `ask` gives what to make of the answers, once all is kept. */
  const run = async <Value>(
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => (() => Value) | void,
    durability: IDBTransactionDurability = 'relaxed',
  ): Promise<Value> => {
    const database = await (opened ??= openDatabase(lose));
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability });
      const answer = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(answer?.() as Value);
      transaction.onabort = () => reject(transaction.error);
    });
  };

  const change = (step: (store: IDBObjectStore) => IDBRequest): Promise<void> =>
    run('readwrite', (store) => void step(store));

  const valuesBelow = <Key extends string, Value>(prefix: string): KeptValues<Key, Value> => ({
    get: (key) =>
      run('readonly', (store) => {
        const asked = store.get(prefix + key);
        return () => (asked.result as Value | undefined) ?? null;
      }),
    all: () =>
      run('readonly', (store) => {
        const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
        const [keys, values] = [store.getAllKeys(range), store.getAll(range)];
        return () =>
          new Map(
            keys.result.map((key, at) => [
              String(key).slice(prefix.length) as Key,
              values.result[at] as Value,
            ]),
          );
      }),
    put: (key, value) => change((store) => store.put(value, prefix + key)),
    drop: (key) => change((store) => store.delete(prefix + key)),
  });

  return {
    lists: valuesBelow('list:'),
    clients: valuesBelow('client:'),
    placed: valuesBelow('placed:'),
    read: () =>
      run('readonly', (store) => {
        const asked = store.get(SLOTS);
        return () => (asked.result as Slots | undefined) ?? NO_BUNDLES;
      }),
    change: (step) =>
      run(
        'readwrite',
        (store) => {
          let taken: ReturnType<typeof step>;
          const asked = store.get(SLOTS);
          asked.onsuccess = () => {
            taken = step((asked.result as Slots | undefined) ?? NO_BUNDLES);
            if (taken.ok && taken.value !== asked.result) store.put(taken.value, SLOTS);
          };
          return () => taken;
        },
        'strict',
      ),
  };
};

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
      database.onversionchange = () => {
        database.close();
        onLost();
      };
      database.onclose = onLost;
      resolve(database);
    };
  });
