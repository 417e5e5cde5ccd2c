import { encodeSnapshotCompletion } from '../../core/authority/completion.js';
import { assert } from '../../core/base/result.js';
import type { Message, NewsMessage } from '../../core/links/messages.js';
import { stepOf } from '../../core/links/step.js';
import type { Cancel } from '../../ports/clock.js';
import type { Context } from '../context.js';
import type { ChainExchange } from '../membership/chain-exchange.js';
import type { DifferenceService } from '../snapshots/difference-service.js';
import type { EvidenceService } from '../journal/evidence-service.js';
import type { IncomingRun } from '../journal/foreign.js';
import { type GovernanceOffer, NOTHING_OFFERED } from '../membership/governance.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { isRoomForShare } from '../journal/stray-shares.js';
import { forgetClaims, noteClaims } from './claims.js';
import { createComparing } from './comparing.js';
import { createHealing } from './healing.js';
import {
  type Link,
  forgetTold,
  isKernelOnly,
  isOpenMember,
  sendOn,
  takeLeave,
} from '../links/link.js';
import type { LinkService } from '../links/link-service.js';
import { createOffering } from './offering.js';
import { forksFor, noteRuns } from './outgoing.js';
import { type PeerBook, noteFacts } from '../links/peer-book.js';
import type { PayloadExchange } from '../snapshots/payload-exchange.js';
import { createRounds } from './rounds.js';
import { createRunPieces } from './run-pieces.js';
import { headsLackedBy, incomingRun, isCutOff } from './standing-words.js';
import { followAgreement, isInStep } from './steps.js';
import { type StepWord, createStepTaking } from './step-taking.js';
import { createTelling } from './telling.js';
import { createUpdateTaking } from './update-taking.js';

/**
 * What replicas say to each other (rules F10 to F12, N2, S7).
 *
 * First the roster chain, then heads and payloads, then facts: through the carrier where both bases
 * are equal, by runs where they are not. What is new goes to those who lack it by their own word
 * and were not told by whom it came from, own facts at once; only these hear soon that it arrived.
 */
export interface SyncService {
  readonly opened: (link: Link) => void;
  readonly received: (link: Link, message: Message) => Promise<void>;
  /** Something changed here: tell those who do not know. */
  readonly announce: (isOwn: boolean) => void;
  readonly isInStep: (link: Link) => boolean;
  readonly close: () => void;
}

/** What runs over the links besides facts. */
export interface SyncParts {
  readonly chains: ChainExchange;
  readonly payloads: PayloadExchange;
  readonly evidence: EvidenceService;
  readonly differences: DifferenceService;
  readonly book: PeerBook;
}

/** Quiet time before one's own standing is told again. */
const QUIET_MS = 300;
/** Who claims a record that is unknown here shows it within that time, or the link ends. */
const CHAIN_MS = 8_000;

export const createSyncService = (
  context: Context,
  intake: Intake,
  { chains, payloads, evidence, differences, book }: SyncParts,
  linkService: () => LinkService,
  settle: () => Promise<void>,
): SyncService => {
  let quiet: Cancel | null = null;
  let isClosed = false;
  /** Facts came in by other ways than as news: who sent them sees to nobody else's knowing. */
  let isForAll = false;
  const members = (): readonly Link[] => linkService().links().filter(isOpenMember);
  const telling = createTelling(context);
  const pieces = createRunPieces(context);
  const rounds = createRounds(context, members, telling.ask);
  const offering = createOffering(context, members, rounds.begin);
  const healing = createHealing(context, () => announce(false));
  /** Where something got lost without a trace, both sides look again after a while (rule F12). */
  const comparing = createComparing(context, members, telling);
  const steps = createStepTaking(context, { healing, rounds, telling }, () => announce(false));
  const updates = createUpdateTaking(context, {
    takeRuns: (link, runs, message) =>
      takeRuns(link, runs, NOTHING_OFFERED, message.kind === 'news' ? message : null),
    tellWhole: telling.whole,
  });

  const holdingsOf = (): Holdings => {
    assert(context.holdings !== null, 'links belong to an account');
    return context.holdings;
  };

  const opened = (link: Link): void => {
    if (link.membership === 'ahead') {
      context.ports.clock.after(CHAIN_MS, () => {
        if (link.isOpen && link.membership === 'ahead') turnAway(link);
      });
    }
    context.run(async () => {
      if (context.holdings === null) return;
      // A rival of our record is found only if both sides show theirs (rule A3).
      if (link.membership === 'ahead') return chains.showAll(link);
      await chains.tell(link, link.party.roster);
      if (link.membership === 'removed') return takeLeave(context, link, 'removed');
      if (link.channel.purpose === 'pairwise') await chains.tellSecret(link);
      pieces.ask(link);
      telling.first(link);
      comparing.follow();
    });
  };

  const turnAway = (link: Link): void => {
    context.activity.add('link-refused', 'warn', link.peer, { reason: 'unknown-record' });
    sendOn(link, { kind: 'bye', reason: 'stranger' });
    link.channel.close();
  };

  const takeHeads = async (link: Link, heads: Extract<Message, { kind: 'heads' }>) => {
    const holdings = holdingsOf();
    if (link.theirs !== null && link.theirs.base !== heads.base) forgetClaims(link);
    link.theirs = heads;
    healing.hear(link, stepOf(heads.factSet, heads.base, heads.rosterTip), true);
    noteClaims(holdings, link, heads.frontier);
    await chains.tell(link, heads.rosterTip);
    const lacking = headsLackedBy(holdings, heads.standingHeads);
    const completions = lacking.flatMap((head) => {
      const held = holdings.completions().get(head);
      return held === undefined ? [] : [encodeSnapshotCompletion(held.completion)];
    });
    if (completions.length > 0) sendOn(link, { kind: 'completions', completions });
    payloads.ask(link);
    for (const each of forksFor(holdings, heads)) sendOn(link, each);
    if (!isCutOff(heads)) offering.to([link]);
    healing.look(link);
    // Whoever says its heads heard of this device no more than a digest, or takes it for stale.
    if (link.toldHeads === null) telling.standing(link);
    rounds.heard();
    await evidence.show(link);
    comparing.follow();
    context.changed();
  };

  /** A first word that says what was said here stands for heads; else heads are needed. */
  const takeStep = async (link: Link, word: StepWord): Promise<void> => {
    const answered = steps.answered(link, word);
    if (answered !== null) return takeHeads(link, answered);
    steps.take(link, word);
    comparing.follow();
    context.changed();
  };

  const takeRuns = async (
    link: Link,
    runs: readonly IncomingRun[],
    offer: GovernanceOffer = NOTHING_OFFERED,
    news: NewsMessage | null = null,
  ): Promise<void> => {
    const report = await intake.foreign(runs, offer, link.peer);
    noteRuns(holdingsOf(), link, runs);
    link.offences += report.offences;
    noteFacts(book, link, runs, report.offences);
    if (report.error !== null) return tellAgain(link);
    if (news === null) isForAll = true;
    else {
      link.isOwed = true;
      if (report.offences === 0) offering.heard(link, runs, news.reached);
      steps.noteNews(link, news.step);
    }
    // What repeats what is held already, as most messages among several peers do, changes nothing.
    if (!report.isNothingNew || context.isUnsettled) await settle();
    announce(false);
  };

  /** What could not be stored is told as not held, so that it comes again. */
  const tellAgain = (link: Link): void => {
    forgetTold(link);
    announce(false);
  };

  const received = async (link: Link, message: Message): Promise<void> => {
    await take(link, message);
    if (isOpenMember(link)) followAgreement(context, link);
  };

  const take = async (link: Link, message: Message): Promise<void> => {
    if (!link.isOpen || context.holdings === null) return;
    const mayOnly = link.membership === 'ahead' || link.membership === 'removed';
    if (mayOnly && !BEFORE_MEMBERSHIP.has(message.kind)) return;
    if (isKernelOnly(context, link) && !KERNEL_CHANNEL.has(message.kind)) return;
    switch (message.kind) {
      case 'heads':
        return takeHeads(link, message);
      case 'standing':
        if (link.theirs === null) return;
        return takeHeads(link, { ...link.theirs, ...message, kind: 'heads' });
      case 'compare':
        return takeStep(link, message);
      case 'beat':
        return takeStep(link, { ...message, rest: null, reached: null });
      case 'rosterChain':
        await takeRuns(link, [], { ...NOTHING_OFFERED, transitions: message.completions });
        return greetAfterChain(link);
      case 'envelopes':
        await chains.takeSecrets(message.envelopes);
        return linkService().settleRooms();
      case 'completions':
        await takeRuns(link, [], { ...NOTHING_OFFERED, completions: message.completions });
        return payloads.ask(link);
      case 'evidence':
        return takeRuns(link, [], { ...NOTHING_OFFERED, proofs: message.proofs });
      case 'share':
        if (!isRoomForShare(holdingsOf(), message)) return;
        return takeRuns(link, [], { ...NOTHING_OFFERED, shares: [message] });
      case 'runs':
        return takeRuns(link, pieces.join(link, message.runs.map(incomingRun)));
      case 'wantRuns':
        return pieces.goOn(link, message);
      case 'carrierUpdate':
      case 'news':
        return updates.take(link, message);
      case 'wantPayload':
        return payloads.give(link, message);
      case 'payloadPart':
        if (await payloads.take(link, message)) await settle();
        return announce(false);
      case 'wantParts':
        return differences.give(link, message);
      case 'parts':
        return differences.take(link, message);
      case 'bye':
        return link.channel.close();
      default:
        return;
    }
  };

  const greetAfterChain = async (link: Link): Promise<void> => {
    const was = link.membership;
    linkService().rejudge();
    if (was === 'ahead' && link.membership === 'ahead') return turnAway(link);
    if (was === 'ahead' && link.isOpen) telling.standing(link);
    await linkService().settleRooms();
  };

  const announce = (isOwn: boolean): void => {
    if (context.holdings === null) return;
    steps.noteOwn();
    for (const link of members()) followAgreement(context, link);
    if (isOwn) offering.to(members());
    if (isClosed) return;
    quiet ??= context.ports.clock.after(QUIET_MS, () => {
      quiet = null;
      context.run(async () => {
        if (context.holdings === null) return;
        offering.to(members());
        for (const link of members()) {
          payloads.ask(link);
          chains.tellRivals(link);
          if (telling.isDue(link, isForAll)) telling.standing(link);
        }
        isForAll = false;
        comparing.follow();
      });
    });
  };

  return {
    opened,
    received,
    announce,
    isInStep: (link) => isInStep(context, link),
    close: () => {
      isClosed = true;
      quiet?.();
      rounds.close();
      comparing.close();
    },
  };
};

/** What passes between devices that a hard fork parted: governance, whole runs, and payloads. */
const KERNEL_CHANNEL = new Set<Message['kind']>([
  ...(['heads', 'standing', 'rosterChain', 'envelopes', 'completions', 'evidence'] as const),
  ...(['share', 'runs', 'bye', 'wantPayload', 'payloadPart'] as const),
]);
const BEFORE_MEMBERSHIP = new Set<Message['kind']>(['rosterChain', 'envelopes', 'bye']);
