import type { CodeCache } from '../adapters/bundles/code-cache.js';
import type { LoaderDatabase } from '../adapters/bundles/loader-database.js';
import { CODE_LOCK } from '../adapters/bundles/loader-words.js';

/** Caches of the worker that was here before the loader. */
const OLDER_CACHES = /^upkeep-build-/;

/**
 * Lets go of every file that neither a slot nor an open page names. Returns whether it did.
 *
 * While somebody stages, or sweeps, it does nothing: there is always a next time.
 * `openPages` answers the ids of what is open now.
 */
export const sweep = (
  database: LoaderDatabase,
  cache: CodeCache,
  openPages: () => Promise<ReadonlySet<string>>,
): Promise<boolean> =>
  navigator.locks.request(CODE_LOCK, { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    const clients = await database.clients();
    const open = await openPages();
    const gone = [...clients.keys()].filter((id) => !open.has(id));
    for (const id of gone) await database.dropClient(id);
    const { a, b } = await database.read();
    const named = new Set([a, b].flatMap((slot) => slot?.manifest ?? []));
    for (const [id, manifest] of clients) if (open.has(id)) named.add(manifest);
    for (const manifest of await database.lists()) {
      if (!named.has(manifest)) await database.dropList(manifest);
    }
    const lists = await Promise.all([...named].map((manifest) => database.list(manifest)));
    const kept = new Set(lists.flatMap((list) => list ?? []).map(({ sha256 }) => sha256));
    for (const sha256 of await cache.hashes()) if (!kept.has(sha256)) await cache.drop(sha256);
    return true;
  });

/** Removes what an earlier kind of worker kept. Returns whether there was one. */
export const removeOlderCaches = async (): Promise<boolean> => {
  const older = (await caches.keys()).filter((name) => OLDER_CACHES.test(name));
  await Promise.all(older.map((name) => caches.delete(name)));
  return older.length > 0;
};
