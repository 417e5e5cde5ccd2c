/**
 * The loader that this code knows: the service worker's version, and the SHA-256 of its script.
 *
 * A test builds the script and compares. Who changes the loader changes this too, and the version
 * where bundles come to depend on the change.
 * Source: rules U6 and U13.
 */
export const LOADER_PIN = {
  version: 1,
  sha256: '0000000000000000000000000000000000000000000000000000000000000000',
} as const;
