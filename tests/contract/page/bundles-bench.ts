import { sha256Of } from '../../../src/adapters/bundles/code-cache.js';
import type { CodeShelf } from '../../../src/adapters/bundles/code-shelf.js';
import { createPageCache, createPageDatabase } from '../../../src/adapters/bundles/page-code.js';
import { createManifestCache } from '../../../src/adapters/bundles/manifest-cache.js';
import { createBrowserClock } from '../../../src/adapters/browser-clock.js';
import { startMigration } from '../../../src/adapters/bundles/migration-start.js';
import { createSlottedBundles, noteOf } from '../../../src/adapters/bundles/slotted-bundles.js';
import { createMemoryHosts } from '../../../src/adapters/memory/memory-bundles.js';
import { err, ok } from '../../../src/core/base/result.js';
import {
  adoptFirst,
  beginStaging,
  countBoot,
  failTrial,
  finishStaging,
} from '../../../src/core/upgrades/slots.js';
import type { BundlesState } from '../../../src/ports/bundles.js';
import { type BundlesBench, FIRST, HOST } from '../bundles-contract.js';
import { valueOf } from '../expectation.js';

/** What pages and loader really keep, in IndexedDB and Cache Storage; the hosts are a script. */
export const realBundles = async (): Promise<BundlesBench> => {
  await forget();
  const [database, hosts] = [createPageDatabase(), createMemoryHosts()];
  const cache = createPageCache(new URL('.', location.href).href);
  const manifests = createManifestCache(new URL('.', location.href).href);
  const listeners = new Set<() => void>();
  let running: BundlesState['running'] = null;
  const shelf: CodeShelf = {
    read: cache.read,
    write: async (sha256, bytes) => cache.write(sha256, bytes).then(() => true),
    held: async (hashes) => {
      const here = await cache.hashes();
      return new Set(hashes.filter((each) => here.has(each)));
    },
    keepFiles: async (manifest, files) => database.lists.put(manifest, files).then(() => true),
    filesOf: database.lists.get,
    keepManifest: async (manifest, bytes) => manifests.write(manifest, bytes).then(() => true),
    manifest: manifests.read,
    sweep: manifests.keepOnly,
  };
  const first = noteOf(FIRST);
  valueOf(await database.change((slots) => beginStaging(slots, first)));
  valueOf(await database.change((slots) => finishStaging(slots, first.manifest)));
  valueOf(await database.change((slots) => adoptFirst(slots, 1_000)));
  const load = async (): Promise<BundlesState['running']> => {
    const { active, trial, ...slots } = valueOf(
      await database.change((from) => ok(countBoot(from, 1_000))),
    );
    const slot = active === null ? null : slots[active];
    running = slot === null ? null : { manifest: slot.manifest, trial: trial?.number ?? null };
    return running;
  };
  await load();
  return {
    bundles: createSlottedBundles({
      slots: database,
      shelf,
      fetchBytes: hosts.fetchBytes,
      sha256: sha256Of,
      exclusively: (work) => navigator.locks.request('upkeep.code', work),
      loader: () => ({ version: 1, inPlace: null, coming: null, strangers: [] }),
      placeLoader: async () => err({ kind: 'no-loader' }),
      running: () => running,
      wallMs: () => 1_000,
      migrations: { start: startMigration, clock: createBrowserClock() },
      home: HOST,
      tell: () => listeners.forEach((listener) => listener()),
      subscribe: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    }),
    hosts,
    load,
    fail: async (trial, cause) => {
      await database.change((slots) => failTrial(slots, trial, cause, 1_000));
    },
    spoil: async (sha256) => {
      const bytes = await cache.read(sha256);
      if (bytes !== null) await cache.write(sha256, bytes.fill(0));
    },
  };
};

const forget = async (): Promise<void> => {
  await caches.delete('upkeep.code');
  await caches.delete('upkeep.manifests');
  await new Promise<void>((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase('upkeep.loader');
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error ?? new Error('not deleted'));
  });
};
