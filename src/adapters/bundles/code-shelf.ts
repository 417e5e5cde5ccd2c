import type { Hash } from '../../core/base/brands.js';
import type { Result } from '../../core/base/result.js';
import type { BundleFile } from '../../core/upgrades/manifest.js';
import type { Slots } from '../../core/upgrades/slots.js';

/** Keeps the slots: one value, changed in one durable write. */
export interface SlotKeeper {
  readonly read: () => Promise<Slots>;
  /**
   * Takes a step from what is kept to what the step makes of it, with nobody in between.
   *
   * Resolves once that is kept for good; a step that is refused changes nothing. Rejects when the
   * browser cannot keep it.
   */
  readonly change: <Fault>(
    step: (slots: Slots) => Result<Slots, Fault>,
  ) => Promise<Result<Slots, Fault>>;
}

/** Keeps the files of bundles by their SHA-256, and which file of a bundle is which. */
export interface CodeShelf {
  /** The bytes under a hash as they lie here, unchecked; null where there are none. */
  readonly read: (sha256: Hash) => Promise<Uint8Array | null>;
  /** False: the browser has no room for them. */
  readonly write: (sha256: Hash, bytes: Uint8Array) => Promise<boolean>;
  /** Those of these hashes that lie here. */
  readonly held: (hashes: readonly Hash[]) => Promise<ReadonlySet<Hash>>;
  /** Keeps the list of a bundle's files under the hash of its manifest. False: no room. */
  readonly keepFiles: (manifest: Hash, files: readonly BundleFile[]) => Promise<boolean>;
  readonly filesOf: (manifest: Hash) => Promise<readonly BundleFile[] | null>;
  /** Keeps a manifest itself, so that others can have it. False: no room. */
  readonly keepManifest: (manifest: Hash, bytes: Uint8Array) => Promise<boolean>;
  /** A manifest as it lies here, unchecked. */
  readonly manifest: (manifest: Hash) => Promise<Uint8Array | null>;
  /** Lets go of what no slot and no open page names; the slots name these manifests. */
  readonly sweep: (named: readonly Hash[]) => Promise<void>;
}

export type FetchFault = 'missing' | 'too-large' | 'unreachable' | 'cancelled';

/** Fetches an address as plain data, at most so many bytes; it is never run from there. */
export type FetchBytes = (
  url: string,
  bytesMax: number,
  signal?: AbortSignal,
) => Promise<Result<Uint8Array, FetchFault>>;
