import type { BaseId, SessionId } from '../core/base/brands.js';
import type { Result } from '../core/base/result.js';

/**
 * A fact's bytes at their place after the base's cut: 0 for the first uncovered fact of a session.
 */
export interface CarriedRun {
  readonly session: SessionId;
  readonly firstPlace: number;
  /** Unsigned fact bytes, contiguous from firstPlace. Never empty. */
  readonly facts: readonly Uint8Array[];
}

/** Why a foreign update was not taken; nothing of it counts. */
export type CarrierError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  /** More sessions or facts than one update may name. */
  | { readonly kind: 'too-many' }
  | { readonly kind: 'undecodable' }
  | { readonly kind: 'delete-set' }
  | { readonly kind: 'not-binary' }
  | { readonly kind: 'foreign-client'; readonly client: number }
  | { readonly kind: 'foreign-root' }
  | { readonly kind: 'wrong-origin' }
  | { readonly kind: 'gap' }
  /** Reading took longer than the watchdog allows, and was ended. */
  | { readonly kind: 'reader-timeout' };

/**
 * The document of one base: what replicas of equal bases exchange.
 *
 * It can be thrown away and rebuilt from the facts at any time. Replicas that hold the same facts
 * hold byte-equal documents, whatever the order of appending between sessions.
 */
export interface Carrier {
  readonly base: BaseId;
  /** Appends runs; what is already there is skipped; a run that would leave a gap throws. */
  readonly append: (runs: readonly CarriedRun[]) => void;
  /** How many facts of each session the document holds. */
  readonly lengths: () => ReadonlyMap<SessionId, number>;
  readonly stateVector: () => Uint8Array;
  /**
   * What a peer with that state vector lacks; null when it lacks nothing, or the vector is
   * unreadable.
   */
  readonly updateFor: (peerStateVector: Uint8Array) => Uint8Array | null;
  /** What a peer lacks that holds so many facts of each session; null when it lacks nothing. */
  readonly updateBeyond: (held: ReadonlyMap<SessionId, number>) => Uint8Array | null;
  /** The whole document in canonical bytes. */
  readonly snapshotBytes: () => Uint8Array;
  /**
   * Reads a foreign update without touching the document, away from the caller's thread where
   * there is another (rule F11). Updates are read in the order of asking. Never rejects.
   */
  readonly decodeUpdate: (
    update: Uint8Array,
  ) => Promise<Result<readonly CarriedRun[], CarrierError>>;
  /** Closes it, keeping what is persisted. */
  readonly close: () => Promise<void>;
  /** Closes it and deletes what was persisted. */
  readonly destroy: () => Promise<void>;
}

/** Opens carriers. */
export interface CarrierShelf {
  /** The document of that base, with whatever was persisted of it. */
  readonly open: (base: BaseId) => Promise<Carrier>;
  /** Deletes every persisted document but that of this base. */
  readonly keepOnly: (base: BaseId) => Promise<void>;
}
