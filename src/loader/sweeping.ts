import type { CodeCache } from '../adapters/bundles/code-cache.js';
import type { LoaderDatabase } from '../adapters/bundles/loader-database.js';
import { CODE_LOCK } from '../adapters/bundles/loader-words.js';

/**
 * Lets go of every file that neither a slot nor an open page names. Returns whether it did.
 *
 * While somebody stages, or sweeps, it does nothing: there is always a next time.
 * `openPages` answers the ids of what is open now.
 */
export const sweep = (
  { read, clients, lists }: LoaderDatabase,
  cache: CodeCache,
  openPages: () => Promise<ReadonlySet<string>>,
): Promise<boolean> =>
  navigator.locks.request(CODE_LOCK, { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    const known = await clients.all();
    const open = await openPages();
    const { a, b } = await read();
    const named = new Set([a?.manifest, b?.manifest]);
    for (const [id, manifest] of known) {
      if (open.has(id)) named.add(manifest);
      else await clients.drop(id);
    }
    const kept = new Set<string>();
    for (const [manifest, files] of await lists.all()) {
      if (named.has(manifest)) for (const { sha256 } of files) kept.add(sha256);
      else await lists.drop(manifest);
    }
    for (const sha256 of await cache.hashes()) if (!kept.has(sha256)) await cache.drop(sha256);
    return true;
  });
