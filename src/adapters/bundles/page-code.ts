import type { Hash } from '../../core/base/brands.js';
import type { BundleFile } from '../../core/upgrades/manifest.js';
import { CODE_CACHE, CODE_FOLDER, type CodeCache, createCodeCache } from './code-cache.js';
import {
  type KeptStore,
  type KeptValues,
  type LoaderDatabase,
  createKeptStore,
  createLoaderDatabase,
} from './loader-database.js';

/** Values that pages also change. */
export interface PageValues<Key extends string, Value> extends KeptValues<Key, Value> {
  readonly put: (key: Key, value: Value) => Promise<void>;
  readonly drop: (key: Key) => Promise<void>;
}

/** The loader's database as pages use it. */
export interface PageDatabase extends LoaderDatabase {
  readonly lists: PageValues<Hash, readonly BundleFile[]>;
  /** Versions of the loaders that this device put in place, by their scripts' hashes. */
  readonly placed: PageValues<Hash, number>;
}

/** Opens it, at its first use. Errors: the calls reject with what the browser says. */
export const createPageDatabase = (): PageDatabase => {
  const store = createKeptStore();
  return {
    ...createLoaderDatabase(store),
    lists: changedBelow(store, 'list:'),
    placed: changedBelow(store, 'placed:'),
  };
};

const changedBelow = <Key extends string, Value>(
  { ask, valuesBelow }: KeptStore,
  prefix: string,
): PageValues<Key, Value> => ({
  ...valuesBelow<Key, Value>(prefix),
  put: (key, value) => ask('readwrite', (store) => store.put(value, prefix + key)),
  drop: (key) => ask('readwrite', (store) => store.delete(prefix + key)),
});

/** Files by their SHA-256, which pages can also list, and let go of. */
export interface PageCache extends CodeCache {
  readonly hashes: () => Promise<ReadonlySet<Hash>>;
  readonly drop: (sha256: Hash) => Promise<void>;
}

/** The cache of code of a scope, which ends in a slash, as pages use it. */
export const createPageCache = (scope: string): PageCache => {
  const folder = scope + CODE_FOLDER;
  return {
    ...createCodeCache(scope),
    hashes: async () => {
      const requests = await (await caches.open(CODE_CACHE)).keys();
      return new Set(requests.map(({ url }) => url.slice(folder.length) as Hash));
    },
    drop: async (sha256) => void (await (await caches.open(CODE_CACHE)).delete(folder + sha256)),
  };
};
