import type { Hash } from '../../core/base/brands.js';
import type { BundleFile } from '../../core/upgrades/manifest.js';
import { NO_BUNDLES, type Slots } from '../../core/upgrades/slots.js';
import type { SlotKeeper } from './code-shelf.js';

/** No profile's database can bear this name: those have no dots. */
const NAME = 'upkeep.loader';
const STORE = 'kept';
const SLOTS = 'slots';
const LIST = 'list:';
const CLIENT = 'client:';

/** What pages and the loader keep together about bundles: their names, not their bytes. */
export interface LoaderDatabase extends SlotKeeper {
  readonly keepList: (manifest: Hash, files: readonly BundleFile[]) => Promise<void>;
  readonly list: (manifest: Hash) => Promise<readonly BundleFile[] | null>;
  readonly lists: () => Promise<readonly Hash[]>;
  readonly dropList: (manifest: Hash) => Promise<void>;
  /** The bundle that a page was opened with, by the page's id. */
  readonly keepClient: (id: string, manifest: Hash) => Promise<void>;
  readonly clients: () => Promise<ReadonlyMap<string, Hash>>;
  readonly dropClient: (id: string) => Promise<void>;
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
  const open = (): Promise<IDBDatabase> =>
    (opened ??= openDatabase(() => (opened = null)).catch((cause: unknown) => {
      opened = null;
      throw cause;
    }));

  const run = async <Value>(
    mode: IDBTransactionMode,
    durability: IDBTransactionDurability,
    work: (store: IDBObjectStore, done: (value: Value) => void) => void,
  ): Promise<Value> => {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability });
      let value: Value;
      transaction.oncomplete = () => resolve(value);
      transaction.onabort = () => reject(transaction.error ?? new Error('not kept'));
      work(transaction.objectStore(STORE), (found) => (value = found));
    });
  };
  const get = <Value>(key: string): Promise<Value | null> =>
    run('readonly', 'relaxed', (store, done) => {
      const asked = store.get(key);
      asked.onsuccess = () => done((asked.result as Value | undefined) ?? null);
    });
  const put = (key: string, value: unknown): Promise<void> =>
    run('readwrite', 'relaxed', (store) => void store.put(value, key));
  const drop = (key: string): Promise<void> =>
    run('readwrite', 'relaxed', (store) => void store.delete(key));
  const below = async <Value>(prefix: string): Promise<ReadonlyMap<string, Value>> => {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    return run('readonly', 'relaxed', (store, done) => {
      const [keys, values] = [store.getAllKeys(range), store.getAll(range)];
      values.onsuccess = () =>
        done(
          new Map(
            keys.result.map((key, at) => [
              String(key).slice(prefix.length),
              values.result[at] as Value,
            ]),
          ),
        );
    });
  };

  return {
    read: async () => (await get<Slots>(SLOTS)) ?? NO_BUNDLES,
    change: (step) =>
      run('readwrite', 'strict', (store, done: (taken: ReturnType<typeof step>) => void) => {
        const asked = store.get(SLOTS);
        asked.onsuccess = () => {
          const taken = step((asked.result as Slots | undefined) ?? NO_BUNDLES);
          if (taken.ok && taken.value !== asked.result) store.put(taken.value, SLOTS);
          done(taken);
        };
      }),
    keepList: (manifest, files) => put(`${LIST}${manifest}`, files),
    list: (manifest) => get<readonly BundleFile[]>(`${LIST}${manifest}`),
    lists: async () => [...(await below(LIST)).keys()] as Hash[],
    dropList: (manifest) => drop(`${LIST}${manifest}`),
    keepClient: (id, manifest) => put(`${CLIENT}${id}`, manifest),
    clients: () => below<Hash>(CLIENT),
    dropClient: (id) => drop(`${CLIENT}${id}`),
  };
};

const openDatabase = (onClosed: () => void): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error ?? new Error('not opened'));
    opening.onsuccess = () => {
      const database = opening.result;
      const close = (): void => {
        database.close();
        onClosed();
      };
      database.onversionchange = close;
      database.onclose = onClosed;
      resolve(database);
    };
  });
