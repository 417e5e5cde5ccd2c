import { type Hash, isHex32 } from '../../core/base/brands.js';

/** Beside the cache of code, in which the loader keeps no more than the files of bundles. */
const CACHE = 'upkeep.manifests';
const FOLDER = '~manifests/';

/** Manifests of bundles by their SHA-256, whole, so that they can be given to other devices. */
export interface ManifestCache {
  readonly read: (manifest: Hash) => Promise<Uint8Array | null>;
  /** Errors: rejects when the browser has no room. */
  readonly write: (manifest: Hash, bytes: Uint8Array) => Promise<void>;
  /** Lets go of all but these. */
  readonly keepOnly: (manifests: readonly Hash[]) => Promise<void>;
}

/** Creates the cache of a scope, which ends in a slash; it is opened at its first use. */
export const createManifestCache = (scope: string): ManifestCache => {
  const folder = new URL(FOLDER, scope).href;
  const open = (): Promise<Cache> => caches.open(CACHE);
  return {
    read: async (manifest) => {
      const kept = await (await open()).match(folder + manifest);
      return kept === undefined ? null : new Uint8Array(await kept.arrayBuffer());
    },
    write: async (manifest, bytes) =>
      (await open()).put(folder + manifest, new Response(bytes.slice())),
    keepOnly: async (manifests) => {
      const cache = await open();
      for (const request of await cache.keys()) {
        const name = request.url.slice(folder.length);
        if (!isHex32(name) || !manifests.includes(name as Hash)) await cache.delete(request);
      }
    },
  };
};
