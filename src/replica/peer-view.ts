import { compareBy, compareText } from '../core/base/ordering.js';
import type { DeviceId } from '../core/base/brands.js';
import type { Message } from '../core/links/messages.js';
import { type PeerScore, SCORE_THRESHOLD, choosePeers } from '../core/links/peer-score.js';
import { type Link, isOpenMember } from './link.js';
import type { PeerBook, Tally } from './peer-book.js';

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

/** One connected device, as this one knows it since it was started (rules N5, F12). */
export interface PeerView {
  readonly device: DeviceId;
  readonly score: PeerScore;
  /** Whether it is asked before others, or only where nobody better is there. */
  readonly isPreferred: boolean;
  /** ms from a heartbeat to its answer, smoothed; null before the first. */
  readonly latencyMs: number | null;
  /** Since the present link opened, ms. */
  readonly connectedMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Bytes a second, both ways, since the present link opened. */
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

/** What is known of each device that is connected now; one line a device. */
export const viewPeers = (
  book: PeerBook,
  links: readonly Link[],
  nowMs: number,
): readonly PeerView[] => {
  const byDevice = new Map<DeviceId, Link>();
  for (const link of links) if (link.isOpen) byDevice.set(link.peer, link);
  return [...byDevice.values()]
    .map((link) => viewPeer(book, link, nowMs))
    .sort(compareBy(({ device }) => device, compareText));
};

const viewPeer = (book: PeerBook, link: Link, nowMs: number): PeerView => {
  const { meter } = link;
  const kinds = [...new Set([...meter.sent.keys(), ...meter.received.keys()])].sort();
  const traffic = kinds.map((kind): TrafficView => ({
    kind,
    sent: { ...(meter.sent.get(kind) ?? NOTHING) },
    received: { ...(meter.received.get(kind) ?? NOTHING) },
  }));
  const sentBytes = traffic.reduce((sum, { sent }) => sum + sent.bytes, 0);
  const receivedBytes = traffic.reduce((sum, { received }) => sum + received.bytes, 0);
  const connectedMs = Math.max(0, nowMs - link.openedMs);
  const score = book.scoreOf(link.peer);
  return {
    ...{ device: link.peer, score, isPreferred: score.score >= SCORE_THRESHOLD },
    ...{ latencyMs: meter.latencyMs, connectedMs, sentBytes, receivedBytes },
    bytesPerSecond: connectedMs === 0 ? 0 : ((sentBytes + receivedBytes) * 1000) / connectedMs,
    ...{ facts: meter.facts, errors: meter.errors, throttled: meter.throttled },
    rungs: rungsOf(traffic),
    traffic,
  };
};

const rungsOf = (traffic: readonly TrafficView[]): readonly RungView[] =>
  RUNGS.flatMap((rung): readonly RungView[] => {
    const passed = traffic.filter(({ kind }) => (RUNG_OF[kind] ?? 'other') === rung);
    const sum = (of: (tally: Readonly<Tally>) => number): number =>
      passed.reduce((total, { sent, received }) => total + of(sent) + of(received), 0);
    const messages = sum((tally) => tally.messages);
    return messages === 0 ? [] : [{ rung, messages, bytes: sum((tally) => tally.bytes) }];
  });
