import type { Work } from './work.js';

/** A library that is measured: each does the same deeds, as its own documentation says. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  /** What it does of what is asked here, in plain words for the table. */
  readonly does: { readonly signs: string; readonly prunes: string; readonly starts: string };
  /** Writes the deeds, in their sessions; nothing of it is timed. Called before anything else. */
  readonly prepare: (work: Work) => Promise<void>;
  /** Takes all that was written into a fresh replica, until its records are listed. */
  readonly merge: () => Promise<Listed>;
  /** As merge, each fact with an Ed25519 signature beside it; null where it signs by itself. */
  readonly mergeSigned: (() => Promise<Listed>) | null;
  /** Starts on what a replica with all facts keeps, until its records are listed. */
  readonly coldStart: () => Promise<Listed>;
  /** One new record on one of two replicas that hold all facts, until it is on the other. */
  readonly syncOne: () => Promise<Told>;
  /** Lets go of so many facts, nine tenths of which later ones made idle, as far as it can. */
  readonly prune: (facts: number) => Promise<Pruned>;
  /** A replica comes back that wrote on what the others removed and let go of meanwhile. */
  readonly staleReturn: () => Promise<Returned>;
  /** What becomes of each deed of a liar, found by trying. */
  readonly tryAttacks: () => Promise<Tries>;
}

/** Records as they are listed at the end: `title|label,label`, in any order. */
export interface Listed {
  readonly ms: number;
  readonly records: readonly string[];
}

export interface Told {
  readonly ms: number;
  /** Both ways, until both have it, without what seals a connection. */
  readonly bytes: number;
}

export interface Pruned {
  /** Null where there is no way; then what it keeps is told all the same. */
  readonly ms: number | null;
  readonly bytesBefore: number;
  readonly bytesLeft: number;
  /** After two more times, where bytes go late; null where they went at once. */
  readonly bytesLater: number | null;
}

export interface Returned {
  /** Edits of the one who was away, to records that nobody removed, which are nowhere at the end. */
  readonly lost: number;
  /** Records that were removed and stand on any replica at the end. */
  readonly resurrected: number;
  readonly areEqual: boolean;
  readonly note: string;
}

export const ATTACKS = [
  'forged signature',
  'author impersonated',
  'equivocation',
  'removed device writes',
  'pruned facts again',
  'deletion by a stranger',
] as const;
export type Attack = (typeof ATTACKS)[number];

/**
 * `refused`: nothing of it enters. `detected`: it enters at most in part, and the replica says so.
 * `taken`: it enters in silence. `none`: the library has nothing that could be attacked so.
 */
export interface Try {
  readonly is: 'refused' | 'detected' | 'taken' | 'none' | 'not tried';
  readonly why: string;
}
export type Tries = Readonly<Record<Attack, Try>>;
