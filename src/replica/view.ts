import type {
  AccountId,
  DeviceId,
  Digest,
  HeadId,
  RosterHash,
  StatementHash,
} from '../core/base/brands.js';

/** A record is named by the session and seq of the fact that created it: `<session hex>:<seq>`. */
export type RecordKey = string;

/** Everything that a screen shows. Immutable; a new one is published after each change. */
export interface View {
  readonly stage: Stage;
  readonly account: AccountView | null;
  readonly sync: SyncView;
  readonly devices: readonly DeviceView[];
  readonly decisions: readonly DecisionView[];
  /**
   * Newest edit first. Listed when it is first asked for, as things then stand: a screen that shows
   * no records does not wait for ten thousand of them to be sorted.
   */
  readonly records: readonly RecordView[];
  /** How many records there are, without listing them. */
  readonly recordCount: number;
  /** Late edits of records that a snapshot has let go: offered for restoring as new ones. */
  readonly strandedEdits: readonly StrandedEditView[];
  readonly fence: FenceView | null;
  readonly snapshots: readonly SnapshotView[];
  readonly journal: JournalView;
  readonly activity: readonly ActivityView[];
  readonly pairing: PairingView;
  readonly problems: readonly ProblemView[];
  readonly storage: StorageView;
}

/** opening: the store is being read; elsewhere: another tab of this device is the writer. */
export type Stage = 'opening' | 'empty' | 'pairing' | 'member' | 'elsewhere' | 'lost';

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
}

/** Something that needs yeses: a snapshot, or a change of the devices. */
export interface DecisionView {
  /** The statement that people agree to; equal proposals are one decision. */
  readonly id: StatementHash;
  readonly subject: SnapshotSubject | RosterSubject;
  readonly proposer: DeviceId;
  readonly proposedMs: number;
  readonly comment: string;
  readonly stage: 'open' | 'completed' | 'withdrawn' | 'expired' | 'superseded';
  /** Sixteen letters and digits in four groups, equal on every device. */
  readonly shortCode: readonly [string, string, string, string];
  readonly needed: number;
  readonly answers: readonly AnswerView[];
  /** True while this person's yes or no is still awaited. */
  readonly needsMe: boolean;
  /** Why Approve is disabled; null when it is enabled. */
  readonly approveBlocker: ApproveBlocker | null;
  readonly canWithdraw: boolean;
  /** When it lapses, wall ms. */
  readonly expiresMs: number;
}

export interface AnswerView {
  readonly device: DeviceId;
  /** awaited: a yes is still possible; away: awaited, and not connected now. */
  readonly answer: 'yes' | 'no' | 'awaited' | 'away';
  readonly atMs: number | null;
  /** The comment or the reason for refusing. */
  readonly comment: string;
}

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
  /** Devices that lack facts below the cut, as far as this device knows. */
  readonly behind: readonly { readonly device: DeviceId; readonly lastSeenMs: number | null }[];
  /** Where the states differ, in words such as "records: 2"; empty when equal. */
  readonly differences: readonly string[];
}

export interface RosterSubject {
  readonly kind: 'roster';
  readonly epoch: number;
  readonly joining: readonly { readonly device: DeviceId; readonly name: string }[];
  readonly leaving: readonly { readonly device: DeviceId; readonly name: string }[];
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  readonly snapshotThreshold: { readonly from: number; readonly to: number };
  readonly governanceThreshold: { readonly from: number; readonly to: number };
  readonly membersAfter: number;
}

export type ApproveBlocker =
  | { readonly kind: 'already-answered'; readonly answer: 'yes' | 'no' }
  | { readonly kind: 'not-open' }
  | { readonly kind: 'facts-missing'; readonly count: number }
  | { readonly kind: 'digest-differs' }
  | { readonly kind: 'epoch-moved' }
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'payload-unreadable' }
  | { readonly kind: 'answered-another' }
  | { readonly kind: 'envelope-unopenable' };

export interface RecordView {
  readonly key: RecordKey;
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
  readonly createdMs: number;
  readonly editedMs: number;
  readonly editedBy: DeviceId;
  /**
   * saved: durable here; shared: also on at least one other device; queued: durable here, waits for
   * the fence to fall.
   */
  readonly state: 'saved' | 'shared' | 'queued';
}

export interface StrandedEditView {
  readonly key: RecordKey;
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
  readonly editedMs: number;
  readonly editedBy: DeviceId;
}

/** Writing waits while a snapshot is being agreed. */
export interface FenceView {
  readonly decision: StatementHash;
  readonly untilMs: number;
  readonly queuedEdits: number;
}

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
}

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
    }
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

export type PairingFailure =
  | 'code-malformed'
  | 'code-mistyped'
  | 'code-expired'
  | 'code-used'
  | 'code-other-purpose'
  | 'code-newer-version'
  | 'other-account'
  | 'nobody-there'
  | 'words-differ'
  | 'withdrawn'
  | 'peer-lied'
  | 'connection-lost'
  | 'refused-by-members'
  | 'store-failed';

export interface ProblemView {
  readonly kind:
    | 'quota'
    | 'store-lost'
    | 'store-failed'
    | 'digest-alarm'
    | 'equivocation'
    | 'forked'
    | 'head-unreadable'
    | 'payload-missing'
    | 'rendezvous-unreachable';
  readonly device: DeviceId | null;
  readonly sinceMs: number;
}

export interface StorageView {
  /** null: the browser does not tell. */
  readonly isPersisted: boolean | null;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}
