import type { DeviceId } from '../../core/base/brands.js';
import type { Change, Durability } from '../../ports/store.js';
import type { Verifier } from '../../ports/verifier.js';
import type { Timing } from '../../replica/context.js';
import type { SimDevice } from '../device.js';
import type { Ledger, LedgerEntry } from '../ledger.js';

/** A commit of an honest device, before it reaches the disk. */
export interface Commit {
  readonly device: SimDevice;
  readonly changes: readonly Change[];
  readonly durability: Durability;
  /** When the device asked for it; a slow store takes it later. */
  readonly askedMs: number;
  /** The facts in the rows of this commit. */
  readonly entries: readonly LedgerEntry[];
  /** Those of them that no disk ever held before: what is being said for the first time. */
  readonly fresh: readonly LedgerEntry[];
}

/** What checkers may look at: the devices, their disks, and all facts ever written. */
export interface Scene {
  readonly nowMs: () => number;
  readonly devices: readonly SimDevice[];
  readonly ledger: Ledger;
  readonly verifier: Verifier;
  readonly timing: Timing;
  readonly deviceOf: (id: DeviceId) => SimDevice | null;
  /** Says that a promise was broken. */
  readonly fail: (promise: string, what: string) => void;
}

/**
 * Watches over one promise of ASSURANCE.md section 3.
 *
 * `commit` sees every commit of every honest device before it is durable; `step` runs after each
 * step of a run and has to be cheap; `end` runs once, when all is quiet and has converged.
 */
export interface Checker {
  readonly commit?: (commit: Commit) => void;
  readonly wrote?: (entry: LedgerEntry, variants: readonly LedgerEntry[]) => void;
  /** A life of an honest device began; its replica has not opened yet. */
  readonly started?: (device: SimDevice) => void;
  /** An honest device has just put a bundle on trial. */
  readonly switched?: (device: SimDevice) => void;
  /** An honest device has just judged a bundle on trial that does not suit it. */
  readonly looked?: (device: SimDevice) => void;
  readonly step?: (device: SimDevice) => void;
  readonly end?: () => void | Promise<void>;
}

export type CreateChecker = (scene: Scene) => Checker;
