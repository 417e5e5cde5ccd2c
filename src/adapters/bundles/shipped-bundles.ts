import { err } from '../../core/base/result.js';
import { LOADER_PIN } from '../../core/upgrades/loader-pin.js';
import { parseManifest } from '../../core/upgrades/manifest.js';
import type { Bundles, BundlesState } from '../../ports/bundles.js';
import { fetchAtMost } from './bounded-fetch.js';
import { sha256Of } from './code-cache.js';
import { type AskingParts, askHost, noteOf } from './slotted-bundles.js';

/**
 * The one bundle of an app whose files lie in an app-store's binary: what it says of itself is
 * known, and nothing of it can be changed here (rule U8).
 *
 * `home` is the folder of the page. Where that has no `release.cbor` nothing is known.
 */
export const createShippedBundles = (parts: AskingParts): Bundles => {
  const stay = async () => err({ kind: 'no-loader' } as const);

  /** Read once: while the page stands nobody replaces it. */
  let reading: Promise<Pick<BundlesState, 'active' | 'running'>> | null = null;
  const read = async (): Promise<Pick<BundlesState, 'active' | 'running'>> => {
    const offer = await askHost(parts, parts.home);
    const manifest = offer.ok ? parseManifest(offer.value.manifest) : offer;
    if (!manifest.ok) return { active: null, running: null };
    const note = noteOf(manifest.value);
    return {
      active: { ...note, state: 'good' },
      running: { manifest: note.manifest, trial: null },
    };
  };

  return {
    state: async () => ({
      loader: { version: LOADER_PIN.version, inPlace: null, coming: null, strangers: [] },
      ...(await (reading ??= read())),
      ...{ idle: null, trial: null, floor: null, quarantined: [], history: [] },
    }),
    subscribe: () => () => undefined,
    offered: (url, manifest) => askHost(parts, url ?? parts.home, manifest),
    stage: stay,
    read: async () => null,
    mend: async () => true,
    tryMigration: async () => err('untried'),
    tryStaged: stay,
    cameUp: stay,
    confirm: stay,
    rollBack: stay,
    readmit: stay,
    placeLoader: stay,
    discard: stay,
  };
};

/** The same, of the page that stands. */
export const openShippedBundles = (home: string): Bundles =>
  createShippedBundles({ fetchBytes: fetchAtMost, sha256: sha256Of, home });
