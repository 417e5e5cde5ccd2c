import type { AdmittedFact } from '../facts/run.js';
import type { SessionTip } from './frontier.js';

/** The last fact of a checked run and its signature: runs are forwarded up to here (rule F4). */
export interface SignedEnd {
  readonly seq: number;
  readonly signature: Uint8Array;
}

/** One session's uncovered facts, contiguous from firstSeq, and its last checked signature. */
export interface SessionLog {
  readonly firstSeq: number;
  readonly count: number;
  /** All of them; what is not read yet is read now. */
  readonly facts: readonly AdmittedFact[];
  /** The fact at a seq, and those from one on; both read only what they need to. */
  readonly at: (seq: number) => AdmittedFact | null;
  readonly since: (seq: number) => readonly AdmittedFact[];
  readonly hasUnread: boolean;
  /** Reads some of what is not read yet; false when nothing is left. */
  readonly readSome: () => boolean;
  readonly signed: SignedEnd | null;
}

/**
 * The first facts of a session as our own store keeps them, not read yet.
 *
 * Whoever makes one answers for it: the bytes are those that were admitted before (rule F9), and
 * `tip` is the last of them. `read` gives as many facts as `count` says.
 */
export interface StoredFacts {
  readonly firstSeq: number;
  readonly count: number;
  readonly bytes: number;
  readonly tip: SessionTip;
  /** Null where a signature follows with later facts. */
  readonly signed: SignedEnd | null;
  readonly read: () => readonly AdmittedFact[];
  /** Does a part of what `read` has to do; false when nothing is left. */
  readonly readSome: () => boolean;
}

/** A log that grows. */
export interface OpenLog extends SessionLog {
  signed: SignedEnd | null;
  readonly push: (fact: AdmittedFact) => void;
}

export const createSessionLog = (firstSeq: number, stored: StoredFacts | null): OpenLog => {
  let unread = stored;
  /** While some are unread, only those after them. */
  let facts: AdmittedFact[] = [];

  const all = (): AdmittedFact[] => {
    if (unread !== null) {
      facts = [...unread.read(), ...facts];
      unread = null;
    }
    return facts;
  };

  return {
    firstSeq,
    get count() {
      return (unread?.count ?? 0) + facts.length;
    },
    get facts() {
      return all();
    },
    get hasUnread() {
      return unread !== null;
    },
    at: (seq) => {
      const at = seq - firstSeq;
      const unreadCount = unread?.count ?? 0;
      if (at < 0) return null;
      return (at >= unreadCount ? facts[at - unreadCount] : all()[at]) ?? null;
    },
    since: (seq) => {
      const from = Math.max(0, seq - firstSeq);
      const unreadCount = unread?.count ?? 0;
      return from >= unreadCount ? facts.slice(from - unreadCount) : all().slice(from);
    },
    readSome: () => {
      if (unread === null) return false;
      if (!unread.readSome()) all();
      return true;
    },
    push: (fact) => void facts.push(fact),
    signed: stored?.signed ?? null,
  };
};
