import type { DeviceId, Digest, Hash, StatementHash } from '../../core/base/brands.js';
import type { UpgradeBlocker } from '../../core/upgrades/switch-guard.js';
import type { FormatBlocker } from '../records/record-format.js';
import type { DangerView } from '../membership/membership-view.js';

/** Something that needs yeses: a snapshot, or a change of the devices. */
export interface DecisionView {
  /** The statement that people agree to; equal proposals are one decision. */
  readonly id: StatementHash;
  readonly subject: SnapshotSubject | RosterSubject;
  readonly proposer: DeviceId;
  readonly proposedMs: number;
  readonly comment: string;
  readonly stage: 'open' | 'completed' | 'withdrawn' | 'expired' | 'superseded';
  /**
   * Open, but so many refused that it cannot come about any more (rule C3): nobody is asked, and it
   * is withdrawn or lapses. Should it be completed elsewhere all the same, it is completed (C10).
   */
  readonly isTurnedDown: boolean;
  /** Sixteen letters and digits in four groups, equal on every device. */
  readonly shortCode: readonly [string, string, string, string];
  readonly needed: number;
  readonly answers: readonly AnswerView[];
  /** True while this person's yes or no is still awaited; never where it is turned down. */
  readonly needsMe: boolean;
  /** Why Approve is disabled; null when it is enabled. */
  readonly approveBlocker: ApproveBlocker | null;
  readonly canWithdraw: boolean;
  /** When it lapses, wall ms. */
  readonly expiresMs: number;
}

/** What one member says to a decision. */
export interface AnswerView {
  readonly device: DeviceId;
  /** awaited: a yes is still possible; away: awaited, and not connected now. */
  readonly answer: 'yes' | 'no' | 'awaited' | 'away';
  readonly atMs: number | null;
  /** The comment or the reason for refusing. */
  readonly comment: string;
  /** A yes that names a bundle which this account never agreed to run (rule C7). */
  readonly isForeign: boolean;
  /** A yes that completes nothing here as things stand, by the account's own rule (C7). */
  readonly isUncounted: boolean;
}

/** What a snapshot would settle, and let go. */
export interface SnapshotSubject {
  readonly kind: 'snapshot';
  readonly index: number;
  readonly epoch: number;
  readonly digest: Digest;
  /** What this device computed for itself; null while it still lacks facts. */
  readonly ownDigest: Digest | null;
  readonly factsToGo: number;
  readonly recordsStay: number;
  readonly factsPruned: number;
  readonly bytesFreed: number;
  /** Wall ms of the oldest fact that is let go; null when there is none. */
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
  /** The format that it takes records to; null where that stays (rule S13). */
  readonly raisesTo: number | null;
  /** Devices that lack facts below the cut, as far as this device knows. */
  readonly behind: readonly { readonly device: DeviceId; readonly lastSeenMs: number | null }[];
  /** Where the states differ, in words such as "records: 2"; empty when equal. */
  readonly differences: readonly string[];
}

/** What differs between two lists of devices. */
export interface RosterChanges {
  readonly joining: readonly { readonly device: DeviceId; readonly name: string }[];
  readonly leaving: readonly { readonly device: DeviceId; readonly name: string }[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly snapshotThreshold: { readonly from: number; readonly to: number };
  readonly governanceThreshold: { readonly from: number; readonly to: number };
  readonly capabilities: readonly CapabilityChange[];
  readonly admin: { readonly from: DeviceId; readonly to: DeviceId } | null;
}

/**
 * What a change of the devices would change: against the list in force, or, where it unites rival
 * lists, against the last one that all of them follow.
 */
export interface RosterSubject extends RosterChanges {
  readonly kind: 'roster';
  readonly epoch: number;
  /** Devices, without keys on paper. */
  readonly membersAfter: number;
  /** Whoever may say yes then: devices and keys on paper. */
  readonly signersAfter: number;
  /** Nothing but keys on paper comes, and goes at most. */
  readonly isPaper: boolean;
  /** Nothing but the keys changes. */
  readonly isRotation: boolean;
  /** The version that every device needs from the new epoch on (rule U4). */
  readonly activation: {
    readonly package: string;
    readonly version: string;
    readonly manifest: Hash;
  } | null;
  /**
   * Open, and snapshots would fall with it that this device cannot go back from: nobody agrees to
   * it, and who asked for it has to ask again.
   */
  readonly undoesSnapshots: boolean;
  /** How many rival lists it unites, and who broke its word between them; null in any other. */
  readonly merge: {
    readonly branches: number;
    readonly brokeWord: readonly { readonly device: DeviceId; readonly name: string }[];
  } | null;
  /** Null for what asks for a yes alone. */
  readonly danger: DangerView | null;
}

/** What one device may do from then on that it might not, and the reverse. */
export interface CapabilityChange {
  readonly device: DeviceId;
  readonly name: string;
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

/** What keeps this device from saying yes. */
export type ApproveBlocker =
  | { readonly kind: 'already-answered'; readonly answer: 'yes' | 'no' }
  | { readonly kind: 'not-open' }
  | { readonly kind: 'facts-missing'; readonly count: number }
  | { readonly kind: 'digest-differs' }
  /** Its proposer asked so often that this device works it out later, within a minute or so. */
  | { readonly kind: 'put-off' }
  | { readonly kind: 'epoch-moved' }
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'payload-unreadable' }
  /** It takes records to a format that this device's code does not read (rule S13). */
  | { readonly kind: 'newer-format' }
  /** The same, while this device may still go back to code that does not read it. */
  | FormatBlocker
  | { readonly kind: 'answered-another' }
  /** What it answered cannot be read any more: another answer might be a second one. */
  | { readonly kind: 'answer-forgotten' }
  /** What it promised or voted for cannot be read any more: another vote might break its word. */
  | { readonly kind: 'votes-forgotten' }
  /** This device runs code that the account never agreed to, and such a yes does not count (C7). */
  | { readonly kind: 'foreign-code' }
  /** This device is shown to have broken its word between the branches of the fork. */
  | { readonly kind: 'broke-word' }
  /** A member wants it not to happen. */
  | { readonly kind: 'vetoed'; readonly device: DeviceId }
  /** It is done to this very device. */
  | { readonly kind: 'subject' }
  | { readonly kind: 'envelope-unopenable' }
  /** It does more than what is shown of it: nobody of ours asks for such a list (rule C2). */
  | { readonly kind: 'does-more' }
  /** Snapshots would fall with it that this device cannot go back from: it names none of them. */
  | { readonly kind: 'undoes-snapshots' }
  /** The bundle that it would make binding cannot be so now; null: it was never announced here. */
  | { readonly kind: 'upgrade-blocked'; readonly blocker: UpgradeBlocker | null };
