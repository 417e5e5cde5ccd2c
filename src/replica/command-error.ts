import type { DeviceId } from '../core/base/brands.js';
import type { Result } from '../core/base/result.js';
import type { StoreError } from '../ports/store.js';
import type { LeavingError } from './leaving/leaving-view.js';
import type { RecoveryError } from './recovery/recovery-view.js';
import type { UpgradeError } from './upgrades/upgrade-commands.js';
import type { ApproveBlocker, PairingFailure } from './view.js';

/**
 * Why a command did nothing. Nothing is half done when one of these comes back.
 *
 * Tell them apart by `kind`; the words for people are the embedding app's.
 */
export type CommandError =
  /** This device could not keep it: no room, or its database is gone. */
  | { readonly kind: 'store'; readonly error: StoreError }
  /** This device belongs to no account yet. */
  | { readonly kind: 'no-account' }
  /** It belongs to one already. */
  | { readonly kind: 'has-account' }
  /**
   * The device lacks that capability (rule F8); `member`: it was taken out; `withdraw`: only who
   * proposed may.
   */
  | { readonly kind: 'not-allowed'; readonly capability: string }
  /** `max` is in characters for names, titles, labels and reasons, in bytes of UTF-8 for texts. */
  | { readonly kind: 'too-long'; readonly field: string; readonly max: number }
  /** Not what that field takes. */
  | { readonly kind: 'ill-formed'; readonly field: string }
  /** That field may not be empty. */
  | { readonly kind: 'empty'; readonly field: string }
  /** A cache floor beyond the epoch after the present one (rule K1). */
  | { readonly kind: 'floor-too-high'; readonly max: number }
  /** No such record here, or it is removed. */
  | { readonly kind: 'unknown-record' }
  /** No such decision here. */
  | { readonly kind: 'unknown-decision' }
  /** The decision cannot be answered so now; the blocker says why. */
  | { readonly kind: 'blocked'; readonly blocker: ApproveBlocker }
  /** A snapshot is being agreed already. */
  | { readonly kind: 'snapshot-pending' }
  /** What an earlier snapshot holds is not here yet: one of these devices has it (rule C3). */
  | { readonly kind: 'payload-awaited'; readonly from: readonly DeviceId[] }
  /** No fact came since the last snapshot, or none that one may cover yet. */
  | { readonly kind: 'nothing-to-prune' }
  /** So many proposals are open that it has to wait for one of them. */
  | { readonly kind: 'too-many-proposals'; readonly max: number }
  /** Too few yeses to complete it. */
  | { readonly kind: 'below-threshold'; readonly have: number; readonly need: number }
  /** Rival lists of devices stand; until they are merged the devices cannot be changed (A3). */
  | { readonly kind: 'forked' }
  /** There is one list of devices: nothing is to be merged. */
  | { readonly kind: 'not-forked' }
  /** Too few are shown to have broken their word, or too few others are left to decide (A3). */
  | { readonly kind: 'merge-not-shown' }
  /** This device is shown to have broken its word between the lists; it is not counted here. */
  | { readonly kind: 'broke-word' }
  /** Those who may agree are no majority of the devices that the merged list would hold. */
  | { readonly kind: 'too-few-left'; readonly have: number; readonly need: number }
  /** The code, or the meeting that it names, is no good. */
  | { readonly kind: 'pairing'; readonly reason: PairingFailure }
  /** Closed, another tab writes, or another such command is under way: try again later. */
  | { readonly kind: 'busy' }
  /** No such threshold: what it may be at least and at most. */
  | {
      readonly kind: 'bad-threshold';
      readonly field: 'snapshot' | 'governance';
      readonly min: number;
      readonly max: number;
    }
  /** The admin leaves and nobody was named in its place. */
  | { readonly kind: 'last-admin' }
  /** It would leave the account without this, or any, device that writes. */
  | { readonly kind: 'only-device' }
  /** No such member, or a key on paper where a device is needed. */
  | { readonly kind: 'unknown-device' }
  /** Not the number that the proposer's screen shows. */
  | { readonly kind: 'match-wrong' }
  /** This device vetoed it before; a veto is said once. */
  | { readonly kind: 'already-vetoed' }
  /** The file is larger than any may be; both in bytes. */
  | { readonly kind: 'too-large'; readonly bytes: number; readonly max: number }
  /** The record carries as many files as one may. */
  | { readonly kind: 'too-many-files'; readonly max: number }
  /** This device has not that much room left. */
  | { readonly kind: 'no-room'; readonly needBytes: number; readonly roomBytes: number }
  /** No record carries this file, as far as is known here. */
  | { readonly kind: 'unknown-blob' }
  /** Not all of its bytes are on this device. */
  | { readonly kind: 'not-here'; readonly heldBytes: number; readonly bytes: number }
  /** Its key was not given to this device yet: one that has it does so by itself. */
  | { readonly kind: 'no-key' }
  /** All of it is here, and the key that the account names does not open it. */
  | { readonly kind: 'unreadable' }
  /**
   * Too few other devices that keep their storage were seen to hold all of it; or this device
   * attached it and no snapshot covers that yet.
   */
  | {
      readonly kind: 'only-copy';
      readonly have: number;
      readonly need: number;
      readonly isUncovered: boolean;
    }
  /** A snapshot was agreed on by which this device may not prune yet; the view says why. */
  | { readonly kind: 'pruning-waits' }
  /** This device says for that many purposes that it needs the past. */
  | { readonly kind: 'too-many-leases'; readonly max: number }
  /** The account's records are of a newer format than this code reads (rule S13). */
  | { readonly kind: 'newer-format' }
  /** The account's records are of an older format, which does not hold this yet. */
  | { readonly kind: 'older-format'; readonly needs: number }
  /** The records are of the newest format that this code has. */
  | { readonly kind: 'format-newest'; readonly format: number }
  | UpgradeError
  | RecoveryError
  | LeavingError;

/**
 * What a command answers with: resolves after what it did is durable on this device. Never rejects
 * for anything that can be expected.
 */
export type Done<T = void> = Promise<Result<T, CommandError>>;
