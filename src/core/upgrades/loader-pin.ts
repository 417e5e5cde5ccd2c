/**
 * The loader that this code knows: the service worker's version, and the SHA-256 of its script.
 *
 * A test builds the script and compares. Who changes the loader changes this too, and the version
 * where bundles come to depend on the change.
 * Source: rules U6 and U13.
 */
export const LOADER_PIN = {
  version: 1,
  sha256: 'ef81856ac9fdfb064501e7fbbfa971b97554cabc3b0cf62189625da6b917a312',
} as const;
