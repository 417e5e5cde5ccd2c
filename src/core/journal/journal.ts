import { compareEntries } from '../base/ordering.js';
import type { FactId, SessionId } from '../base/brands.js';
import { bytesToHex, hexToBytes, sha256 } from '../base/hash.js';
import { encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { assert } from '../base/result.js';
import type { AdmittedFact, AdmittedRun } from '../facts/run.js';
import { tipOfFact } from '../facts/session.js';
import type { Frontier, SessionTip } from './frontier.js';
import { seqIn } from './frontier.js';
import {
  type OpenLog,
  type SessionLog,
  type SignedEnd,
  type StoredFacts,
  createSessionLog,
} from './session-log.js';

export type { SessionLog, SignedEnd, StoredFacts } from './session-log.js';

/**
 * The grow-only set of admitted facts after a cut (SPEC section 2, rules F4 and F12).
 *
 * It holds what was admitted and judges nothing: quarantine and authority belong to the fold. Facts
 * of a session are contiguous from the cut on. A run is taken in from its first fact that is new
 * here; one that does not follow what is held or covered changes nothing (its chain misses the cut,
 * rule F6), and a gap inside a run is a broken invariant.
 */
export interface Journal {
  readonly cut: Frontier;
  readonly sessions: () => ReadonlyMap<SessionId, SessionLog>;
  /** Cut and facts together: where each session stands. */
  readonly frontier: () => Frontier;
  readonly tip: (session: SessionId) => SessionTip | null;
  readonly append: (run: JournalRun) => readonly AdmittedFact[];
  /** Takes in the first facts of a session after the cut, as the store keeps them. */
  readonly adopt: (session: SessionId, stored: StoredFacts) => void;
  readonly factAt: (session: SessionId, seq: number) => AdmittedFact | null;
  /** The id of the fact there, without reading the session where it is the last one. */
  readonly idAt: (session: SessionId, seq: number) => FactId | null;
  readonly factCount: () => number;
  readonly byteCount: () => number;
  /** A hash over the ids of all facts held, in any order of arrival: equal sets, equal digests. */
  readonly setDigest: () => string;
  /** Puts another signature in the place of one that does not hold. */
  readonly sign: (session: SessionId, signed: SignedEnd) => void;
}

/** What of an admitted run the journal keeps. */
export type JournalRun = Pick<AdmittedRun, 'facts' | 'lastSeq' | 'signature'>;

/** An empty journal that continues from a cut. */
export const createJournal = (cut: Frontier): Journal => {
  const logs = new Map<SessionId, OpenLog>();
  const tips = new Map<SessionId, SessionTip>(cut);
  let count = 0;
  let bytes = 0;
  let digest: string | null = null;

  const append = (run: JournalRun): readonly AdmittedFact[] => {
    const first = run.facts[0];
    assert(first !== undefined, 'a run has facts');
    const session = first.envelope.session;
    const nextSeq = (tips.get(session)?.seq ?? -1) + 1;
    const fresh = run.facts.filter((fact) => fact.envelope.seq >= nextSeq);
    const follows = fresh[0]?.envelope.prev === (tips.get(session)?.id ?? null);
    if (fresh[0]?.envelope.seq !== nextSeq || !follows) return [];
    digest = null;
    const log = logs.get(session) ?? createSessionLog(nextSeq, null);
    logs.set(session, log);
    for (const fact of fresh) {
      assert(fact.envelope.seq === log.firstSeq + log.count, 'a session has no gap');
      log.push(fact);
      count += 1;
      bytes += fact.bytes.length;
    }
    const last = fresh.at(-1);
    if (last !== undefined) tips.set(session, tipOfFact(last));
    if (run.lastSeq > (log.signed?.seq ?? -1)) {
      log.signed = { seq: run.lastSeq, signature: run.signature };
    }
    return fresh;
  };

  return {
    cut,
    sessions: () => logs,
    frontier: () => tips,
    tip: (session) => tips.get(session) ?? null,
    append,
    adopt: (session, stored) => {
      assert(stored.firstSeq === seqIn(cut, session) + 1, 'stored facts follow the cut');
      assert(!logs.has(session), 'stored facts come first');
      digest = null;
      logs.set(session, createSessionLog(stored.firstSeq, stored));
      tips.set(session, stored.tip);
      count += stored.count;
      bytes += stored.bytes;
    },
    factAt: (session, seq) => logs.get(session)?.at(seq) ?? null,
    idAt: (session, seq) => {
      const tip = tips.get(session);
      const log = logs.get(session);
      return tip?.seq === seq && log !== undefined ? tip.id : (log?.at(seq)?.id ?? null);
    },
    factCount: () => count,
    byteCount: () => bytes,
    setDigest: () => (digest ??= setDigestOf(tips)),
    sign: (session, signed) => {
      const log = logs.get(session);
      if (log !== undefined) log.signed = signed;
    },
  };
};

/**
 * Sessions are hash chains, so the ids at their tips stand for all facts before them: the digest of
 * a fact set is the hash of its sorted tips.
 */
export const setDigestOf = (frontier: Frontier): string => {
  const tips = [...frontier]
    .sort(compareEntries)
    .map(([session, tip]) => [hexToBytes(session), tip.seq, hexToBytes(tip.id)]);
  return bytesToHex(sha256(encodeCanonical([DOMAINS.factset, tips])));
};

/** A run as it travels: facts from `fromSeq` up to a checked signature. */
export interface OutgoingRun {
  readonly session: SessionId;
  readonly firstSeq: number;
  readonly facts: readonly AdmittedFact[];
  readonly lastSeq: number;
  readonly signature: Uint8Array;
}

/**
 * What a holder of `theirs` lacks, per session up to the last checked signature (rule F4).
 *
 * Facts that this journal's cut covers are never offered: they do not exist here any more.
 */
export const runsBeyond = (
  journal: Journal,
  theirs: ReadonlyMap<SessionId, number>,
): OutgoingRun[] => {
  const runs: OutgoingRun[] = [];
  for (const [session, log] of journal.sessions()) {
    const from = Math.max(log.firstSeq, (theirs.get(session) ?? -1) + 1);
    const run = runFrom(log, session, from);
    if (run !== null) runs.push(run);
  }
  return runs;
};

/** The run of one session from a seq up to its last checked signature; null when there is none. */
export const runFrom = (log: SessionLog, session: SessionId, from: number): OutgoingRun | null => {
  if (log.signed === null || log.signed.seq < from || from < log.firstSeq) return null;
  const { seq: lastSeq, signature } = log.signed;
  const facts = log.since(from).slice(0, lastSeq - from + 1);
  return { session, firstSeq: from, facts, lastSeq, signature };
};

/** What of this journal a cut covers: what a snapshot there would let go. */
export const coveredBy = (journal: Journal, cut: Frontier): { facts: number; bytes: number } => {
  let facts = 0;
  let bytes = 0;
  for (const [session, log] of journal.sessions()) {
    const covered = log.facts.slice(0, Math.max(0, seqIn(cut, session) - log.firstSeq + 1));
    facts += covered.length;
    for (const fact of covered) bytes += fact.bytes.length;
  }
  return { facts, bytes };
};
