import type { Bundles } from '../ports/bundles.js';
import type { CarrierShelf } from '../ports/carrier.js';
import type { Cipher } from '../ports/cipher.js';
import type { Clock } from '../ports/clock.js';
import type { Keepsake } from '../ports/keepsake.js';
import type { DeviceKeys, KeyVault } from '../ports/keys.js';
import type { NewHomes } from '../ports/new-homes.js';
import type { PaperKeys } from '../ports/paper.js';
import type { Introducer } from '../ports/introducer.js';
import type { Randomness } from '../ports/randomness.js';
import type { Change, Durability, Store, StoreError } from '../ports/store.js';
import type { Transport } from '../ports/transport.js';
import type { Verifier } from '../ports/verifier.js';
import type { RosterRecord } from '../core/authority/roster.js';
import { LIMITS } from '../core/base/limits.js';
import type { Hash, SessionId } from '../core/base/brands.js';
import type { Result } from '../core/base/result.js';
import type { CodeSaid } from '../core/links/code-said.js';
import type { Activity } from './loop/activity.js';
import type { Holdings } from './journal/holdings.js';
import type { Inbox } from './loop/inbox.js';
import type { LastSeen } from './links/last-seen.js';
import type { PairingView, ProblemView, Stage } from './view.js';
import type { Carrier } from '../ports/carrier.js';

/** Everything that a replica needs from outside. */
export interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly store: Store;
  readonly vault: KeyVault;
  readonly verifier: Verifier;
  readonly cipher: Cipher;
  readonly paper: PaperKeys;
  readonly shelf: CarrierShelf;
  readonly transport: Transport;
  /** Absent where two devices cannot be connected by two codes. */
  readonly introducer?: Introducer;
  readonly storage: StorageInfo;
  /** Absent where this device holds one account and no other. */
  readonly homes?: NewHomes;
  /** What may outlive the store; absent where nothing does. */
  readonly keepsake?: Keepsake;
  /** Absent where this device cannot change its own code. */
  readonly bundles?: Bundles;
}

/** What the browser says of its own promise to keep data. */
export interface StorageInfo {
  readonly isPersisted: () => Promise<boolean | null>;
  readonly persist: () => Promise<boolean>;
  readonly estimate: () => Promise<{ readonly used: number | null; readonly quota: number | null }>;
  /** Whether it runs as an installed app; absent where nobody can tell. */
  readonly isInstalled?: () => boolean;
}

/** Times that people or policy may set; milliseconds. Defaults are those of rule S8. */
export interface Timing {
  readonly fenceMs: number;
  readonly approvalMs: number;
  readonly pingMs: number;
  readonly awayMs: number;
  readonly pairingMs: number;
  /** How long a dangerous change waits for a veto, from when this device first saw it (A9). */
  readonly dangerMs: number;
  /** How long a hard fork that was put forward is announced before it may bind (U4). */
  readonly noticeMs: number;
}

export const DEFAULT_TIMING: Timing = {
  fenceMs: 300_000,
  approvalMs: 7 * 24 * 3_600_000,
  pingMs: 4_000,
  awayMs: 10_000,
  pairingMs: 600_000,
  dangerMs: LIMITS.dangerDelayMs,
  noticeMs: LIMITS.hardForkNoticeMs,
};

/** What goes into a hello, and what a peer's is held against. */
export interface CodeStanding extends CodeSaid {
  /** The root of the bundle that runs here: what approvals name (rule C7). Null: no loader. */
  readonly content: Hash | null;
  /** Protocols that hard forks made indispensable. */
  readonly required: readonly string[];
}

/** A newcomer that consented and waits: it will be found in the room of the epoch to come. */
export interface PendingJoin {
  readonly record: RosterRecord;
  readonly peerName: string;
  /** When it consented, wall ms of this device: soon after it the others were asked. */
  readonly sinceMs: number;
}

/**
 * What the services of one replica share. The shell is the only room with such a thing; whatever
 * can be decided from the state is decided in the core.
 */
export interface Context {
  readonly ports: Ports;
  readonly timing: Timing;
  readonly inbox: Inbox;
  readonly activity: Activity;
  stage: Stage;
  /** When this device learned that it is no member any more, wall ms; null while it is one. */
  removedMs: number | null;
  keys: DeviceKeys | null;
  /** Null until this device belongs to an account. */
  holdings: Holdings | null;
  /** The record that would make this device a member, while the others still decide. */
  pending: PendingJoin | null;
  carrier: Carrier | null;
  pairing: PairingView;
  /** What this code speaks, and what hard forks demand of it and of peers (rule U5). */
  code: CodeStanding;
  deviceName: string;
  problems: readonly ProblemView[];
  readonly lastSeen: LastSeen;
  /** Says that the view has to be made anew. */
  readonly changed: () => void;
  /** Runs a task in the inbox that nobody waits for; what it throws ends as a line of the log. */
  readonly run: (task: () => Promise<void>) => void;
  /** Proofs of equivocation that some device has published, by `<session>:<seq>`. */
  readonly shownProofs: Set<string>;
  /** Sessions whose rows wait for a payload to be read, and up to which seq they are signed. */
  readonly harmed: Map<SessionId, number>;
  /** A commit failed since everything was last settled: what it was for is still to be done. */
  isUnsettled: boolean;
  /** Commits rows with the log lines that wait; a failure is noted as a problem. */
  readonly commit: (
    changes: readonly Change[],
    durability: Durability,
  ) => Promise<Result<void, StoreError>>;
}
