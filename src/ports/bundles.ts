import type { Hash } from '../core/base/brands.js';
import type { Result } from '../core/base/result.js';
import type { LoaderPin } from '../core/upgrades/loader-pin.js';
import type { BundleFile, ManifestError } from '../core/upgrades/manifest.js';
import type { TrialOutcome } from '../core/facts/upgrade-bodies.js';
import type { BundleNote, Floor, SlotFault, Switch, Trial } from '../core/upgrades/slots.js';

/** What the loader is, as far as a page can tell (rule U6). */
export interface LoaderNote {
  /** Of the loader in place; of one that this code does not know, and where there is none, 1. */
  readonly version: number;
  /** What the name of its script says; null where it says nothing, or no loader is in place. */
  readonly inPlace: Hash | null;
  /** One that this device has put in its place, and that waits until every page is closed. */
  readonly coming: Hash | null;
  /**
   * Others than this code knows, or this device put in place: the host offers them, or they are
   * there. In the order in which this page found them; null: one that could not be read.
   */
  readonly strangers: readonly (Hash | null)[];
}

/** Why a loader was not put in place; the one that is there goes on. */
export type LoaderFault =
  /** This device has none: development, a private window, files from an app store. */
  | { readonly kind: 'no-loader' }
  /** The host gives another script under its name, or a part of it. */
  | { readonly kind: 'mismatch'; readonly path: string }
  /** No script came. */
  | { readonly kind: 'unreachable'; readonly path: string }
  /** The browser did not take it. */
  | { readonly kind: 'failed'; readonly message: string };

/** The idle slot: the bundle that comes, or the one before. */
export interface IdleBundle extends BundleNote {
  readonly state: 'staging' | 'staged' | 'good' | 'bad';
  /** How much of it lies here and was checked. */
  readonly filesHere: number;
  readonly bytesHere: number;
}

/** The code that this device runs and may run. */
export interface BundlesState {
  readonly loader: LoaderNote;
  /**
   * What the next load opens, and this page where it was not switched since. Null: no loader is in
   * control (development, a private window, the very first visit): nothing can be switched.
   */
  readonly active: (BundleNote & { readonly state: 'good' | 'trial' }) | null;
  /** What this very page is of; null where it did not come from the loader. */
  readonly running: { readonly manifest: Hash; readonly trial: number | null } | null;
  readonly idle: IdleBundle | null;
  readonly trial: Trial | null;
  readonly floor: Floor | null;
  /** Content roots that failed here, the latest last. */
  readonly quarantined: readonly Hash[];
  /** Oldest first; at most 50. */
  readonly history: readonly Switch[];
}

/** How far staging is, of how much. */
export interface StageProgress {
  readonly files: number;
  readonly bytes: number;
  readonly filesOf: number;
  readonly bytesOf: number;
}

/** Why a bundle was not staged; one that lies with a file names it. */
export type StageFault =
  | { readonly kind: 'no-loader' }
  | { readonly kind: 'bad-manifest'; readonly error: ManifestError }
  | { readonly kind: 'newer-loader'; readonly loader: number }
  | SlotFault
  /** Other bytes than the manifest says, or fewer, from every address that answered. */
  | { readonly kind: 'mismatch'; readonly path: string }
  /** More bytes than the manifest says; no more of them were read. */
  | { readonly kind: 'too-large'; readonly path: string }
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'unreachable'; readonly path: string }
  | { readonly kind: 'no-room' }
  | { readonly kind: 'cancelled' };

/** Why a switch was not made. */
export type SwitchFault =
  | { readonly kind: 'no-loader' }
  | SlotFault
  /** This page is of another bundle than the one that it would vouch for. */
  | { readonly kind: 'other-bundle' }
  | { readonly kind: 'failed'; readonly message: string };

/** What a candidate made of a copy of this device's state (rule U12). */
export interface MigrationRun {
  /** The format that it was taken to. */
  readonly format: number;
  /** Bytes of the state in that format. */
  readonly bytes: number;
  /** The same state, taken back to the format that it came in. */
  readonly back: Uint8Array;
  readonly durationMs: number;
}

/** Why a candidate made nothing of it; `untried`: it brings no script, or none can run here. */
export type MigrationFault = Exclude<TrialOutcome, 'fits'>;

/** What a host says that its latest release is. */
export interface HostOffer {
  readonly manifest: Uint8Array;
  /** Where its files lie, for `stage`. */
  readonly urls: readonly string[];
}

/** Why a host did not say what its latest release is. */
export type OfferFault =
  { readonly kind: 'unreachable' } | { readonly kind: 'missing' } | { readonly kind: 'too-large' };

/**
 * Where else a file of a bundle may come from than from hosts: its bytes, or null where nobody has
 * them now. What comes is checked like everything else.
 */
export type FileSource = (file: BundleFile, signal?: AbortSignal) => Promise<Uint8Array | null>;

/**
 * The bundles of code on this device: two slots, a pointer, a trial (rules U3, U6, U7).
 *
 * Approval is not asked here: who calls has checked it (`releaseFault`). A bundle that failed, is
 * older than the newest good one, or is other than its manifest says, is refused here all the same.
 * Every promise of a switch resolves after it is kept for good.
 */
export interface Bundles {
  readonly state: () => Promise<BundlesState>;
  /** Called after any change, whichever page or watcher made it. Returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * The latest release of a host, unread: bytes of at most 512 KiB. Null: the page's own host.
   * An address is of a folder and ends in a slash; the release is its `release.cbor`. Where a
   * manifest is named, that one or none: also an older one, as `releases/HASH.cbor`.
   */
  readonly offered: (url: string | null, manifest?: Hash) => Promise<Result<HostOffer, OfferFault>>;
  /**
   * Fetches a bundle into the idle slot; answers when it may be tried.
   *
   * Files that lie here under their hash are not fetched, but hashed again. What was fetched stays
   * when it fails or is cancelled, so the next call goes on from there. Addresses are tried in
   * order, for each file anew: one that ends in `files/` holds files by SHA-256, any other by path.
   * Where no address has a file, `elsewhere` is asked; addresses that gave no answer at all are
   * then asked after it for the rest.
   */
  readonly stage: (
    manifest: Uint8Array,
    urls: readonly string[],
    onProgress?: (done: StageProgress) => void,
    signal?: AbortSignal,
    elsewhere?: FileSource,
  ) => Promise<Result<void, StageFault>>;
  /**
   * A file of a bundle that lies here whole and checked, by its SHA-256, or with null the manifest
   * itself; hashed once more. Null: no such bundle or file, or other bytes by now.
   */
  readonly read: (manifest: Hash, file: Hash | null) => Promise<Uint8Array | null>;
  /**
   * Has the staged bundle's own script take a copy of a state up to its format and down again,
   * where it reaches nothing of this device, and ends it after 30 s.
   *
   * The script is the file MIGRATION_PATH of the bundle, hashed again before it runs.
   */
  readonly tryMigration: (
    manifest: Hash,
    payload: Uint8Array,
  ) => Promise<Result<MigrationRun, MigrationFault>>;
  /**
   * Looks through the files of the bundle that runs, and brings back what was lost or harmed: from
   * the page's own host, which may have another release by now, else from `elsewhere`. True: all of
   * them lie here as its manifest says.
   */
  readonly mend: (elsewhere: FileSource, signal?: AbortSignal) => Promise<boolean>;
  /** Puts the staged bundle on trial from the next load on; the caller loads the page anew. */
  readonly tryStaged: () => Promise<Result<number, SwitchFault>>;
  /**
   * This page, which is of that trial, came up: from now on its own checks judge it, not the guards
   * of its loading.
   */
  readonly cameUp: (trial: number) => Promise<Result<void, SwitchFault>>;
  /** This page, which is of that trial, is well: the bundle is good and the floor rises. */
  readonly confirm: (trial: number) => Promise<Result<void, SwitchFault>>;
  /** Back to the other bundle from the next load on; what ran is never taken again. */
  readonly rollBack: (
    reason: string,
    cause: 'person' | 'health',
  ) => Promise<Result<void, SwitchFault>>;
  /**
   * Puts a loader in place that was agreed to: fetches its script, and has the browser take it once
   * that hashes to what the pin says. It takes over when every page is closed. Done already: ok.
   */
  readonly placeLoader: (pin: LoaderPin) => Promise<Result<void, LoaderFault>>;
  /** Lets a content that failed here be taken once more, since a person wants that. */
  readonly readmit: (content: Hash) => Promise<Result<void, SwitchFault>>;
  /** Empties the idle slot. */
  readonly discard: () => Promise<Result<void, SwitchFault>>;
}
