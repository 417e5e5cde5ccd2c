import type { Hash } from '../../core/base/brands.js';
import { CODE_LOCK } from './loader-words.js';
import type { PageCache, PageDatabase } from './page-code.js';

/** Held by each page for the bundle that it is of, as long as it is open. */
const USED = 'upkeep.used:';

/** Says that this page needs the files of its bundle, until it is closed. */
export const useBundle = (manifest: Hash): void => {
  const forEver = new Promise<never>(() => undefined);
  void navigator.locks.request(USED + manifest, { mode: 'shared' }, () => forEver);
};

/**
 * Lets go of every file that neither a slot nor an open page names. Returns whether it did.
 *
 * While somebody stages, or sweeps, it does nothing: there is always a next time. A page that is
 * opened meanwhile is of a bundle in a slot.
 */
export const sweepCode = (
  { read, lists }: Pick<PageDatabase, 'read' | 'lists'>,
  cache: Pick<PageCache, 'hashes' | 'drop'>,
): Promise<boolean> =>
  navigator.locks.request(CODE_LOCK, { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    const { held = [] } = await navigator.locks.query();
    const used = new Set(held.map(({ name }) => name));
    const { a, b } = await read();
    const inSlots = [a?.manifest, b?.manifest];
    const kept = new Set<string>();
    for (const manifest of await lists.keys()) {
      const isNamed = inSlots.includes(manifest) || used.has(USED + manifest);
      if (!isNamed) await lists.drop(manifest);
      else for (const { sha256 } of (await lists.get(manifest)) ?? []) kept.add(sha256);
    }
    for (const sha256 of await cache.hashes()) if (!kept.has(sha256)) await cache.drop(sha256);
    return true;
  });
