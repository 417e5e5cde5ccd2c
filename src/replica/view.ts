import type {
  AccountId,
  DeviceId,
  Digest,
  HeadId,
  RosterHash,
  StatementHash,
} from '../core/base/brands.js';
import type { AttachmentView, BlobsView } from './blob-view.js';
import type { DecisionView } from './decision-view.js';
import type {
  ForkView,
  LockoutView,
  MergingView,
  NewcomerView,
  RemovedView,
} from './membership-view.js';
import type { LeavingView, OriginView } from './leaving-view.js';
import type { FormatView } from './record-format.js';
import type { PeerView } from './peer-view.js';
import type { RecoveryView } from './recovery-view.js';
import type { DeviceReport, PruningView, ReceiptView } from './pruning-view.js';
import type { StrandedEditView } from './stray-facts.js';
import type { UpgradesView } from './upgrade-view.js';

export type { FormatBlocker, FormatView } from './record-format.js';
export type * from './blob-view.js';
export type * from './decision-view.js';
export type * from './leaving-view.js';
export type * from './membership-view.js';
export type * from './pruning-view.js';
export type * from './upgrade-view.js';
export type { StrandedCause, StrandedEditView } from './stray-facts.js';

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
 * this device learned that it is no member any more; locked: its host changed the app's loader.
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

/** How letting a device in goes, on either side; `idle` while none is under way. */
export type PairingView =
  | { readonly kind: 'idle' }
  /**
   * This device shows a code. `uri` goes into the QR; `groups` are for reading aloud and typing.
   */
  | {
      readonly kind: 'inviting';
      readonly uri: string;
      readonly groups: readonly string[];
      readonly expiresMs: number;
      /** The member whose new keys the newcomer brings. */
      readonly replaces?: DeviceId;
    }
  /** This device shows the first of two codes, and waits for the second to be scanned here. */
  | { readonly kind: 'offering'; readonly text: string; readonly expiresMs: number }
  /** This device scanned the first of two codes, and shows the second. */
  | { readonly kind: 'answering'; readonly text: string; readonly expiresMs: number }
  /** This device entered a code and looks for the one that shows it. */
  | { readonly kind: 'seeking'; readonly sinceMs: number }
  /** Both screens show the same words; the person compares. */
  | {
      readonly kind: 'comparing';
      readonly role: 'inviter' | 'newcomer';
      readonly peerName: string;
      readonly words: readonly string[];
      readonly emoji: readonly string[];
      /** True once this side has confirmed and waits for the other. */
      readonly isConfirmed: boolean;
    }
  /** Admitted by one device; the roster change waits for the yes of others. */
  | {
      readonly kind: 'waiting';
      readonly role: 'inviter' | 'newcomer';
      readonly peerName: string;
      readonly decision: StatementHash | null;
      readonly missing: readonly string[];
    }
  | {
      readonly kind: 'receiving';
      readonly receivedBytes: number;
      readonly totalBytes: number | null;
    }
  | { readonly kind: 'done'; readonly role: 'inviter' | 'newcomer'; readonly peerName: string }
  | {
      readonly kind: 'failed';
      readonly role: 'inviter' | 'newcomer';
      readonly reason: PairingFailure;
    };

/** Why a pairing came to nothing; the code is spent, and a new one can be shown. */
export type PairingFailure =
  | 'code-malformed'
  | 'code-mistyped'
  | 'code-expired'
  | 'code-used'
  /** newcomer: the other side was shown another short code. */
  | 'code-wrong'
  /** inviter: somebody tried a wrong short code, so this one is spent. */
  | 'code-guessed'
  | 'code-other-purpose'
  | 'code-newer-version'
  | 'other-account'
  /** This browser cannot be reached directly, or tells no address. */
  | 'no-direct-way'
  | 'nobody-there'
  | 'words-differ'
  | 'withdrawn'
  | 'peer-lied'
  | 'connection-lost'
  | 'refused-by-members'
  | 'store-failed';

/** Something that a person should know of; it stays until it is over. Since when: wall ms. */
export interface ProblemView {
  readonly kind:
    | 'quota'
    | 'store-lost'
    | 'store-failed'
    | 'digest-alarm'
    | 'equivocation'
    | 'forked'
    | 'loader-changed'
    | 'head-unreadable'
    | 'payload-missing'
    | 'rendezvous-unreachable';
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
