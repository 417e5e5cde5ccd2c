import type { Hash } from '../../core/base/brands.js';

/** What pages say to the loader. */
export type LoaderWord =
  /** The first bundle lies here: take this page over. */
  | { readonly kind: 'claim' }
  /** A page on trial did not come up; the loader answers whether it went back. */
  | { readonly kind: 'failed'; readonly trial: number; readonly cause: string }
  /** From the recovery page. */
  | { readonly kind: 'go-back' | 'forget' };

/** Told to every page after any change of the slots. */
export const BUNDLES_CHANNEL = 'upkeep.bundles';
/** Held by whoever changes which code lies here. */
export const CODE_LOCK = 'upkeep.code';
/** The page tells its guard that it is well. */
export const HEALTHY_EVENT = 'upkeep-healthy';
/** Where the loader says in a page which bundle it is of. */
export const BUNDLE_META = 'upkeep-bundle';
/** Fetches with this are of data for staging, and go past the loader to the host. */
export const STAGING_QUERY = '?sha256=';

/** What a page was given away as. */
export interface PageNote {
  readonly manifest: Hash;
  readonly trial: number | null;
}
