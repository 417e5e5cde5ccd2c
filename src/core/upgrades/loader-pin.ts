/**
 * The loader that this code knows: the service worker's version, and the SHA-256 of its script.
 *
 * A test builds the script and compares. Who changes the loader changes this too, and the version
 * where bundles come to depend on the change.
 * Source: rules U6 and U13.
 */
export const LOADER_PIN = {
  version: 1,
  sha256: 'b80fe0a0bc68430590331c678aa421f7a5a644faa95f265fdfbe1af6ba436eac',
} as const;
