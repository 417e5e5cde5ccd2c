import type { DeviceId } from '../../core/base/brands.js';
import type { Message } from '../../core/links/messages.js';
import {
  type PeerAct,
  type PeerScore,
  type PeerStanding,
  newStanding,
  noteAct,
  recoversInMs,
  scoreOf,
} from '../../core/links/peer-score.js';
import type { Step } from '../../core/links/step.js';
import type { Clock } from '../../ports/clock.js';

/** Messages and bytes of one kind, in one direction. */
export interface Tally {
  messages: number;
  bytes: number;
}

/** How often a peer did something that raised or lowered its score, and when last. */
export interface Conduct {
  times: number;
  /** Monotonic ms. */
  atMs: number;
}

/** What passed between this device and another one since this device was started. */
export interface PeerMeter {
  readonly sent: Map<Message['kind'], Tally>;
  readonly received: Map<Message['kind'], Tally>;
  /** Facts that came from it. */
  facts: number;
  errors: number;
  /** How long it takes to answer, smoothed ms; null before its first answer. */
  latencyMs: number | null;
  /** By how much its clock is ahead of this one's, as it said last, ms; null before. */
  aheadMs: number | null;
  /** Times that reading it was put off, because it sent more than it may. */
  throttled: number;
  /** Things asked of it that are not here yet. */
  load: number;
  /** Bytes both ways before the present link opened. */
  bytesAtOpen: number;
  /** What it did that counts, by kind. */
  readonly conduct: Map<PeerAct, Conduct>;
  /** Files of which it said that it has something. */
  files: number;
  /** Monotonic ms at which anything was last heard; null before. */
  heardMs: number | null;
  /** Monotonic ms since when both are known to hold different things; null while they do not. */
  apartMs: number | null;
  /** How often both came to hold the same again, and how long the last time took, ms. */
  catchUps: number;
  catchUpMs: number | null;
  /** Where it stands, as was heard of it last over any link; null before. */
  step: Step | null;
}

/** What this device remembers of the others until it stops; nothing is ever stored or sent. */
export interface PeerBook {
  readonly meterOf: (device: DeviceId) => PeerMeter;
  readonly note: (device: DeviceId, act: PeerAct) => void;
  readonly scoreOf: (device: DeviceId) => PeerScore;
  /** In how many ms its score is above the threshold again; 0 where it is. */
  readonly recoversInMs: (device: DeviceId) => number;
  /** A ping was answered after so many ms, by a clock that was so far ahead of this one. */
  readonly noteAnswer: (device: DeviceId, ms: number, aheadMs: number) => void;
}

/** So much of the smoothed latency is its last measure. */
const LATENCY_SHARE = 0.3;
/** So many devices are remembered; members of one account are fewer. */
const DEVICES_MAX = 64;

export const createPeerBook = (clock: Clock): PeerBook => {
  const meters = new Map<DeviceId, PeerMeter>();
  const standings = new Map<DeviceId, PeerStanding>();

  const meterOf = (device: DeviceId): PeerMeter => {
    const held = meters.get(device);
    if (held !== undefined) return held;
    const oldest = meters.size >= DEVICES_MAX ? meters.keys().next().value : undefined;
    if (oldest !== undefined) {
      meters.delete(oldest);
      standings.delete(oldest);
    }
    const meter: PeerMeter = {
      ...{ sent: new Map(), received: new Map(), facts: 0, errors: 0, latencyMs: null },
      aheadMs: null,
      ...{ throttled: 0, load: 0, step: null, conduct: new Map(), files: 0, heardMs: null },
      ...{ apartMs: null, catchUps: 0, catchUpMs: null, bytesAtOpen: 0 },
    };
    meters.set(device, meter);
    return meter;
  };

  const standingOf = (device: DeviceId, nowMs: number): PeerStanding =>
    standings.get(device) ?? newStanding(nowMs);
  const loadOf = (device: DeviceId): number => meters.get(device)?.load ?? 0;

  return {
    meterOf,
    note: (device, act) => {
      const nowMs = clock.monotonicMs();
      const meter = meterOf(device);
      standings.set(device, noteAct(standingOf(device, nowMs), act, nowMs));
      meter.conduct.set(act, { times: (meter.conduct.get(act)?.times ?? 0) + 1, atMs: nowMs });
      if (act === 'offence' || act === 'flood') meter.errors += 1;
    },
    scoreOf: (device) => {
      const nowMs = clock.monotonicMs();
      return scoreOf(standingOf(device, nowMs), loadOf(device), nowMs);
    },
    recoversInMs: (device) => {
      const nowMs = clock.monotonicMs();
      return recoversInMs(standingOf(device, nowMs), loadOf(device), nowMs);
    },
    noteAnswer: (device, ms, aheadMs) => {
      const meter = meterOf(device);
      meter.aheadMs = aheadMs;
      const before = meter.latencyMs ?? ms;
      meter.latencyMs = before + (ms - before) * LATENCY_SHARE;
    },
  };
};

/** Adds one message to a tally. */
export const count = (
  tallies: Map<Message['kind'], Tally>,
  kind: Message['kind'],
  bytes: number,
): void => {
  const tally = tallies.get(kind) ?? { messages: 0, bytes: 0 };
  tally.messages += 1;
  tally.bytes += bytes;
  tallies.set(kind, tally);
};

/** All bytes of some tallies. */
export const bytesIn = (tallies: PeerMeter['sent']): number =>
  [...tallies.values()].reduce((sum, { bytes }) => sum + bytes, 0);

/** A link opened: what passed before is no part of its throughput, nor of how it catches up. */
export const noteOpened = (meter: PeerMeter): void => {
  meter.bytesAtOpen = bytesIn(meter.sent) + bytesIn(meter.received);
  meter.apartMs = null;
};

/** Facts came in over a link; nothing is said for those that were not what they said. */
export const noteFacts = (
  book: PeerBook,
  link: { readonly peer: DeviceId; readonly meter: PeerMeter },
  runs: readonly { readonly facts: readonly unknown[] }[],
  offences: number,
): void => {
  const facts = runs.reduce((sum, run) => sum + run.facts.length, 0);
  link.meter.facts += facts;
  if (facts > 0 && offences === 0) book.note(link.peer, 'facts');
};
