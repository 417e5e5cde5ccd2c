import { type Hash, brandHex, isHex32 } from '../base/brands.js';

/** A loader: its version, and the SHA-256 of its script, by which people agree to it. */
export interface LoaderPin {
  readonly version: number;
  readonly sha256: Hash;
}

/** The version of the loader that every account began with. */
export const FIRST_LOADER = 1;

/**
 * The loaders that this code runs under, oldest first; the last one comes with this build.
 *
 * A build compares its script with the last pin. Who changes the loader in a release of its own
 * adds a pin with the next version; what was never released is replaced.
 * Source: rules U6 and U13.
 */
export const LOADER_PINS: readonly LoaderPin[] = [
  {
    version: FIRST_LOADER,
    sha256: brandHex<Hash>('e3f4332dee97da232b27bb1a02a70a2ba736ba1ae2fc844ff2dab34e02d2fe70'),
  },
];

/** The loader that comes with this build. */
export const LOADER_PIN = LOADER_PINS.at(-1) as LoaderPin;

const NAME = /^sw-(.*)\.js$/;

/** Where a host has a loader's script: by its hash, so that no two lie in one place. */
export const loaderPath = (sha256: Hash): string => `sw-${sha256}.js`;

/** The hash that a script's name says; null for a name of another form. */
export const loaderNamed = (path: string): Hash | null => {
  const sha256 = NAME.exec(path)?.[1] ?? '';
  return isHex32(sha256) ? (sha256 as Hash) : null;
};
