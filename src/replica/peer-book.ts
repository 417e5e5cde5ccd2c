import type { DeviceId } from '../core/base/brands.js';
import type { Message } from '../core/links/messages.js';
import {
  type PeerAct,
  type PeerScore,
  type PeerStanding,
  newStanding,
  noteAct,
  scoreOf,
} from '../core/links/peer-score.js';
import type { Step } from '../core/links/step.js';
import type { Clock } from '../ports/clock.js';

/** Messages and bytes of one kind, in one direction. */
export interface Tally {
  messages: number;
  bytes: number;
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
  /** Times that reading it was put off, because it sent more than it may. */
  throttled: number;
  /** Things asked of it that are not here yet. */
  load: number;
  /** Where it stands, as was heard of it last over any link; null before. */
  step: Step | null;
}

/** What this device remembers of the others until it stops; nothing is ever stored or sent. */
export interface PeerBook {
  readonly meterOf: (device: DeviceId) => PeerMeter;
  readonly note: (device: DeviceId, act: PeerAct) => void;
  readonly scoreOf: (device: DeviceId) => PeerScore;
  /** A ping was answered after so many ms. */
  readonly noteLatency: (device: DeviceId, ms: number) => void;
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
      ...{ throttled: 0, load: 0, step: null },
    };
    meters.set(device, meter);
    return meter;
  };

  return {
    meterOf,
    note: (device, act) => {
      const nowMs = clock.monotonicMs();
      standings.set(device, noteAct(standings.get(device) ?? newStanding(nowMs), act, nowMs));
      if (act === 'offence' || act === 'flood') meterOf(device).errors += 1;
    },
    scoreOf: (device) => {
      const nowMs = clock.monotonicMs();
      const standing = standings.get(device) ?? newStanding(nowMs);
      return scoreOf(standing, meters.get(device)?.load ?? 0, nowMs);
    },
    noteLatency: (device, ms) => {
      const meter = meterOf(device);
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
