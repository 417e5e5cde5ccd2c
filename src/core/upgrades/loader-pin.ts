/**
 * The loader that this code knows: the service worker's version, and the SHA-256 of its script.
 *
 * A test builds the script and compares. Who changes the loader changes this too, and the version
 * where bundles come to depend on the change.
 * Source: rules U6 and U13.
 */
export const LOADER_PIN = {
  version: 1,
  sha256: 'b9e51cf1ca5d03d0cc5e5ca137107fa778dfc7074cbecd2e9b20f32fcb410374',
} as const;
