import type { Hash } from '../base/brands.js';
import { FIRST_LOADER, type LoaderPin } from './loader-pin.js';
import { type Manifest, contentRootOf } from './manifest.js';
import type { KnownActivation } from './upgrade.js';

/** A loader that the members agreed to, and the bundle that it came with. */
export interface AgreedLoader extends LoaderPin {
  /** The root of that bundle's files. */
  readonly content: Hash;
}

/**
 * The loaders that records of the chain made binding, oldest first; each is newer than all before.
 *
 * A record names a manifest by its hash and the manifest the loader's script by its own, so enough
 * members agreed to exactly those bytes. What only was proposed, or runs, is none.
 * `manifestOf` answers null for a manifest that is not here.
 * Source: rule U13.
 */
export const agreedLoaders = (
  activations: readonly Pick<KnownActivation, 'manifest'>[],
  manifestOf: (manifest: Hash) => Pick<Manifest, 'brings' | 'files'> | null,
): readonly AgreedLoader[] => {
  const agreed: AgreedLoader[] = [];
  for (const { manifest } of activations) {
    const told = manifestOf(manifest);
    if (told?.brings === undefined || told.brings.version <= versionIn(agreed)) continue;
    agreed.push({ ...told.brings, content: contentRootOf(told) });
  }
  return agreed;
};

/** Why a release may not be put to the members, or taken, for the loader that it brings. */
export type LoaderRuleFault =
  /** A new loader is agreed to as a hard fork is, or not at all. */
  | { readonly kind: 'loader-not-hard'; readonly version: number }
  /** It is no newer than one that was agreed to, and not that one. */
  | { readonly kind: 'older-loader'; readonly version: number; readonly agreed: number };

/** What a device knows of loaders when a release is put to it. */
export interface LoaderGround {
  /** What the members agreed to, oldest first. */
  readonly loaders: readonly LoaderPin[];
  /** The one that gives its pages away; null where none does. */
  readonly inPlace: Hash | null;
}

/** Null where a release brings no loader that is new here, or is the hard fork for it. */
export const loaderRuleFault = (
  brings: LoaderPin | undefined,
  fork: 'soft' | 'hard',
  ground: LoaderGround,
): LoaderRuleFault | null => {
  if (!isNewLoader(brings, ground)) return null;
  const { version } = brings;
  const newest = versionIn(ground.loaders);
  if (version <= newest) return { kind: 'older-loader', version, agreed: newest };
  return fork === 'hard' ? null : { kind: 'loader-not-hard', version };
};

/** Whether a release brings a loader that nobody agreed to yet, and that is not in place. */
export const isNewLoader = (
  brings: LoaderPin | undefined,
  { loaders, inPlace }: LoaderGround,
): brings is LoaderPin =>
  brings !== undefined &&
  brings.sha256 !== inPlace &&
  !loaders.some(({ version, sha256 }) => version === brings.version && sha256 === brings.sha256);

/**
 * The loader that a device is to put in place; null where none is.
 *
 * The newest that was agreed to, unless its bundle failed here. A newer one serves older bundles,
 * so none goes back to an older one. `version` is that of the loader in place.
 */
export const loaderDue = (
  loaders: readonly AgreedLoader[],
  { inPlace, version }: { readonly inPlace: Hash | null; readonly version: number },
  failed: readonly Hash[],
): LoaderPin | null => {
  const newest = loaders.findLast(({ content }) => !failed.includes(content));
  if (newest === undefined || newest.sha256 === inPlace || newest.version <= version) return null;
  return { version: newest.version, sha256: newest.sha256 };
};

const versionIn = (agreed: readonly LoaderPin[]): number => agreed.at(-1)?.version ?? FIRST_LOADER;
