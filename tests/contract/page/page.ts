import { createBrowserClock } from '../../../src/adapters/browser-clock.js';
import { openIdbStore } from '../../../src/adapters/idb-store.js';
import { createManualClock } from '../../../src/adapters/memory/manual-clock.js';
import { createWebCryptoVault } from '../../../src/adapters/webcrypto-keys.js';
import { createWriterLock } from '../../../src/adapters/writer-lock.js';
import { openBrowserReplica } from '../../../src/index.js';
import { suites } from './suites.js';

/** What tests reach from outside the page. */
const surface = {
  /** Runs one case; null when it holds, else what went wrong. */
  runCase: async (name: string, index: number): Promise<string | null> => {
    const suite = suites.find((candidate) => candidate.name === name);
    if (suite === undefined) return `no suite is called ${name}`;
    return suite.run(index).then(
      () => null,
      (cause: unknown) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)),
    );
  },
  createBrowserClock,
  createManualClock,
  createWebCryptoVault,
  createWriterLock,
  openBrowserReplica,
  openIdbStore,
};

export type PageSurface = typeof surface;

declare global {
  interface Window {
    upkeep: PageSurface;
  }
}

window.upkeep = surface;
