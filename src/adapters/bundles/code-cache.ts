import type { Hash } from '../../core/base/brands.js';

/** The one cache of code, whatever bundle a file belongs to. */
export const CODE_CACHE = 'upkeep.code';
/** Where a file would lie if the host had it; no bundle's path holds this sign. */
export const CODE_FOLDER = '~code/';

/** Files by their SHA-256 in Cache Storage. */
export interface CodeCache {
  readonly read: (sha256: Hash) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Errors: rejects when the browser has no room. */
  readonly write: (sha256: Hash, bytes: Uint8Array) => Promise<void>;
}

/** Creates the cache of a scope, which ends in a slash; it is opened at its first use. */
export const createCodeCache = (scope: string): CodeCache => {
  const folder = scope + CODE_FOLDER;
  return {
    read: async (sha256) => {
      const kept = await caches.match(folder + sha256, { cacheName: CODE_CACHE });
      return kept ? new Uint8Array(await kept.arrayBuffer()) : null;
    },
    write: async (sha256, bytes) =>
      (await caches.open(CODE_CACHE)).put(
        folder + sha256,
        new Response(bytes as Uint8Array<ArrayBuffer>),
      ),
  };
};

/**
 * SHA-256 by the browser, off the page's thread; what it gives is a hash by its making.
 *
 * Source: Web Cryptography API, digest.
 */
export const sha256Of = async (bytes: Uint8Array): Promise<Hash> => {
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  const pairs = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
  return pairs.join('') as Hash;
};
