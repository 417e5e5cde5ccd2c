import { encodeSnapshotCompletion } from '../core/authority/completion.js';
import { assert } from '../core/base/result.js';
import type { Message } from '../core/links/messages.js';
import type { Cancel } from '../ports/clock.js';
import type { Context } from './context.js';
import type { ChainExchange } from './chain-exchange.js';
import type { DifferenceService } from './difference-service.js';
import type { EvidenceService } from './evidence-service.js';
import type { IncomingRun } from './foreign.js';
import { type GovernanceOffer, NOTHING_OFFERED } from './governance.js';
import type { Holdings } from './holdings.js';
import type { Intake } from './intake.js';
import { createComparing } from './comparing.js';
import { createHealing } from './healing.js';
import { type Link, forgetTold, isKernelOnly, isOpenMember, sendOn, takeLeave } from './link.js';
import type { LinkService } from './link-service.js';
import { factsFor, forksFor, markSent, noteRuns } from './outgoing.js';
import { type PeerBook, noteFacts } from './peer-book.js';
import type { PayloadExchange } from './payload-exchange.js';
import {
  headsLackedBy,
  incomingRun,
  isInStep,
  standingFor,
  standingKey,
} from './standing-words.js';
import { createUpdateTaking } from './update-taking.js';

/**
 * What replicas say to each other (rules F10 to F12, N2, S7).
 *
 * First the roster chain, then heads and payloads, then facts: through the carrier where both bases
 * are equal, by runs where they are not. Own facts go out at once; what others wrote is offered
 * after a short quiet time, to those who by their own word lack it.
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

/** Quiet time before what others wrote is passed on and one's own standing is told again. */
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
  const healing = createHealing(context, () => announce(false));
  const updates = createUpdateTaking(context, {
    takeRuns: (link, runs) => takeRuns(link, runs),
    tellWhole: (link) => tellWhole(link),
  });

  const holdingsOf = (): Holdings => {
    assert(context.holdings !== null, 'links belong to an account');
    return context.holdings;
  };

  const members = (): readonly Link[] => linkService().links().filter(isOpenMember);

  const tellHeads = (link: Link): void => {
    link.toldFactSet = standingKey(holdingsOf());
    sendOn(link, standingFor(context, holdingsOf(), link));
  };

  const tellWhole = (link: Link): void => {
    forgetTold(link);
    tellHeads(link);
  };

  /** Where something got lost without a trace, both sides look again after a while (rule F12). */
  const comparing = createComparing(context, members, tellWhole);

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
      tellHeads(link);
      comparing.follow();
    });
  };

  const turnAway = (link: Link): void => {
    context.activity.add('link-refused', 'warn', link.peer, { reason: 'unknown-record' });
    sendOn(link, { kind: 'bye', reason: 'stranger' });
    link.channel.close();
  };

  const offerFacts = (link: Link): void => {
    const message = factsFor(context, holdingsOf(), link);
    for (const each of message) sendOn(link, each);
    if (message.length > 0) markSent(holdingsOf(), link);
  };

  const takeHeads = async (link: Link, heads: Extract<Message, { kind: 'heads' }>) => {
    const holdings = holdingsOf();
    healing.hear(link, heads);
    for (const { session, seq } of heads.frontier) {
      link.claimed.set(session, seq);
      link.frontier.set(session, Math.max(seq, link.frontier.get(session) ?? -1));
    }
    await chains.tell(link, heads.rosterTip);
    const lacking = headsLackedBy(holdings, heads.standingHeads);
    const completions = lacking.flatMap((head) => {
      const held = holdings.completions().get(head);
      return held === undefined ? [] : [encodeSnapshotCompletion(held.completion)];
    });
    if (completions.length > 0) sendOn(link, { kind: 'completions', completions });
    payloads.ask(link);
    for (const each of forksFor(holdings, heads)) sendOn(link, each);
    offerFacts(link);
    healing.look(link);
    await evidence.show(link);
    comparing.follow();
    context.changed();
  };

  const takeRuns = async (
    link: Link,
    runs: readonly IncomingRun[],
    offer: GovernanceOffer = NOTHING_OFFERED,
  ): Promise<void> => {
    const report = await intake.foreign(runs, offer, link.peer);
    noteRuns(holdingsOf(), link, runs);
    link.offences += report.offences;
    noteFacts(book, link, runs, report.offences);
    if (report.error !== null) return tellAgain(link);
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
    if (!link.isOpen || context.holdings === null) return;
    const mayOnly = link.membership === 'ahead' || link.membership === 'removed';
    if (mayOnly && !BEFORE_MEMBERSHIP.has(message.kind)) return;
    if (isKernelOnly(context, link) && !KERNEL_CHANNEL.has(message.kind)) return;
    switch (message.kind) {
      case 'heads':
        return takeHeads(link, message);
      case 'standing':
        return link.theirs === null
          ? undefined
          : takeHeads(link, { ...link.theirs, ...message, kind: 'heads' });
      case 'rosterChain':
        await takeRuns(link, [], { ...NOTHING_OFFERED, transitions: message.completions });
        return greetAfterChain(link);
      case 'envelopes':
        await chains.takeSecrets(message.envelopes);
        return linkService().settleRooms();
      case 'completions':
        return takeRuns(link, [], { ...NOTHING_OFFERED, completions: message.completions });
      case 'evidence':
        return takeRuns(link, [], { ...NOTHING_OFFERED, proofs: message.proofs });
      case 'share':
        // Shares that stand alone are kept for ever, so only those of devices that may ever count.
        if (!holdingsOf().chain().membersEver.has(message.signer)) return;
        return takeRuns(link, [], { ...NOTHING_OFFERED, shares: [message] });
      case 'runs':
        return takeRuns(link, message.runs.map(incomingRun));
      case 'carrierUpdate':
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
    if (was === 'ahead' && link.isOpen) tellHeads(link);
    await linkService().settleRooms();
  };

  const announce = (isOwn: boolean): void => {
    if (context.holdings === null) return;
    if (isOwn) members().forEach((link) => link.theirs !== null && offerFacts(link));
    if (isClosed) return;
    quiet ??= context.ports.clock.after(QUIET_MS, () => {
      quiet = null;
      context.run(async () => {
        if (context.holdings === null) return;
        for (const link of members()) {
          if (link.theirs !== null) offerFacts(link);
          payloads.ask(link);
          chains.tellRivals(link);
          if (link.toldFactSet !== standingKey(context.holdings)) tellHeads(link);
        }
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
      comparing.close();
    },
  };
};

/** What passes between devices that a hard fork parted: governance, and facts as whole runs. */
const KERNEL_CHANNEL = new Set<Message['kind']>([
  ...(['heads', 'standing', 'rosterChain', 'envelopes', 'completions', 'evidence'] as const),
  ...(['share', 'runs', 'bye'] as const),
]);
const BEFORE_MEMBERSHIP = new Set<Message['kind']>(['rosterChain', 'envelopes', 'bye']);
