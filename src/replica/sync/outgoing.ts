import { compareBy, compareText } from '../../core/base/ordering.js';
import type { SessionId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { seqIn } from '../../core/journal/frontier.js';
import { type Journal, type OutgoingRun, runFrom, runsBeyond } from '../../core/journal/journal.js';
import type { FactRun, HeadsMessage, KnownMessage } from '../../core/links/messages.js';
import { leaveOut } from '../../core/links/leaving-out.js';
import { basePrefixOf } from '../../core/links/step.js';
import type { Context } from '../context.js';
import type { IncomingRun } from '../journal/foreign.js';
import type { Holdings } from '../journal/holdings.js';
import { type Link, isKernelOnly, raiseFrontier } from '../links/link.js';
import { PIECE_BYTES, isGoingOn } from './run-pieces.js';
import { knownWords, ownStep } from './steps.js';
import { doubtsOf, isDoubted } from '../storage/stored-signatures.js';

/**
 * The messages that bring a peer what it lacks, as far as this device knows (rules F4, F10).
 *
 * On equal bases one carrier update with the signatures that close its runs, as news where it is
 * of one session; else, and to a peer that tells no state vector, runs by id. More than one message
 * is to weigh goes as runs too, which come in pieces.
 */
export const factsFor = (
  context: Context,
  holdings: Holdings,
  link: Link,
  reachedBy: (session: SessionId, seq: number) => Uint8Array,
): readonly KnownMessage[] => {
  const runs = runsBeyond(holdings.journal(), link.frontier).filter(
    ({ session }) => !isDoubted(holdings, session),
  );
  if (runs.length === 0) return [];
  // An update holds all facts of all sessions, and some of them cannot be shown.
  const isApart = doubtsOf(holdings).size > 0 || isKernelOnly(context, link);
  if (isGoingOn(link) || isApart) return runMessages(runs);
  if (runs.reduce((sum, run) => sum + bytesOf(run), 0) > PIECE_BYTES) return runMessages(runs);
  const { carrier } = context;
  const isCarried = carrier !== null && link.theirs?.base === carrier.base;
  const takesUpdates = (link.theirs?.stateVector ?? null) !== null;
  if (!isCarried || !takesUpdates || carrier.base !== holdings.base().id) return runMessages(runs);
  const cut = holdings.journal().cut;
  const held = new Map<SessionId, number>();
  for (const [session, seq] of link.frontier) {
    const length = seq - seqIn(cut, session);
    if (length > 0) held.set(session, length);
  }
  const update = carrier.updateBeyond(held);
  if (update === null) return runMessages(runs);
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) {
    const reached = reachedBy(only.session, only.lastSeq);
    const [base, step] = [basePrefixOf(carrier.base), ownStep(holdings)];
    const { rest, gaps } = leaveOut(update, knownWords(holdings));
    const { signature } = only;
    return [{ kind: 'news', base, update: rest, gaps, signature, step, reached }];
  }
  const signatures = runs.map(({ session, lastSeq: seq, signature }) => ({
    session,
    seq,
    signature,
  }));
  signatures.sort(compareBy(({ session }) => session, compareText));
  return [{ kind: 'carrierUpdate', base: carrier.base, update, signatures }];
};

/**
 * Where a peer holds another fact at a place, it is shown our chain: the makings of a proof.
 *
 * Where they part it cannot be told; as long as the peer does not see it, it is shown twice as much
 * each time.
 */
export const forksFor = (holdings: Holdings, heads: HeadsMessage): readonly KnownMessage[] =>
  heads.frontier.flatMap(({ session, seq, fact }) => {
    const held = holdings.journal().idAt(session, seq);
    return held === null || held === fact ? [] : lastRun(holdings, session, seq);
  });

/** Facts of one session around a place, up to its signature: enough to show where chains part. */
const lastRun = (holdings: Holdings, session: SessionId, seq: number): readonly KnownMessage[] => {
  const journal = holdings.journal();
  const log = journal.sessions().get(session);
  const shown = shownByJournal.get(journal) ?? new Map<SessionId, number>();
  const before = shown.get(session) ?? FORK_FACTS_BEFORE;
  shownByJournal.set(journal, shown.set(session, Math.min(before * 2, FORK_FACTS_BEFORE_MAX)));
  const from = Math.max(log?.firstSeq ?? 0, seq - before);
  const run = log === undefined ? null : runFrom(log, session, from);
  return run === null || isDoubted(holdings, session) ? [] : runMessages([run]);
};

const FORK_FACTS_BEFORE = 16;
const FORK_FACTS_BEFORE_MAX = LIMITS.equivocationFactsMax;

/** How many facts before a place are shown next where that session parts, by session. */
const shownByJournal = new WeakMap<Journal, Map<SessionId, number>>();

/**
 * After sending, the peer is taken to stand where this device stands; its own word corrects that.
 */
export const markSent = (holdings: Holdings, link: Link): void => {
  for (const [session, log] of holdings.journal().sessions()) {
    const seq = isDoubted(holdings, session) ? -1 : (log.signed?.seq ?? -1);
    raiseFrontier(link, session, seq);
  }
};

/** Who sent facts holds them: nothing is echoed. */
export const noteRuns = (holdings: Holdings, link: Link, runs: readonly IncomingRun[]): void => {
  for (const run of runs) {
    const held = seqIn(holdings.journal().frontier(), run.session);
    raiseFrontier(link, run.session, Math.min(held, run.firstSeq + run.facts.length - 1));
  }
};

/**
 * Cuts runs into messages, a long one into pieces of which the last is signed: only together are
 * they admitted (`RunPieces`). A session may hold a year of its author's words.
 */
const runMessages = (runs: readonly OutgoingRun[]): readonly KnownMessage[] => {
  const messages: KnownMessage[] = [];
  let batch: FactRun[] = [];
  let bytes = 0;
  const flush = (): void => {
    if (batch.length > 0) messages.push({ kind: 'runs', runs: batch });
    batch = [];
    bytes = 0;
  };
  for (const run of runs) {
    const { session, lastSeq, signature } = run;
    if (bytes + bytesOf(run) > PIECE_BYTES) flush();
    let [firstSeq, facts] = [run.firstSeq, [] as Uint8Array[]];
    for (const fact of run.facts) {
      if (bytes >= PIECE_BYTES) {
        batch.push({ session, firstSeq, facts, signatures: [] });
        flush();
        [firstSeq, facts] = [fact.envelope.seq, []];
      }
      facts.push(fact.bytes);
      bytes += fact.bytes.length;
    }
    batch.push({ session, firstSeq, facts, signatures: [{ seq: lastSeq, signature }] });
  }
  flush();
  return messages;
};

const bytesOf = ({ facts }: OutgoingRun): number =>
  facts.reduce((sum, { bytes }) => sum + bytes.length, 0);
