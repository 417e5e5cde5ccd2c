import { devicesOf } from '../../core/authority/roster.js';
import { compareBy, compareNumbers, compareText } from '../../core/base/ordering.js';
import type { DeviceId } from '../../core/base/brands.js';
import type { Message } from '../../core/links/messages.js';
import {
  PEER_ACTS,
  type PeerAct,
  type PeerScore,
  SCORE_THRESHOLD,
  choosePeers,
} from '../../core/links/peer-score.js';
import type { Context } from '../context.js';
import { type Link, isOpenMember } from './link.js';
import { type PeerBook, type PeerMeter, type Tally, bytesIn } from './peer-book.js';
import { isInStep } from '../sync/steps.js';

/** What passed of one kind of message, both ways. */
export interface TrafficView {
  readonly kind: Message['kind'];
  readonly sent: Readonly<Tally>;
  readonly received: Readonly<Tally>;
}

/** A step of comparing what two devices hold, from the cheapest word to the facts (rule F12). */
export type Rung = 'beat' | 'digest' | 'frontier' | 'facts' | 'bulk' | 'other';

export interface RungView {
  readonly rung: Rung;
  readonly messages: number;
  readonly bytes: number;
}

/**
 * never-met: this device had no link to it yet; refused: it sent more than it may, or what no
 * honest device sends, and is turned away for a while; in-step: it holds just what is held here.
 */
export type PeerState = 'never-met' | 'away' | 'refused' | 'catching-up' | 'in-step';

/** Something that it did, which raised its score or lowered it. */
export interface ConductView {
  readonly act: PeerAct;
  readonly times: number;
  /** What it does to the trust in it each time, in points of 100. */
  readonly trust: number;
  /** Since it did that last, ms. */
  readonly agoMs: number;
}

/** What a connected device has to give. */
export interface OffersView {
  /** Contents of snapshots. */
  readonly payloads: number;
  /** Files of which it has all or a part. */
  readonly files: number;
  readonly protocols: readonly string[];
  /** Whether it has its facts as updates of the common document. */
  readonly hasUpdates: boolean;
}

/** One other device, as this one knows it since it was started (rules N5, F12). */
export interface PeerView {
  readonly device: DeviceId;
  readonly state: PeerState;
  /** For how long it is still turned away, ms; 0 where it is not. */
  readonly refusedMs: number;
  /** When its score is above the threshold again by time alone, in ms; 0 where it is. */
  readonly recoversInMs: number;
  /** Since anything was heard of it, ms; null: nothing since this device was started. */
  readonly heardMs: number | null;
  /** What raised and lowered its score, last first. */
  readonly conduct: readonly ConductView[];
  /** Null while it is not connected. */
  readonly offers: OffersView | null;
  /** How often both came to hold the same, and how long that took the last time, ms. */
  readonly catchUps: number;
  readonly catchUpMs: number | null;
  readonly score: PeerScore;
  /** Whether it is asked before others, or only where nobody better is there. */
  readonly isPreferred: boolean;
  /** ms from a heartbeat to its answer, smoothed; null before the first. */
  readonly latencyMs: number | null;
  /** Since the present link opened, ms; null without one. */
  readonly connectedMs: number | null;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Bytes a second, both ways, since the present link opened; 0 without one. */
  readonly bytesPerSecond: number;
  /** Facts that came from it. */
  readonly facts: number;
  /** Messages and updates that no honest device sends. */
  readonly errors: number;
  /** How often reading it was put off, because it sent more than it may. */
  readonly throttled: number;
  /** In the order of the ladder; rungs that nothing passed on are left out. */
  readonly rungs: readonly RungView[];
  /** By kind, sorted by name. */
  readonly traffic: readonly TrafficView[];
}

const RUNG_OF: Readonly<Partial<Record<Message['kind'], Rung>>> = {
  ...({ ping: 'beat', pong: 'beat', beat: 'beat' } as const),
  ...({ compare: 'digest', standing: 'frontier', heads: 'frontier' } as const),
  ...({
    news: 'facts',
    carrierUpdate: 'facts',
    runs: 'facts',
    wantRuns: 'facts',
    wantFacts: 'facts',
  } as const),
  ...({ wantPayload: 'bulk', payloadPart: 'bulk' } as const),
};
const RUNGS: readonly Rung[] = ['digest', 'frontier', 'facts', 'bulk', 'other', 'beat'];
const NOTHING: Tally = { messages: 0, bytes: 0 };

/** Links to members, best first; those below the threshold only where there are no others. */
export const rankLinks = (book: PeerBook, links: readonly Link[]): readonly Link[] =>
  choosePeers(links.filter(isOpenMember), (link) => book.scoreOf(link.peer).score);

/** What is known of each other device of the account, and of whoever else is connected. */
export const viewPeers = (
  context: Context,
  book: PeerBook,
  links: readonly Link[],
  bannedUntilMs: (device: DeviceId) => number,
): readonly PeerView[] => {
  const { holdings } = context;
  if (holdings === null) return [];
  const byDevice = new Map<DeviceId, Link | null>();
  for (const { device } of devicesOf(holdings.chain().tip)) byDevice.set(device, null);
  byDevice.delete(holdings.me);
  for (const link of links) if (link.isOpen) byDevice.set(link.peer, link);
  return [...byDevice]
    .map(([device, link]) => viewPeer(context, book, device, link, bannedUntilMs(device)))
    .sort(compareBy(({ device }) => device, compareText));
};

const viewPeer = (
  context: Context,
  book: PeerBook,
  device: DeviceId,
  link: Link | null,
  bannedUntilMs: number,
): PeerView => {
  const nowMs = context.ports.clock.monotonicMs();
  const meter = book.meterOf(device);
  const kinds = [...new Set([...meter.sent.keys(), ...meter.received.keys()])].sort();
  const traffic = kinds.map((kind): TrafficView => ({
    kind,
    sent: { ...(meter.sent.get(kind) ?? NOTHING) },
    received: { ...(meter.received.get(kind) ?? NOTHING) },
  }));
  const [sentBytes, receivedBytes] = [bytesIn(meter.sent), bytesIn(meter.received)];
  const linkBytes = sentBytes + receivedBytes - meter.bytesAtOpen;
  const connectedMs = link === null ? null : Math.max(0, nowMs - link.openedMs);
  const score = book.scoreOf(device);
  const refusedMs = Math.max(0, bannedUntilMs - nowMs);
  return {
    ...{ device, score, isPreferred: score.score >= SCORE_THRESHOLD, refusedMs },
    state: stateOf(context, device, link, refusedMs),
    recoversInMs: book.recoversInMs(device),
    heardMs: meter.heardMs === null ? null : nowMs - meter.heardMs,
    conduct: conductOf(meter, nowMs),
    offers: link === null ? null : offersOf(link),
    ...{ catchUps: meter.catchUps, catchUpMs: meter.catchUpMs },
    ...{ latencyMs: meter.latencyMs, connectedMs, sentBytes, receivedBytes },
    bytesPerSecond: connectedMs ? (linkBytes * 1000) / connectedMs : 0,
    ...{ facts: meter.facts, errors: meter.errors, throttled: meter.throttled },
    rungs: rungsOf(traffic),
    traffic,
  };
};

const stateOf = (
  context: Context,
  device: DeviceId,
  link: Link | null,
  refusedMs: number,
): PeerState => {
  if (refusedMs > 0) return 'refused';
  if (link !== null) return isInStep(context, link) ? 'in-step' : 'catching-up';
  return context.lastSeen.of(device) === null ? 'never-met' : 'away';
};

const conductOf = ({ conduct }: PeerMeter, nowMs: number): readonly ConductView[] =>
  [...conduct]
    .map(([act, { times, atMs }]) => ({
      ...{ act, times, trust: PEER_ACTS[act].trust },
      agoMs: nowMs - atMs,
    }))
    .sort(compareBy(({ agoMs }) => agoMs, compareNumbers));

const offersOf = ({ theirs, code, meter, takesUpdates }: Link): OffersView => ({
  payloads: theirs?.heldPayloads.length ?? 0,
  files: meter.files,
  protocols: code.protocols,
  hasUpdates: takesUpdates && theirs !== null && theirs.stateVector !== null,
});

const rungsOf = (traffic: readonly TrafficView[]): readonly RungView[] =>
  RUNGS.flatMap((rung): readonly RungView[] => {
    const passed = traffic.filter(({ kind }) => (RUNG_OF[kind] ?? 'other') === rung);
    const sum = (of: (tally: Readonly<Tally>) => number): number =>
      passed.reduce((total, { sent, received }) => total + of(sent) + of(received), 0);
    const messages = sum((tally) => tally.messages);
    return messages === 0 ? [] : [{ rung, messages, bytes: sum((tally) => tally.bytes) }];
  });
