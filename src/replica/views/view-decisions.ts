import type { DeviceId, Hash } from '../../core/base/brands.js';
import { devicesOf, memberOf } from '../../core/authority/roster.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import { shortCodeOf } from '../../core/authority/statement.js';
import { askedOf } from '../../core/ceremonies/asking-cap.js';
import { type CodeTerms, isForeignCode } from '../../core/ceremonies/agreed-code.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { SnapshotMatter } from '../../core/ceremonies/matter.js';
import { FIRST_FOLD_VERSION } from '../../core/journal/fold-version.js';
import { seqIn } from '../../core/journal/frontier.js';
import { joinFrontiers } from '../../core/journal/frontier.js';
import type { Recomputer } from '../snapshots/adoption.js';
import { decidersOf } from '../membership/choice.js';
import type { Context } from '../context.js';
import type { DecisionService } from '../decisions/decision-service.js';
import type { Holdings } from '../journal/holdings.js';
import type { LinkService } from '../links/link-service.js';
import {
  type RosterCeremony,
  authorOf,
  ballotsOf,
  isAboutRoster,
  shownBallot,
} from '../membership/roster-ballots.js';
import { isTurnedDown, isUndecided, stageNow } from '../decisions/standing-of.js';
import type { AnswerView, DecisionView, SnapshotSubject } from '../view.js';
import { type RosterSources, rosterSubject } from './view-roster.js';

/** What the account says of code, and what a device runs by its own word (rule C7). */
export interface CodeKnown extends CodeTerms {
  readonly runs: (device: DeviceId) => Hash | null;
}

/** Decisions that ended longer ago than this leave the list. */
const ENDED_SHOWN_MS = 7 * 24 * 3_600_000;

/**
 * Every decision that is open, and those that ended lately, newest first; of one proposer no more
 * open ones at once than a person is to be asked about (rule P5).
 */
export const viewDecisions = (
  context: Context,
  holdings: Holdings,
  decisions: DecisionService,
  recomputer: Recomputer,
  links: LinkService,
  sources: RosterSources,
  code: CodeKnown,
): readonly DecisionView[] => {
  const nowMs = context.ports.clock.wallMs();
  const all = [...holdings.ceremonies().values()].filter(
    (each) => !isAboutRoster(each) || isShown(holdings, each),
  );
  const isOpen = (each: Ceremony): boolean => stageNow(holdings, each, nowMs) === 'open';
  const isAnswered = ({ refusals, approvals }: Ceremony): boolean =>
    refusals.has(holdings.me) || approvals.has(holdings.me);
  // What a person answered asks for nothing more, nor what was turned down, however long it stays:
  // of that as many are shown.
  const waiting = all.filter((each) => isOpen(each) && !isAnswered(each));
  const isDown = new Set(waiting.filter((each) => isTurnedDown(holdings, each)));
  const shown = new Set([
    ...askedOf(waiting.filter((each) => !isDown.has(each))),
    ...askedOf(isDown),
  ]);
  const hidden = new Set(waiting.filter(({ statement }) => !shown.has(statement)));
  return all
    .filter((each) => !hidden.has(each))
    .map((ceremony) =>
      viewDecision(context, holdings, decisions, recomputer, links, ceremony, sources, code),
    )
    .filter((each) => each.stage === 'open' || nowMs - each.proposedMs < ENDED_SHOWN_MS)
    .sort((a, b) => b.proposedMs - a.proposedMs);
};

/** A record that several ballots put forward is one decision: that of the last one. */
const isShown = (holdings: Holdings, { statement, matter }: RosterCeremony): boolean =>
  shownBallot(holdings, matter.recordHash) === statement;

const viewDecision = (
  context: Context,
  holdings: Holdings,
  decisions: DecisionService,
  recomputer: Recomputer,
  links: LinkService,
  ceremony: Ceremony,
  sources: RosterSources,
  code: CodeKnown,
): DecisionView => {
  const { matter, statement } = ceremony;
  const stage = stageNow(holdings, ceremony, context.ports.clock.wallMs());
  const record =
    matter.purpose === 'roster'
      ? decidersOf(holdings, matter)
      : (holdings.chain().recordAt(ceremony.roster) ?? holdings.chain().tip);
  const approveBlocker = decisions.blockerOf(ceremony);
  const isAnswered =
    approveBlocker?.kind === 'already-answered' || decisions.answers.has(statement);
  const isEligible = memberOf(record, holdings.me) !== null;
  const hasNoWay = stage === 'open' && isTurnedDown(holdings, ceremony);
  return {
    id: statement,
    subject:
      matter.purpose === 'snapshot'
        ? snapshotSubject(context, holdings, decisions, recomputer, links, ceremony, matter)
        : rosterSubject(context, sources, holdings, { ...ceremony, matter }),
    proposer: isAboutRoster(ceremony)
      ? (authorOf(holdings, ceremony.matter.recordHash) ?? ceremony.proposer)
      : ceremony.proposer,
    proposedMs: ceremony.proposedMs,
    comment: ceremony.comment,
    stage,
    isTurnedDown: hasNoWay,
    shortCode: shortCodeOf(statement),
    needed: neededOf(ceremony, record),
    answers: answersOf(holdings, links, ceremony, record, code, stage === 'open'),
    needsMe: stage === 'open' && isEligible && !isAnswered && !hasNoWay,
    approveBlocker,
    canWithdraw: stage === 'open' && ceremony.heldBy.has(holdings.me),
    expiresMs: ceremony.expiresMs,
  };
};

const neededOf = ({ matter }: Ceremony, record: RosterRecord): number =>
  matter.purpose === 'snapshot' ? record.snapshotThreshold : record.governanceThreshold;

const answersOf = (
  holdings: Holdings,
  links: LinkService,
  ceremony: Ceremony,
  record: RosterRecord,
  code: CodeKnown,
  isOpen: boolean,
): readonly AnswerView[] => {
  const isRoster = isAboutRoster(ceremony);
  const author = isRoster ? authorOf(holdings, ceremony.matter.recordHash) : null;
  const all = isRoster ? ballotsOf(holdings, ceremony.matter.recordHash) : [ceremony];
  // Paper answers nobody's call: it is shown where it signed, or where devices alone are too few.
  const isPaperNeeded = devicesOf(record).length < neededOf(ceremony, record);
  const asked = record.members.filter(
    ({ device, storage }) => storage !== 'paper' || isPaperNeeded || ceremony.approvals.has(device),
  );
  return asked.map(({ device }): AnswerView => {
    const yes = ceremony.approvals.get(device);
    const no = all.map((each) => each.refusals.get(device)).find((each) => each !== undefined);
    const said = { device, isForeign: false, isUncounted: false };
    /** A yes, with what is to be said of the code that it was given on. */
    const yesOn = (bundle: Hash | null) => {
      const isForeign = isForeignCode(bundle, code.agreed);
      const isUncounted = isForeign && isOpen && code.isRequired;
      return { device, isForeign, isUncounted, answer: 'yes' } as const;
    };
    if (no !== undefined) return { ...said, answer: 'no', atMs: no.wallMs, comment: no.reason };
    if (yes !== undefined) {
      return { ...yesOn(yes.bundle), atMs: yes.wallMs, comment: yes.comment };
    }
    if (author === device) {
      const { proposedMs: atMs, comment } = ceremony;
      return { ...yesOn(code.runs(device)), atMs, comment };
    }
    const isHere = device === holdings.me || links.linkTo(device) !== null;
    return { ...said, answer: isHere ? 'awaited' : 'away', atMs: null, comment: '' };
  });
};

const snapshotSubject = (
  context: Context,
  holdings: Holdings,
  decisions: DecisionService,
  recomputer: Recomputer,
  links: LinkService,
  ceremony: Ceremony,
  { subject }: SnapshotMatter,
): SnapshotSubject => {
  const { statement } = ceremony;
  const isDone = holdings.completions().has(statement);
  // What is over is not worked out any more; what was once is shown as long as it is known.
  const isOpen = isUndecided(holdings, ceremony, context.ports.clock.wallMs());
  const result = isOpen ? recomputer.of(statement, subject) : null;
  const capture = recomputer.captureOf(statement);
  const state = capture?.state ?? holdings.fold().state();
  const going = goingOf(holdings, subject);
  return {
    kind: 'snapshot',
    index: subject.index,
    epoch: subject.epoch,
    digest: subject.digest,
    ownDigest: capture?.digest ?? null,
    factsToGo: result?.kind === 'facts-missing' ? result.count : 0,
    recordsStay: state.items.size,
    factsPruned: going.facts,
    bytesFreed: going.bytes,
    sinceMs: going.sinceMs,
    untilMs: going.untilMs,
    raisesTo: subject.fold > raisedFrom(holdings, subject) ? subject.fold : null,
    behind: behindOf(context, holdings, links, subject),
    differences: isDone ? [] : decisions.namesOf(statement),
  };
};

/** The format of the records that a proposal builds on. */
const raisedFrom = (holdings: Holdings, { predecessors }: SnapshotMatter['subject']): number =>
  Math.max(
    FIRST_FOLD_VERSION,
    ...predecessors.map((head) => holdings.completions().get(head)?.completion.fold ?? 0),
  );

/** What this device would let go: its own facts up to the cut. */
const goingOf = (holdings: Holdings, subject: SnapshotMatter['subject']) => {
  let facts = 0;
  let bytes = 0;
  let sinceMs: number | null = null;
  let untilMs: number | null = null;
  for (const { session, seq } of subject.advance) {
    for (const fact of holdings.journal().sessions().get(session)?.facts ?? []) {
      if (fact.envelope.seq > seq) break;
      facts += 1;
      bytes += fact.bytes.length;
      const { wallMs } = fact.envelope;
      if (sinceMs === null || wallMs < sinceMs) sinceMs = wallMs;
      if (untilMs === null || wallMs > untilMs) untilMs = wallMs;
    }
  }
  return { facts, bytes, sinceMs, untilMs };
};

/** Members that, by their own last word, lack facts below the cut. */
const behindOf = (
  context: Context,
  holdings: Holdings,
  links: LinkService,
  subject: SnapshotMatter['subject'],
) => {
  const behind: { device: DeviceId; lastSeenMs: number | null }[] = [];
  const base = joinFrontiers(holdings.base().state.frontier, new Map());
  for (const { device, storage } of holdings.chain().tip.members) {
    if (device === holdings.me || storage === 'paper') continue;
    const link = links.linkTo(device);
    const lacks = subject.advance.some(
      ({ session, seq }) => Math.max(link?.frontier.get(session) ?? -1, seqIn(base, session)) < seq,
    );
    if (lacks) behind.push({ device, lastSeenMs: context.lastSeen.of(device) });
  }
  return behind;
};
