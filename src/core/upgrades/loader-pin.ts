/**
 * The loader that this code knows: the service worker's version, and the SHA-256 of its script.
 *
 * A test builds the script and compares. Who changes the loader changes this too, and the version
 * where bundles come to depend on the change.
 * Source: rules U6 and U13.
 */
export const LOADER_PIN = {
  version: 1,
  sha256: '3e76955be54ddd92c17024ff642d069d2b075e711578fa28dace98a4a8b3226e',
} as const;
