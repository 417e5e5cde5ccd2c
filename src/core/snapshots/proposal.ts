import type { AccountId, HeadId, RosterHash } from '../base/brands.js';
import type { QuarantinePoint, SnapshotSubject } from '../authority/statement.js';
import { type CutEntry, advanceOf, largestLamport, seqIn } from '../journal/frontier.js';
import { type Judge, createFold } from '../journal/fold.js';
import type { Journal } from '../journal/journal.js';
import type { State } from '../journal/state.js';
import type { Capture } from './payload.js';

/** Where a proposal starts from: what stands and what this replica folded on top of it. */
export interface Ground {
  readonly account: AccountId;
  readonly epoch: number;
  readonly roster: RosterHash;
  /** Standing heads that the base is joined from, sorted. */
  readonly predecessors: readonly HeadId[];
  readonly predecessorIndex: number;
  readonly base: State;
  /** Sorted by session. */
  readonly quarantine: readonly QuarantinePoint[];
  /** The account's fold version: the highest that a standing head names (rule S13). */
  readonly fold: number;
  /** The highest fold version that this replica's code implements. */
  readonly reads: number;
}

/**
 * The subject that a proposer puts to the others: its capture, as a difference from the base.
 *
 * Of quarantine points it names those of sessions that the cut names: no other bears on it.
 */
export const planSnapshot = (ground: Ground, capture: Capture): SnapshotSubject => {
  const advance = advanceOf(capture.state.frontier, ground.base.frontier);
  const sessions = new Set(advance.map(({ session }) => session));
  return {
    account: ground.account,
    epoch: ground.epoch,
    roster: ground.roster,
    predecessors: ground.predecessors,
    index: ground.predecessorIndex + 1,
    advance,
    quarantine: ground.quarantine.filter(({ session }) => sessions.has(session)),
    lamport: largestLamport(capture.state.frontier),
    digest: capture.digest,
    payload: capture.payload,
    fold: capture.fold,
  };
};

/**
 * The part of a cut that a judge passes: each session as far as nothing waits or lies beyond its
 * closing.
 *
 * What is folded may go further than a statement: a fact under a list that is a rival of what the
 * base covers is refused for good, but outside the chain of the statement's roster it is undecided
 * (rule S3), and stays in the journal with all that follows it there.
 */
export const passableCut = (
  advance: readonly CutEntry[],
  journal: Journal,
  judge: Judge,
): readonly CutEntry[] =>
  advance.flatMap(({ session, seq: upTo }) => {
    let last: CutEntry | null = null;
    for (const fact of journal.sessions().get(session)?.facts ?? []) {
      const { seq } = fact.envelope;
      const { kind } = judge(fact);
      if (seq > upTo || kind === 'wait' || kind === 'beyond') break;
      last = { session, seq, id: fact.id };
    }
    return last ?? [];
  });

/** Why a proposal cannot be recomputed here, or what recomputing showed. */
export type Recomputed =
  | { readonly kind: 'equal' }
  /** The states differ; `own` is what this replica computed. */
  | { readonly kind: 'differs'; readonly own: Capture }
  | { readonly kind: 'facts-missing'; readonly count: number }
  /** It is of another account, or builds on heads that this base is not joined from. */
  | { readonly kind: 'other-base' }
  | { readonly kind: 'other-epoch' }
  /**
   * The cut names a fact that is not in this replica's chain of the session, or passes one that
   * must not be passed: undecided, unknown, closed off, or quarantined as far as is known here.
   */
  | { readonly kind: 'other-chain' }
  /** It is of a version that this code does not implement. */
  | { readonly kind: 'newer-fold' }
  /** It would take the account back to a version that a standing head left behind. */
  | { readonly kind: 'older-fold' };

/**
 * Computes the state at a proposal's cut from this replica's own facts and compares (rules C2, S3).
 *
 * `judge` is the one of the statement's roster, quarantine points and fold version, not today's.
 * `capture` turns the state into bytes of that version and digest. Never reads the proposal's own
 * description of what changes: every part of the statement is computed here, so that nobody signs
 * what only a proposer says.
 */
export const recompute = (
  subject: SnapshotSubject,
  ground: Ground,
  journal: Journal,
  judge: Judge,
  capture: (state: State) => Capture,
): Recomputed => {
  if (subject.account !== ground.account) return { kind: 'other-base' };
  if (subject.roster !== ground.roster || subject.epoch !== ground.epoch) {
    return { kind: 'other-epoch' };
  }
  if (subject.fold > ground.reads) return { kind: 'newer-fold' };
  if (subject.fold < ground.fold) return { kind: 'older-fold' };
  if (subject.predecessors.join() !== ground.predecessors.join()) return { kind: 'other-base' };
  const missing = factsMissing(subject, journal);
  if (missing > 0) return { kind: 'facts-missing', count: missing };
  if (passesQuarantine(subject, ground)) return { kind: 'other-chain' };
  const state = stateAtCut(subject, ground.base, journal, judge);
  if (state === null) return { kind: 'other-chain' };
  const own = capture(state);
  const isEqual =
    own.digest === subject.digest &&
    own.payload === subject.payload &&
    largestLamport(state.frontier) === subject.lamport &&
    subject.index === ground.predecessorIndex + 1 &&
    subject.fold === own.fold &&
    isSameCut(subject.advance, advanceOf(state.frontier, ground.base.frontier));
  return isEqual ? { kind: 'equal' } : { kind: 'differs', own };
};

/** Who knows of an equivocation passes it for nobody, whatever points the statement names. */
const passesQuarantine = (subject: SnapshotSubject, ground: Ground): boolean =>
  ground.quarantine.some((point) =>
    subject.advance.some((entry) => entry.session === point.session && entry.seq >= point.seq),
  );

const isSameCut = (left: readonly CutEntry[], right: readonly CutEntry[]): boolean =>
  wordsOf(left) === wordsOf(right);

const wordsOf = (cut: readonly CutEntry[]): string =>
  cut.map(({ session, seq, id }) => `${session}:${seq}:${id}`).join();

/** How many facts below the cut this journal does not hold yet. */
export const factsMissing = (subject: SnapshotSubject, journal: Journal): number => {
  const held = journal.frontier();
  let missing = 0;
  for (const { session, seq } of subject.advance) {
    missing += Math.max(0, seq - Math.max(seqIn(held, session), seqIn(journal.cut, session)));
  }
  return missing;
};

/**
 * The state at a cut: the base joined with the allowed facts up to it.
 *
 * Null when a session's chain here does not pass through the cut's fact, or when the cut passes a
 * fact that must not be passed (undecided, unknown or quarantined).
 */
export const stateAtCut = (
  subject: Pick<SnapshotSubject, 'advance'>,
  base: State,
  journal: Journal,
  judge: Judge,
): State | null => {
  const fold = createFold(base);
  for (const { session, seq, id } of subject.advance) {
    const log = journal.sessions().get(session);
    if (log === undefined) return null;
    for (const fact of log.facts) {
      if (fact.envelope.seq > seq) break;
      const verdict = judge(fact);
      if (verdict.kind === 'wait' || verdict.kind === 'beyond') return null;
      fold.apply(fact, verdict);
    }
    if (fold.state().frontier.get(session)?.id !== id) return null;
  }
  return fold.state();
};
