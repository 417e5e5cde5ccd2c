import type {
  BaseId,
  DeviceId,
  FactId,
  Hash,
  HeadId,
  PayloadId,
  RosterHash,
  SessionId,
  StatementHash,
} from '../base/brands.js';
import type { BlobMessage } from './blob-messages.js';
import type { CodeMessage } from './code-messages.js';
import type { LeavingMessage } from './leaving-messages.js';
import type { Gap } from './leaving-out.js';
import type { SharedMessage } from './shared-messages.js';
import type { HeadsDigest, Step } from './step.js';

export type * from './blob-messages.js';
export type * from './code-messages.js';
export type * from './leaving-messages.js';
export type * from './shared-messages.js';

/** What a replica holds and where it stands: the first message each way on a proven link. */
export interface HeadsMessage {
  readonly kind: 'heads';
  /** How many roster records lead from the genesis to the tip, the genesis included. */
  readonly rosterCount: number;
  readonly rosterTip: RosterHash;
  readonly epoch: number;
  readonly standingHeads: readonly HeadId[];
  readonly heldPayloads: readonly PayloadId[];
  readonly base: BaseId;
  /** The carrier's state vector; null while no carrier of this base takes updates of this peer. */
  readonly stateVector: Uint8Array | null;
  readonly frontier: readonly FrontierItem[];
  /** Digest over the ids of all facts held; equal sets have equal digests. */
  readonly factSet: Hash;
  /** The sender's wall clock in ms: for display only. */
  readonly wallMs: number;
  readonly name: string;
}

/**
 * What changed of one's heads while all else in them stayed as last said on this link: after a
 * written fact it is all that there is to say.
 */
export interface StandingMessage {
  readonly kind: 'standing';
  /** Sessions that moved since they were told of last. */
  readonly frontier: readonly FrontierItem[];
  readonly factSet: Hash;
}

/**
 * Where one stands, in a digest: the first word on a proven link, and the least one can say after
 * something changed. Whoever stands elsewhere answers with what it takes to find the difference.
 */
export interface CompareMessage {
  readonly kind: 'compare';
  readonly step: Step;
  /** The first word on a link: a digest of what else its sender's heads would say; else null. */
  readonly rest: HeadsDigest | null;
  /** Members that, as they told the sender, stand there as well; see reach.ts. */
  readonly reached: Uint8Array;
}

/** The last contiguous fact held of one session. */
export interface FrontierItem {
  readonly session: SessionId;
  readonly seq: number;
  readonly fact: FactId;
}

/** Canonical roster completions in the order of their epochs. */
export interface RosterChainMessage {
  readonly kind: 'rosterChain';
  readonly completions: readonly Uint8Array[];
}

/** Sealed secrets of identity epochs, each for one device. */
export interface EnvelopesMessage {
  readonly kind: 'envelopes';
  readonly envelopes: readonly KeyEnvelope[];
}
export interface KeyEnvelope {
  readonly device: DeviceId;
  readonly roster: RosterHash;
  readonly envelope: Uint8Array;
}

/** Canonical snapshot completions. */
export interface CompletionsMessage {
  readonly kind: 'completions';
  readonly completions: readonly Uint8Array[];
}

/** Asks for one part of a payload; parts count from 0. */
export interface WantPayloadMessage {
  readonly kind: 'wantPayload';
  readonly payload: PayloadId;
  readonly part: number;
}

/** Parts but the last have LIMITS.payloadPartBytes bytes; an empty payload is one empty part. */
export interface PayloadPartMessage {
  readonly kind: 'payloadPart';
  readonly payload: PayloadId;
  readonly part: number;
  readonly parts: number;
  readonly totalBytes: number;
  readonly bytes: Uint8Array;
}

/** An update of the carrier of one base, with the signatures that close its runs. */
export interface CarrierUpdateMessage {
  readonly kind: 'carrierUpdate';
  readonly base: BaseId;
  readonly update: Uint8Array;
  readonly signatures: readonly RunSignature[];
}
export interface RunSignature {
  readonly session: SessionId;
  readonly seq: number;
  readonly signature: Uint8Array;
}

/**
 * New facts of one session, told by a peer of the same base to all who lack them: an update of the
 * carrier, the signature of its last fact, where its sender stands now, and whom else it told.
 */
export interface NewsMessage {
  readonly kind: 'news';
  /** The first bytes of the base's id. */
  readonly base: Uint8Array;
  /** Without the ids that both ends know, under the record that `reached` names. */
  readonly update: Uint8Array;
  readonly gaps: readonly Gap[];
  readonly signature: Uint8Array;
  readonly step: Step;
  /** Members that hold the facts, or are told of them at the same time; see reach.ts. */
  readonly reached: Uint8Array;
}

/** Contiguous facts by session, for replicas whose bases or carriers differ. */
export interface RunsMessage {
  readonly kind: 'runs';
  readonly runs: readonly FactRun[];
}
export interface FactRun {
  readonly session: SessionId;
  readonly firstSeq: number;
  /** Unsigned fact bytes of firstSeq, firstSeq + 1, …; never empty. */
  readonly facts: readonly Uint8Array[];
  /** Signatures of facts of this run, ascending by seq. */
  readonly signatures: readonly SeqSignature[];
}
export interface SeqSignature {
  readonly seq: number;
  readonly signature: Uint8Array;
}

/** Asks for facts of sessions, both ends included. */
export interface WantRunsMessage {
  readonly kind: 'wantRuns';
  readonly ranges: readonly SeqRange[];
}
export interface SeqRange {
  readonly session: SessionId;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** Asks for facts by id. */
export interface WantFactsMessage {
  readonly kind: 'wantFacts';
  readonly facts: readonly FactId[];
}

/** One member's signature over a statement, valid wherever it comes from. */
export interface ShareMessage {
  readonly kind: 'share';
  readonly statement: StatementHash;
  readonly signer: DeviceId;
  readonly signature: Uint8Array;
}

/** Canonical equivocation proofs. */
export interface EvidenceMessage {
  readonly kind: 'evidence';
  readonly proofs: readonly Uint8Array[];
}

/**
 * The hashes of one level of the digest tree over the state at a statement's cut.
 *
 * With domain '' they are the domains' roots in the tree's order, else that domain's buckets.
 */
export interface PartsMessage {
  readonly kind: 'parts';
  readonly statement: StatementHash;
  readonly domain: string;
  readonly hashes: readonly Hash[];
}
export interface WantPartsMessage {
  readonly kind: 'wantParts';
  readonly statement: StatementHash;
  readonly domain: string;
}

/** A heartbeat; a pong repeats the n of its ping and gives its own clock. */
export interface PingMessage {
  readonly kind: 'ping';
  readonly n: number;
  readonly wallMs: number;
}
/** A heartbeat among members, answered as a ping: it says where its sender stands. */
export interface BeatMessage {
  readonly kind: 'beat';
  readonly n: number;
  readonly wallMs: number;
  readonly step: Step;
}
export interface PongMessage {
  readonly kind: 'pong';
  readonly n: number;
  readonly wallMs: number;
}

/** Why a link ends. A reason that this version does not know reads as 'other'. */
export interface ByeMessage {
  readonly kind: 'bye';
  readonly reason: ByeReason;
}
export const BYE_REASONS = [
  'closing',
  'epoch-advanced',
  'removed',
  'stranger',
  'other-account',
  'newer-version',
  'duplicate-link',
  'malformed',
  'flood',
  'other',
] as const;
export type ByeReason = (typeof BYE_REASONS)[number];

/** What this version can say. */
export type KnownMessage =
  | BlobMessage
  | CodeMessage
  | SharedMessage
  | LeavingMessage
  | HeadsMessage
  | StandingMessage
  | CompareMessage
  | RosterChainMessage
  | EnvelopesMessage
  | CompletionsMessage
  | WantPayloadMessage
  | PayloadPartMessage
  | CarrierUpdateMessage
  | NewsMessage
  | RunsMessage
  | WantRunsMessage
  | WantFactsMessage
  | ShareMessage
  | EvidenceMessage
  | PartsMessage
  | WantPartsMessage
  | PingMessage
  | BeatMessage
  | PongMessage
  | ByeMessage;

/** What can arrive: a message of a newer version is known by its code only, and ignored. */
export type Message = KnownMessage | { readonly kind: 'unknown'; readonly code: number };
