import type { DeviceId, HeadId, RosterHash, SessionId } from '../core/base/brands.js';
import type { Hash } from '../core/base/brands.js';
import { encodeSnapshotCompletion } from '../core/authority/completion.js';
import { encodeRosterCompletion } from '../core/authority/roster-completion.js';
import { assert } from '../core/base/result.js';
import { seqIn } from '../core/journal/frontier.js';
import type { KnownMessage, Message } from '../core/links/messages.js';
import type { Cancel } from '../ports/clock.js';
import type { Context } from './context.js';
import { type EpochSecrets, envelopesRow } from './epoch-secrets.js';
import type { IncomingRun } from './foreign.js';
import { type GovernanceOffer, NOTHING_OFFERED } from './governance.js';
import type { Holdings } from './holdings.js';
import type { Intake } from './intake.js';
import { type Link, sendOn } from './link.js';
import type { LinkService } from './link-service.js';
import { factsFor, lastRun, markSent, noteRuns } from './outgoing.js';
import type { PayloadExchange } from './payload-exchange.js';

/**
 * What replicas say to each other (rules F10 to F12, N2, S7).
 *
 * First the roster chain, then heads and payloads, then facts: through the carrier where both bases
 * are equal, by runs where they are not. Own facts go out at once; what others wrote is offered after
 * a short quiet time, to those who by their own word lack it.
 */
export interface SyncService {
  readonly opened: (link: Link) => void;
  readonly received: (link: Link, message: Message) => Promise<void>;
  /** Something changed here: tell those who do not know. */
  readonly announce: (isOwn: boolean) => void;
  readonly isInStep: (link: Link) => boolean;
  readonly close: () => void;
}

/** Quiet time before what others wrote is passed on and one's own standing is told again. */
const QUIET_MS = 300;
/** Whole frontiers are exchanged again at most so often. */
const HEAL_MS = 2_000;

export const createSyncService = (
  context: Context,
  intake: Intake,
  secrets: EpochSecrets,
  payloads: PayloadExchange,
  linkService: () => LinkService,
  settle: () => Promise<void>,
): SyncService => {
  let quiet: Cancel | null = null;

  const holdingsOf = (): Holdings => {
    assert(context.holdings !== null, 'links belong to an account');
    return context.holdings;
  };

  const members = (): readonly Link[] =>
    linkService()
      .links()
      .filter((link) => link.isOpen && link.membership !== 'ahead');

  const tellHeads = (link: Link): void => {
    const heads = headsFor(context, holdingsOf(), link);
    link.toldFactSet = standingKey(holdingsOf());
    sendOn(link, heads);
  };

  const opened = (link: Link): void => {
    if (link.membership === 'ahead') return;
    void context.inbox.put(async () => {
      await tellChain(link, link.party.roster);
      if (link.membership === 'removed') return link.channel.close();
      tellHeads(link);
    });
  };

  /** The records that the peer lacks, with its own envelope of the present epoch. */
  const tellChain = async (link: Link, from: RosterHash): Promise<void> => {
    const holdings = holdingsOf();
    const { lineage, tipHash } = holdings.chain();
    if (from === tipHash || !lineage.includes(from)) return;
    const missing = lineage.slice(lineage.indexOf(from) + 1);
    const completions = missing.flatMap((hash) => {
      const transition = holdings.transitions().get(hash);
      return transition === undefined ? [] : [encodeRosterCompletion(transition.completion)];
    });
    sendOn(link, { kind: 'rosterChain', completions });
    const envelopes = (await secrets.envelopesOf(tipHash))
      .filter((each) => each.device === link.peer)
      .map((each) => ({ device: each.device, roster: tipHash, envelope: each.envelope }));
    if (envelopes.length > 0) sendOn(link, { kind: 'envelopes', envelopes });
  };

  const offerFacts = (link: Link): void => {
    const message = factsFor(context, holdingsOf(), link);
    for (const each of message) sendOn(link, each);
    if (message.length > 0) markSent(holdingsOf(), link);
  };

  const takeHeads = async (link: Link, heads: Extract<Message, { kind: 'heads' }>) => {
    const holdings = holdingsOf();
    link.theirs = heads;
    for (const { session, seq } of heads.frontier) {
      link.frontier.set(session, Math.max(seq, link.frontier.get(session) ?? -1));
    }
    await tellChain(link, heads.rosterTip);
    const lacking = [...holdings.standing()].filter((head) => !heads.standingHeads.includes(head));
    const completions = lacking.flatMap((head) => {
      const held = holdings.completions().get(head);
      return held === undefined ? [] : [encodeSnapshotCompletion(held.completion)];
    });
    if (completions.length > 0) sendOn(link, { kind: 'completions', completions });
    payloads.ask(link);
    showForks(holdings, link, heads);
    offerFacts(link);
    heal(link);
    context.changed();
  };

  /** Where the peer holds another fact at a place, it is shown our chain: the makings of a proof. */
  const showForks = (
    holdings: Holdings,
    link: Link,
    heads: Extract<Message, { kind: 'heads' }>,
  ): void => {
    for (const { session, seq, fact } of heads.frontier) {
      const held = holdings.journal().factAt(session, seq);
      if (held !== null && held.id !== fact) sendOn(link, lastRun(holdings, session, seq));
    }
  };

  /**
   * Equal bases, nothing to send, and yet other facts: someone's idea of the other is wrong. Both see
   * it and tell their whole frontiers again (rule F12).
   */
  const heal = (link: Link): void => {
    const holdings = holdingsOf();
    const { theirs } = link;
    if (theirs === null || theirs.base !== holdings.base().id || isInStep(context, link)) return;
    const nowMs = context.ports.clock.monotonicMs();
    const lacks = [...link.frontier].some(
      ([session, seq]) => seq > seqIn(holdings.journal().frontier(), session),
    );
    if (lacks || nowMs - link.healedMs < HEAL_MS) return;
    link.healedMs = nowMs;
    link.told.clear();
    link.frontier.clear();
    link.toldFactSet = null;
    announce(false);
  };

  const takeRuns = async (
    link: Link,
    runs: readonly IncomingRun[],
    offer: GovernanceOffer = NOTHING_OFFERED,
  ): Promise<void> => {
    const report = await intake.foreign(runs, offer, link.peer);
    noteRuns(holdingsOf(), link, runs);
    link.offences += report.offences;
    if (report.error !== null) return;
    await settle();
    announce(false);
  };

  const received = async (link: Link, message: Message): Promise<void> => {
    if (!link.isOpen || context.holdings === null) return;
    const mayOnly = link.membership === 'ahead' || link.membership === 'removed';
    if (mayOnly && !BEFORE_MEMBERSHIP.has(message.kind)) return;
    switch (message.kind) {
      case 'heads':
        return takeHeads(link, message);
      case 'rosterChain':
        await takeRuns(link, [], { ...NOTHING_OFFERED, transitions: message.completions });
        return greetAfterChain(link);
      case 'envelopes':
        return takeEnvelopes(message.envelopes);
      case 'completions':
        return takeRuns(link, [], { ...NOTHING_OFFERED, completions: message.completions });
      case 'evidence':
        return takeRuns(link, [], { ...NOTHING_OFFERED, proofs: message.proofs });
      case 'share':
        return takeRuns(link, [], { ...NOTHING_OFFERED, shares: [message] });
      case 'runs':
        return takeRuns(link, message.runs.map(incomingRun));
      case 'carrierUpdate':
        return takeUpdate(link, message);
      case 'wantPayload':
        return payloads.give(link, message);
      case 'payloadPart':
        if (await payloads.take(link, message)) await settle();
        return announce(false);
      case 'bye':
        return link.channel.close();
      default:
        return;
    }
  };

  const greetAfterChain = async (link: Link): Promise<void> => {
    const was = link.membership;
    linkService().rejudge();
    if (was === 'ahead' && link.isOpen) tellHeads(link);
    await linkService().settleRooms();
  };

  const takeEnvelopes = async (
    envelopes: readonly { device: DeviceId; roster: RosterHash; envelope: Uint8Array }[],
  ): Promise<void> => {
    const holdings = holdingsOf();
    for (const each of envelopes) {
      const record = holdings.chain().recordAt(each.roster);
      const isNeeded = record !== null && (await secrets.secretOf(record)) === null;
      if (!isNeeded || (await secrets.open(record, [each])) === null) continue;
      await context.commit([envelopesRow(each.roster, [each])], 'strict');
    }
    await linkService().settleRooms();
  };

  const takeUpdate = async (
    link: Link,
    message: Extract<Message, { kind: 'carrierUpdate' }>,
  ): Promise<void> => {
    const holdings = holdingsOf();
    const { carrier } = context;
    // An update for another base is no offence: the bases are on their way to each other.
    if (carrier === null || message.base !== carrier.base) return tellHeads(link);
    const read = carrier.decodeUpdate(message.update);
    if (!read.ok) {
      link.offences += 1;
      context.activity.add('update-refused', 'warn', link.peer, { reason: read.error.kind });
      return;
    }
    const runs = read.value.map((run): IncomingRun => {
      const offset = seqIn(holdings.journal().cut, run.session) + 1;
      const signatures = new Map<number, Uint8Array>();
      for (const each of message.signatures) {
        if (each.session === run.session) signatures.set(each.seq, each.signature);
      }
      return {
        session: run.session,
        firstSeq: offset + run.firstPlace,
        facts: run.facts,
        signatures,
      };
    });
    return takeRuns(link, runs);
  };

  const announce = (isOwn: boolean): void => {
    if (context.holdings === null) return;
    if (isOwn) members().forEach((link) => link.theirs !== null && offerFacts(link));
    quiet ??= context.ports.clock.after(QUIET_MS, () => {
      quiet = null;
      void context.inbox.put(async () => {
        if (context.holdings === null) return;
        for (const link of members()) {
          if (link.theirs !== null) offerFacts(link);
          payloads.ask(link);
          if (link.toldFactSet !== standingKey(context.holdings)) tellHeads(link);
        }
      });
    });
  };

  return {
    opened,
    received,
    announce,
    isInStep: (link) => isInStep(context, link),
    close: () => quiet?.(),
  };
};

const BEFORE_MEMBERSHIP = new Set<Message['kind']>(['rosterChain', 'envelopes', 'bye']);

const incomingRun = (run: {
  readonly session: SessionId;
  readonly firstSeq: number;
  readonly facts: readonly Uint8Array[];
  readonly signatures: readonly { readonly seq: number; readonly signature: Uint8Array }[];
}): IncomingRun => ({
  session: run.session,
  firstSeq: run.firstSeq,
  facts: run.facts,
  signatures: new Map(run.signatures.map((each) => [each.seq, each.signature])),
});

/** Everything that decides whether a peer has to be told again. */
const standingKey = (holdings: Holdings): string =>
  [
    holdings.journal().setDigest(),
    holdings.base().id,
    holdings.chain().tipHash,
    holdings.tips().join(),
  ].join(':');

const isInStep = (context: Context, link: Link): boolean => {
  const { holdings } = context;
  if (holdings === null || link.theirs === null) return false;
  return (
    link.theirs.base === holdings.base().id &&
    link.theirs.rosterTip === holdings.chain().tipHash &&
    link.theirs.factSet === holdings.journal().setDigest()
  );
};

/** One's own standing; of the frontier only what this peer was not told yet. */
const headsFor = (context: Context, holdings: Holdings, link: Link): KnownMessage => {
  const chain = holdings.chain();
  const frontier = [...holdings.journal().frontier()]
    .filter(([session, tip]) => link.told.get(session) !== tip.seq)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [session, tip] of frontier) link.told.set(session, tip.seq);
  const heldPayloads = [...holdings.payloadStates().keys()].flatMap((head: HeadId) => {
    const payload = holdings.completions().get(head)?.completion.payload;
    return payload === undefined ? [] : [payload];
  });
  return {
    kind: 'heads',
    rosterCount: chain.lineage.length,
    rosterTip: chain.tipHash,
    epoch: chain.tip.epoch,
    standingHeads: [...holdings.standing()].sort(),
    heldPayloads: heldPayloads.sort(),
    base: holdings.base().id,
    stateVector: context.carrier?.stateVector() ?? null,
    frontier: frontier.map(([session, tip]) => ({ session, seq: tip.seq, fact: tip.id })),
    factSet: holdings.journal().setDigest() as Hash,
    wallMs: Math.max(0, Math.floor(context.ports.clock.wallMs())),
    name: context.deviceName.slice(0, 64),
  };
};
