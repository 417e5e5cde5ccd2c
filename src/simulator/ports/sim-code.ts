import type { Hash } from '../../core/base/brands.js';
import { brandHex } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import type { LoaderPin } from '../../core/upgrades/loader-pin.js';
import type { Manifest } from '../../core/upgrades/manifest.js';
import type { Slots } from '../../core/upgrades/slots.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import type { Bundles } from '../../ports/bundles.js';

/** The bundle store of one life, with the loader and the watchers below it. */
export interface SimBundles extends Bundles {
  /** A watcher of that trial sees it fail; nothing happens when that trial is over. */
  readonly fail: (trial: number, cause: string) => void;
}

/** A loader with the content of the release that brings it. */
export interface BroughtLoader {
  readonly loader: LoaderPin;
  readonly content: Hash;
}

/** What a device keeps of code, whatever becomes of its lives. */
export interface SimCodeDisk {
  readonly slots: () => Slots;
  /** How many bytes still fit from now on. */
  readonly setRoom: (bytes: number) => void;
  /** What gives its pages away, and what waits to; null: the first loader, or none. */
  readonly loaders: () => { readonly inPlace: LoaderPin | null; readonly coming: LoaderPin | null };
  /** What a release brings, as the host knows it; null: no loader of its own. */
  readonly brings: (manifest: Hash) => BroughtLoader | null;
  /** A new page: the loader counts its boot. Every answer of the host comes after `wait`. */
  readonly open: (page: {
    readonly wallMs: () => number;
    readonly wait: () => Promise<void>;
  }) => SimBundles;
}

/** Where an account's releases lie. */
export interface SimHost {
  readonly url: string;
  readonly publish: (manifest: Manifest, bytesOf: (path: string) => Uint8Array) => Uint8Array;
  readonly cut: (isCut: boolean) => void;
  /** What it gives from now on under the name of a loader's script; null: nothing. */
  readonly putLoader: (sha256: Hash, script: Uint8Array | null) => void;
  readonly createDisk: (first: Manifest) => SimCodeDisk;
}

const UTF8 = new TextEncoder();

const textsOf = (words: string): ReadonlyMap<string, string> =>
  new Map([
    ['assets/common.js', 'export const common = 1;'],
    [`assets/own.js`, `export const own = '${words}';`],
    ['index.html', '<!doctype html><head></head><title>App</title>'],
  ]);

/** The bytes of a release whose own file says these words. */
export const releaseBytes = (words: string) => (path: string) =>
  UTF8.encode(textsOf(words).get(path));

/** Release `sequence` of this app; what it holds is decided by the words alone. */
export const releaseOf = (
  sequence: number,
  words: string,
  protocols: readonly string[] = THIS_BUILD.protocols,
  brings?: LoaderPin,
): Manifest => ({
  ...{ package: THIS_BUILD.package, version: `0.${sequence}.0`, sequence, loader: 1, fold: 1 },
  files: [...textsOf(words)].map(([path, text]) => ({
    path,
    bytes: UTF8.encode(text).length,
    sha256: brandHex<Hash>(sha256Hex(UTF8.encode(text))),
  })),
  ...{ protocols, dependencies: [], compliance: [] },
  ...{ notes: '', notBefore: null, expires: null },
  ...(brings && { brings }),
});
