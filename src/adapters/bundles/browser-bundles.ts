import { type Hash, isHex32 } from '../../core/base/brands.js';
import { err, ok } from '../../core/base/result.js';
import { parseManifest } from '../../core/upgrades/manifest.js';
import { adoptFirst } from '../../core/upgrades/slots.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import type { Bundles, StageFault } from '../../ports/bundles.js';
import { sha256Of } from './code-cache.js';
import { sweepCode, useBundle } from './code-sweeping.js';
import type { CodeShelf, FetchBytes } from './code-shelf.js';
import { type LoaderKeeping, createLoaderKeeping } from './loader-keeping.js';
import { fetchLoaderScript } from './loader-script.js';
import {
  BUNDLES_CHANNEL,
  BUNDLE_META,
  CODE_LOCK,
  HEALTHY_EVENT,
  type LoaderWord,
  type PageNote,
  STAGING_QUERY,
} from './loader-words.js';
import { createPageCache, createPageDatabase } from './page-code.js';
import { createManifestCache } from './manifest-cache.js';
import { fetchPatiently } from './patient-fetch.js';
import { createBrowserClock } from '../browser-clock.js';
import { trustWorkerUrl } from '../worker-url.js';
import { startMigration } from './migration-start.js';
import { createSlottedBundles } from './slotted-bundles.js';

/** The bundles of this device, and what only the page that installs them does. */
export interface BrowserBundles extends Bundles {
  /**
   * Makes the host's present release the first bundle, where there is none: this is trusted as the
   * page itself was. Does nothing where there is one. Then the loader takes this page over.
   */
  readonly installFirst: () => Promise<{ readonly ok: boolean; readonly error?: StageFault }>;
  /** Lets go of files that no slot and no open page names. */
  readonly sweep: () => Promise<void>;
  /** What this page does about the loader, beyond what the account agrees to. */
  readonly loader: Pick<LoaderKeeping, 'path' | 'check' | 'changed' | 'placeOwn'>;
}

/** What the loader wrote into this page; null where the page did not come from it. */
export const pageNote = (): PageNote | null => {
  const meta = document.querySelector<HTMLMetaElement>(`meta[name="${BUNDLE_META}"]`);
  if (meta === null || !isHex32(meta.content)) return null;
  const trial = meta.dataset['trial'];
  return {
    manifest: meta.content as Hash,
    trial: trial === undefined ? null : Number(trial),
  };
};

/**
 * Opens the bundles of this origin's app. `home` is the folder of the page, with its slash.
 *
 * Errors: none until used; what the browser cannot keep is a fault of the call.
 * Source: rules U3, U6 and U7.
 */
export const openBrowserBundles = (home: string): BrowserBundles => {
  const database = createPageDatabase();
  const cache = createPageCache(home);
  const manifests = createManifestCache(home);
  const channel = new BroadcastChannel(BUNDLES_CHANNEL);
  const listeners = new Set<() => void>();
  const running = pageNote();
  if (running !== null) useBundle(running.manifest);

  const hear = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const tell = (): void => {
    channel.postMessage(null);
    hear();
  };
  channel.onmessage = hear;

  const loader = createLoaderKeeping({
    home,
    registration: () => navigator.serviceWorker.getRegistration(),
    register: (path) => navigator.serviceWorker.register(trustWorkerUrl(new URL(path, home))),
    fetchScript: fetchLoaderScript,
    placed: database.placed,
    tell: () => hear(),
  });
  const shelf: CodeShelf = {
    read: cache.read,
    write: (sha256, bytes) => isRoomFor(() => cache.write(sha256, bytes)),
    held: async (hashes) => {
      const here = await cache.hashes();
      return new Set(hashes.filter((each) => here.has(each)));
    },
    keepFiles: (manifest, files) => isRoomFor(() => database.lists.put(manifest, files)),
    filesOf: database.lists.get,
    keepManifest: (manifest, bytes) => isRoomFor(() => manifests.write(manifest, bytes)),
    manifest: manifests.read,
    sweep: async (named) => {
      await sweepCode(database, cache);
      await manifests.keepOnly(named);
    },
  };
  const bundles = createSlottedBundles({
    slots: database,
    shelf,
    fetchBytes: pastLoader(home),
    sha256: sha256Of,
    exclusively: (work) => navigator.locks.request(CODE_LOCK, work),
    loader: loader.note,
    placeLoader: loader.place,
    running: () => running,
    wallMs: Date.now,
    migrations: { start: startMigration, clock: createBrowserClock() },
    home,
    tell,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  });

  return {
    ...bundles,
    cameUp: async (trial) => {
      const isUp = await bundles.cameUp(trial);
      if (isUp.ok) dispatchEvent(new Event(HEALTHY_EVENT));
      return isUp;
    },
    installFirst: async () => {
      if ((await database.read()).active !== null) return ok(undefined);
      const offer = await bundles.offered(null);
      if (!offer.ok) return err({ kind: offer.error.kind, path: 'release.cbor' } as StageFault);
      const read = parseManifest(offer.value.manifest);
      if (read.ok && read.value.package !== THIS_BUILD.package) {
        return err({ kind: 'mismatch', path: 'release.cbor' });
      }
      const staged = await bundles.stage(offer.value.manifest, [home]);
      if (!staged.ok) return staged;
      await database.change((slots) => adoptFirst(slots, Date.now()));
      const { active } = await navigator.serviceWorker.ready;
      active?.postMessage({ kind: 'claim' } satisfies LoaderWord);
      tell();
      return ok(undefined);
    },
    loader,
    sweep: async () => void (await sweepCode(database, cache)),
  };
};

const isRoomFor = (write: () => Promise<void>): Promise<boolean> =>
  write().then(
    () => true,
    () => false,
  );

/** Asks the host itself for files of the app: the loader lets what bears this query pass. */
const pastLoader =
  (home: string): FetchBytes =>
  (url, bytesMax, signal) =>
    fetchPatiently(url.startsWith(home) ? `${url}${STAGING_QUERY}` : url, bytesMax, signal);
