import type {
  AccountId,
  DeviceId,
  Digest,
  HeadId,
  RosterHash,
  StatementHash,
} from '../core/base/brands.js';
import type { AttachmentView, BlobsView } from './blobs/blob-view.js';
import type { DecisionView } from './decisions/decision-view.js';
import type {
  ForkView,
  LockoutView,
  MergingView,
  NewcomerView,
  RemovedView,
} from './membership/membership-view.js';
import type { LeavingView, OriginView } from './leaving/leaving-view.js';
import type { FormatView } from './records/record-format.js';
import type { PairingView } from './pairing/pairing-view.js';
import type { PeerView } from './links/peer-view.js';
import type { RecoveryView } from './recovery/recovery-view.js';
import type { DeviceReport, PruningView, ReceiptView } from './snapshots/pruning-view.js';
import type { StrandedEditView } from './journal/stray-facts.js';
import type { UpgradesView } from './upgrades/upgrade-view.js';

export type { FormatBlocker, FormatView } from './records/record-format.js';
export type * from './blobs/blob-view.js';
export type * from './decisions/decision-view.js';
export type * from './leaving/leaving-view.js';
export type * from './membership/membership-view.js';
export type * from './pairing/pairing-view.js';
export type * from './snapshots/pruning-view.js';
export type * from './upgrades/upgrade-view.js';
export type { StrandedCause, StrandedEditView } from './journal/stray-facts.js';

/** A record is named by the session and seq of the fact that created it: `<session hex>:<seq>`. */
export type RecordKey = string;

/** Everything that a screen shows. Immutable; a new one is published after each change. */
export interface View {
  readonly stage: Stage;
  readonly account: AccountView | null;
  readonly sync: SyncView;
  /**
   * Other devices, by what passed with them since this one was started; sorted by id. Measured anew
   * whenever it is asked for.
   */
  readonly peers: readonly PeerView[];
  readonly devices: readonly DeviceView[];
  /** Who came in lately, until a person put it away. */
  readonly newcomers: readonly NewcomerView[];
  readonly decisions: readonly DecisionView[];
  /**
   * Newest edit first. Listed when it is first asked for, as things then stand: a screen that shows
   * no records does not wait for ten thousand of them to be sorted.
   */
  readonly records: readonly RecordView[];
  /** How many records there are, without listing them. */
  readonly recordCount: number;
  /** What was written and counts nowhere: offered for taking over as new records, or leaving. */
  readonly strandedEdits: readonly StrandedEditView[];
  readonly fence: FenceView | null;
  readonly snapshots: readonly SnapshotView[];
  readonly pruning: PruningView;
  readonly format: FormatView;
  readonly journal: JournalView;
  readonly activity: readonly ActivityView[];
  readonly pairing: PairingView;
  /**
   * Without an account: the name that this device had in one before its browser let go of what was
   * kept, until `account.beginAnew`. Null: nothing is known of that.
   */
  readonly formerly: string | null;
  readonly problems: readonly ProblemView[];
  readonly storage: StorageView;
  readonly blobs: BlobsView;
  /** Set where the stage is `removed`. */
  readonly removed: RemovedView | null;
  readonly forks: readonly ForkView[];
  /** What uniting them takes; null while there is one list of devices. */
  readonly merging: MergingView | null;
  readonly leaving: LeavingView;
  readonly lockout: LockoutView;
  /** Null without an account. */
  readonly recovery: RecoveryView | null;
  /** Made when it is first asked for, as things then stand. */
  readonly upgrades: UpgradesView;
}

/**
 * opening: the store is being read; elsewhere: another tab of this device is the writer; removed:
 * this device learned that it is no member any more; locked: its host changed the app's loader;
 * lost: the store is gone, with the problem `store-lost`, or it cannot be opened, with another.
 */
export type Stage = 'opening' | 'empty' | 'pairing' | 'member' | Closed | 'removed';
/** Nothing is open, and only a person can change that. */
type Closed = 'elsewhere' | 'lost' | 'locked';

/** The account as the roster in force has it. */
export interface AccountView {
  readonly id: AccountId;
  readonly me: DeviceId;
  readonly identityEpoch: number;
  /** Identity epoch at which the last snapshot completed; null before the first. */
  readonly snapshotEpoch: number | null;
  readonly rosterHash: RosterHash;
  readonly snapshotThreshold: number;
  readonly governanceThreshold: number;
  readonly admin: DeviceId;
  readonly isForked: boolean;
  /** The account that this one was begun from, by members who left it; null: it is of its own. */
  readonly origin: OriginView | null;
}

/** alone: no other device is connected; in-step: equal journals with `inStepWith` other devices. */
export interface SyncView {
  readonly kind: 'alone' | 'syncing' | 'in-step' | 'problem';
  /** Devices that agree with this one, this one included. */
  readonly inStepCount: number;
  readonly deviceCount: number;
  readonly connectedCount: number;
  readonly rendezvous: 'connecting' | 'connected' | 'unreachable';
}

/** A member of the account, a key on paper included. */
export interface DeviceView {
  readonly id: DeviceId;
  readonly name: string;
  /** What it looks like: chosen from the name and what it said of itself. */
  readonly form: 'phone' | 'tablet' | 'laptop' | 'paper';
  readonly isMe: boolean;
  readonly isAdmin: boolean;
  readonly presence: 'here' | 'connected' | 'away';
  /** When it was last connected, wall ms on this device; null when never. */
  readonly lastSeenMs: number | null;
  readonly isInStep: boolean;
  readonly keyStorage: 'hardware' | 'soft' | 'paper';
  readonly capabilities: readonly string[];
  readonly joinedEpoch: number;
  /** Its own last word on how well it keeps things (rule S11); null where it never said. */
  readonly report: DeviceReport | null;
}

/** A record as all that is known of it makes it. Times are the wall ms of whoever wrote. */
export interface RecordView {
  readonly key: RecordKey;
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
  /** The day on which to look at it again, `YYYY-MM-DD`; null: none, or format 1 of records. */
  readonly date: string | null;
  /** By name, equal names by blob. */
  readonly attachments: readonly AttachmentView[];
  readonly createdMs: number;
  readonly editedMs: number;
  readonly editedBy: DeviceId;
  /**
   * saved: durable here; shared: also on at least one other device; queued: durable here, waits for
   * the fence to fall.
   */
  readonly state: 'saved' | 'shared' | 'queued';
}

/** Writing waits while a snapshot is being agreed. */
export interface FenceView {
  readonly decision: StatementHash;
  readonly untilMs: number;
  readonly queuedEdits: number;
}

/** A completed snapshot: who signed it, and what this device let go by it. */
export interface SnapshotView {
  readonly id: HeadId;
  readonly index: number;
  readonly epoch: number;
  readonly completedMs: number;
  readonly signers: readonly DeviceId[];
  readonly rosterSize: number;
  readonly payloadBytes: number;
  readonly factsPruned: number;
  readonly bytesFreed: number;
  readonly digest: Digest;
  readonly isStanding: boolean;
  readonly isHeld: boolean;
  /** Of the devices that took it over last. */
  readonly receipts: readonly ReceiptView[];
}

/** What this device holds since the last snapshot. */
export interface JournalView {
  readonly facts: number;
  readonly bytes: number;
  readonly digest: Digest | null;
  readonly queuedEdits: number;
  readonly undecidedFacts: number;
}

/** One line of the log. `kind` chooses the words, `details` fill them. */
export interface ActivityView {
  readonly id: string;
  readonly atMs: number;
  readonly device: DeviceId | null;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly kind: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** Something that a person should know of; it stays until it is over. Since when: wall ms. */
export interface ProblemView {
  readonly kind:
    | 'quota'
    | 'store-lost'
    /** Written last by a later version of the app than runs here; nothing of it is gone. */
    | 'store-newer'
    /** Another tab holds it open under an older version. */
    | 'store-blocked'
    | 'store-failed'
    | 'digest-alarm'
    | 'equivocation'
    | 'forked'
    | 'loader-changed'
    | 'head-unreadable'
    | 'payload-missing'
    | 'rendezvous-unreachable'
    /** This browser connects to no other device: what is written here stays here. */
    | 'no-connections';
  readonly device: DeviceId | null;
  readonly sinceMs: number;
}

/** What the browser says of the room and of its promise to keep data. Bytes. */
export interface StorageView {
  /** null: the browser does not tell. */
  readonly isPersisted: boolean | null;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}
