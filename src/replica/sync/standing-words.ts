import { headsDownFrom } from '../../core/authority/completion.js';
import { compareEntries } from '../../core/base/ordering.js';
import type { Hash, HeadId, PayloadId, SessionId } from '../../core/base/brands.js';
import { type SessionTip, tipOfFact } from '../../core/facts/session.js';
import { type Journal, setDigestOf } from '../../core/journal/journal.js';
import {
  type FrontierItem,
  type HeadsMessage,
  type KnownMessage,
  MESSAGE_LIMITS,
} from '../../core/links/messages.js';
import type { Context } from '../context.js';
import type { IncomingRun } from '../journal/foreign.js';
import type { Holdings } from '../journal/holdings.js';
import type { Link } from '../links/link.js';
import { doubtsOf, isDoubted } from '../storage/stored-signatures.js';
import { wallNowMs } from '../loop/wall-time.js';

/** A run as it came in a message. */
export const incomingRun = (run: {
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

/**
 * The digest of the facts that count here: of a session with two branches only what they share,
 * since no device ever holds the same of the rest (rules F6, F12), and nothing that this device
 * cannot show to be its author's.
 */
export const factSetOf = (holdings: Holdings): string => {
  const journal = holdings.journal();
  const doubts = [...doubtsOf(holdings).keys()].filter((each) => isDoubted(holdings, each));
  if (holdings.quarantine().size === 0 && doubts.length === 0) return journal.setDigest();
  // A journal only grows, and points only come or move down: both numbers tell of every change.
  const points = [...holdings.quarantine().values()].map(({ seq }) => seq).join();
  const key = `${journal.factCount()}:${points}:${doubts.join()}`;
  const held = setByJournal.get(journal);
  if (held?.key === key) return held.digest;
  const digest = openSetOf(holdings, shownFrontier(holdings));
  setByJournal.set(journal, { key, digest });
  return digest;
};

const setByJournal = new WeakMap<Journal, { readonly key: string; readonly digest: string }>();

/** The digest of the facts that count here, those too whose author it cannot show any more. */
export const heldSetOf = (holdings: Holdings): string =>
  doubtsOf(holdings).size === 0
    ? factSetOf(holdings)
    : openSetOf(holdings, new Map(holdings.journal().frontier()));

const openSetOf = (holdings: Holdings, frontier: Map<SessionId, SessionTip>): string => {
  for (const { session, seq } of holdings.quarantine().values()) {
    cutBack(frontier, holdings.journal(), session, seq);
  }
  return setDigestOf(frontier);
};

/** Where each session stands as far as this device can show it to others. */
const shownFrontier = (holdings: Holdings): Map<SessionId, SessionTip> => {
  const frontier = new Map(holdings.journal().frontier());
  for (const [session, seq] of doubtsOf(holdings)) {
    if (isDoubted(holdings, session)) cutBack(frontier, holdings.journal(), session, seq);
  }
  return frontier;
};

/** Leaves out of a frontier what stands in a session from a seq on. */
const cutBack = (
  frontier: Map<SessionId, SessionTip>,
  journal: Journal,
  session: SessionId,
  seq: number,
): void => {
  const tip = frontier.get(session);
  if (tip === undefined || tip.seq < seq) return;
  const last = journal.factAt(session, seq - 1);
  const covered = journal.cut.get(session);
  if (last !== null) frontier.set(session, tipOfFact(last));
  else if (covered !== undefined) frontier.set(session, covered);
  else frontier.delete(session);
};

/** What a peer knows of this device besides facts, as far as it decides what passes. */
export const groundKey = (holdings: Holdings): string =>
  [holdings.base().id, holdings.chain().tipHash, holdings.tips().join()].join(':');

/** Everything that decides whether a peer has to be told again. */
export const standingKey = (holdings: Holdings): string =>
  `${factSetOf(holdings)}:${groundKey(holdings)}`;

/** As many of them as a message names, sorted. */
const named = <T extends string>(ids: Iterable<T>): readonly T[] =>
  [...new Set(ids)].slice(0, MESSAGE_LIMITS.standingHeadsMax).sort();

const newestFirst = (holdings: Holdings, heads: Iterable<HeadId>): readonly HeadId[] => {
  const indexOf = (head: HeadId): number => holdings.completions().get(head)?.completion.index ?? 0;
  return [...heads].sort((a, b) => indexOf(b) - indexOf(a));
};

/** Payloads that peers can have from here, the base first: two heads of one state share theirs. */
const payloadsHeld = (holdings: Holdings): readonly PayloadId[] =>
  [...holdings.base().heads, ...newestFirst(holdings, holdings.payloadStates().keys())].flatMap(
    (head) => holdings.completions().get(head)?.completion.payload ?? [],
  );

/**
 * The standing heads that a device lacks, by its own word.
 *
 * It names all that it holds, as far as a message takes them: beyond that what those build on is
 * taken to be held. A head may reach it by a fact, and what it builds on not.
 */
export const headsLackedBy = (holdings: Holdings, said: readonly HeadId[]): readonly HeadId[] => {
  const isAll = said.length < MESSAGE_LIMITS.standingHeadsMax;
  const held = isAll ? new Set(said) : headsDownFrom(holdings.completions(), said);
  const lacked = [...holdings.standing()].filter((head) => !held.has(head));
  return lacked.slice(0, MESSAGE_LIMITS.completionsMax);
};

/**
 * One's own standing; of the frontier only what this peer was not told yet, and of the rest nothing
 * while it is as this peer was told it. What one message does not name comes in those after it.
 */
export const standingFor = (
  context: Context,
  holdings: Holdings,
  link: Link,
): readonly KnownMessage[] => {
  const whole = headsFor(context, holdings, link);
  // Whoever hears of another base forgets what it knew of the frontier.
  if (link.toldGround?.startsWith(`${whole.base}:`) !== true) link.told.clear();
  const frontier = whole.frontier.filter(({ session, seq }) => link.told.get(session) !== seq);
  noteTold(holdings, link, whole);
  const { toldHeads } = link;
  link.toldHeads = slowPart(whole);
  const { factSet } = whole;
  const messages: KnownMessage[] = [];
  for (let from = 0; from <= frontier.length; from += MESSAGE_LIMITS.sessionsMax) {
    const part = frontier.slice(from, from + MESSAGE_LIMITS.sessionsMax);
    const isFirst = from === 0 && toldHeads !== link.toldHeads;
    messages.push(
      isFirst ? { ...whole, frontier: part } : { kind: 'standing', frontier: part, factSet },
    );
  }
  return messages;
};

/** Whether the sender of such a message has more to say of where it stands. */
export const isCutOff = ({ frontier }: Pick<HeadsMessage, 'frontier'>): boolean =>
  frontier.length >= MESSAGE_LIMITS.sessionsMax;

/** Whether a peer knows everything of this device but what facts change. */
export const knowsGround = (context: Context, holdings: Holdings, link: Link): boolean =>
  link.toldHeads !== null && link.toldHeads === slowPart(headsFor(context, holdings, link, []));

/** The peer knows what those heads say. */
export const noteHeadsTold = (holdings: Holdings, link: Link, heads: HeadsMessage): void => {
  noteTold(holdings, link, heads);
  link.toldHeads = slowPart(heads);
};

const noteTold = (holdings: Holdings, link: Link, { frontier }: HeadsMessage): void => {
  for (const { session, seq } of frontier) link.told.set(session, seq);
  link.toldFactSet = standingKey(holdings);
  link.toldGround = groundKey(holdings);
};

/** What heads say besides what each fact changes. */
const slowPart = (heads: HeadsMessage): string => {
  const { rosterTip, standingHeads, heldPayloads, base, stateVector, name } = heads;
  return JSON.stringify([rosterTip, standingHeads, heldPayloads, base, stateVector !== null, name]);
};

/** One's own heads, with the whole frontier where nothing else is given. */
export const headsFor = (
  context: Context,
  holdings: Holdings,
  link: Link,
  frontier: readonly FrontierItem[] = wholeFrontier(holdings),
): HeadsMessage => {
  const chain = holdings.chain();
  const vector = link.takesUpdates ? (context.carrier?.stateVector() ?? null) : null;
  const isVectorShort = (vector?.length ?? 0) <= MESSAGE_LIMITS.stateVectorBytesMax;
  return {
    kind: 'heads',
    rosterCount: chain.lineage.length,
    rosterTip: chain.tipHash,
    epoch: chain.tip.epoch,
    standingHeads: named(newestFirst(holdings, holdings.standing())),
    heldPayloads: named(payloadsHeld(holdings)),
    base: holdings.base().id,
    stateVector: isVectorShort ? vector : null,
    frontier,
    factSet: factSetOf(holdings) as Hash,
    wallMs: wallNowMs(context.ports.clock),
    name: context.deviceName.slice(0, 64),
  };
};

/** How far this device can show each session to be its author's, in the order of messages. */
export const wholeFrontier = (holdings: Holdings): readonly FrontierItem[] =>
  [...shownFrontier(holdings)]
    .sort(compareEntries)
    .map(([session, { seq, id: fact }]) => ({ session, seq, fact }));
