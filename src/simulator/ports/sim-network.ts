import { assert } from '../../core/base/result.js';
import type { Channel, RoomConfig, Transport } from '../../ports/transport.js';
import type { Chance } from '../chance.js';
import type { EventQueue } from '../event-queue.js';
import type { Trace } from '../trace.js';
import { type SimEnd, createSimEnd } from './sim-channel.js';

/** How badly the network treats what it carries; all zero is what the port promises. */
export interface NetworkFaults {
  /** Probabilities of one message to be lost, to come twice, or to overtake others. */
  loss: number;
  duplication: number;
  reordering: number;
  /** Of being cut short or getting one bit flipped. */
  damage: number;
  latencyMsMax: number;
  /** New connections run through a relay that shows each end its own fingerprint. */
  isRelayed: boolean;
  /** When one end vanishes, the other learns of it only by itself. */
  isHalfOpen: boolean;
}

export const noNetworkFaults = (): NetworkFaults => ({
  ...{ loss: 0, duplication: 0, reordering: 0, damage: 0 },
  ...{ latencyMsMax: 40, isRelayed: false, isHalfOpen: false },
});

/** The network of all devices, one object, as the rendezvous and the air together. */
export interface SimNetwork {
  readonly faults: NetworkFaults;
  readonly transport: (owner: string, isAlive: () => boolean) => Transport;
  /** From one device to the other nothing passes; what is sent waits. */
  readonly cut: (from: string, to: string) => void;
  readonly heal: () => void;
  readonly setOnline: (owner: string, isOnline: boolean) => void;
  readonly isOnline: (owner: string) => boolean;
  /** A device's life ended without a word: its ends are gone. */
  readonly vanish: (owner: string) => void;
  /** Calls back for every message that is sent, before anything happens to it. */
  readonly onSent: (listener: (from: string, to: string, message: Uint8Array) => void) => void;
  /** Says something in a device's name, over whatever connections it has to the other. */
  readonly inject: (from: string, to: string, message: Uint8Array) => void;
  /** From now on what a device says passes through here; null is never sent. */
  readonly setMouth: (owner: string, mouth: Mouth) => void;
}

export type Mouth = (to: string, message: Uint8Array) => Uint8Array | null;

interface Seat {
  readonly owner: string;
  readonly config: RoomConfig;
  readonly onChannel: (channel: Channel) => void;
  readonly isAlive: () => boolean;
  readonly links: Map<Seat, Link>;
}

interface Link {
  readonly ends: readonly [SimEnd, SimEnd];
  readonly dueMs: number[];
  readonly held: (() => void)[];
}

/** Closed pairs find each other again within so long. */
const REDIAL_MS = 3_000;
/** A connection that carries nothing for a cut's sake is given up after so long. */
const CUT_MS = 20_000;

export const createSimNetwork = (queue: EventQueue, chance: Chance, trace: Trace): SimNetwork => {
  const faults = noNetworkFaults();
  const seats: Seat[] = [];
  const cuts = new Set<string>();
  const offline = new Set<string>();
  const mouths = new Map<string, Mouth>();
  const listeners: ((from: string, to: string, message: Uint8Array) => void)[] = [];
  let linkCount = 0;

  const isCut = (from: string, to: string): boolean => cuts.has(`${from}>${to}`);
  const mayMeet = (a: Seat, b: Seat): boolean =>
    a.owner !== b.owner &&
    seats.includes(a) &&
    seats.includes(b) &&
    !a.links.has(b) &&
    !offline.has(a.owner) &&
    !offline.has(b.owner) &&
    !isCut(a.owner, b.owner) &&
    !isCut(b.owner, a.owner) &&
    a.config.name === b.config.name &&
    a.config.password === b.config.password;

  const dial = (a: Seat, b: Seat): void => {
    if (!mayMeet(a, b)) return;
    linkCount += 1;
    const id = `link-${linkCount}`;
    const prints = [chance.bytes(32), chance.bytes(32), chance.bytes(32)] as const;
    const end = (seat: Seat, side: 0 | 1): SimEnd =>
      createSimEnd(
        {
          ...{ id, owner: seat.owner, purpose: seat.config.purpose, isInitiator: side === 0 },
          localFingerprint: prints[side],
          remoteFingerprint: faults.isRelayed ? prints[2] : prints[side === 0 ? 1 : 0],
        },
        {
          send: (message) => {
            const mouth = mouths.get(seat.owner);
            const far = link.ends[side === 0 ? 1 : 0].owner;
            const said = mouth === undefined ? message : mouth(far, message);
            if (said !== null) carry(link, side, said);
          },
          close: () => part(a, b, link, side),
        },
      );
    const link: Link = { ends: [end(a, 0), end(b, 1)], held: [], dueMs: [0, 0] };
    a.links.set(b, link);
    b.links.set(a, link);
    trace.note(queue.nowMs(), `${a.owner} and ${b.owner} meet (${a.config.purpose})`);
    a.onChannel(link.ends[0].channel);
    b.onChannel(link.ends[1].channel);
  };

  const carry = (link: Link, side: 0 | 1, message: Uint8Array): void => {
    const { dueMs } = link;
    const near = link.ends[side];
    const far = link.ends[side === 0 ? 1 : 0];
    trace.noteBytes(`${near.owner}>${far.owner}`, message);
    for (const listener of listeners) listener(near.owner, far.owner, message);
    if (chance.happens(faults.loss)) return;
    const times = chance.happens(faults.duplication) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const bytes = chance.happens(faults.damage) ? damaged(chance, message) : message;
      const arrivalMs = queue.nowMs() + 1 + chance.below(faults.latencyMsMax);
      const isLate = chance.happens(faults.reordering);
      const atMs = isLate ? arrivalMs : Math.max(arrivalMs, dueMs[side] ?? 0);
      dueMs[side] = Math.max(atMs, dueMs[side] ?? 0);
      queue.after(atMs - queue.nowMs(), () => arrive(link, near, far, bytes));
    }
  };

  const arrive = (link: Link, near: SimEnd, far: SimEnd, bytes: Uint8Array): void => {
    if (isCut(near.owner, far.owner)) {
      if (link.held.length === 0) queue.after(CUT_MS, () => giveUp(link));
      link.held.push(() => arrive(link, near, far, bytes));
    } else if (!far.deliver(bytes)) far.channel.close();
  };

  const giveUp = (link: Link): void => {
    if (link.held.length === 0) return;
    link.held.length = 0;
    for (const end of link.ends) end.channel.close();
  };

  /** What was sent before a close arrives before it. */
  const part = (a: Seat, b: Seat, link: Link, side: 0 | 1): void => {
    const far = link.ends[side === 0 ? 1 : 0];
    queue.after(faults.latencyMsMax + 1, () => {
      far.closed();
      if (a.links.get(b) !== link) return;
      a.links.delete(b);
      b.links.delete(a);
      queue.after(1_000 + chance.below(REDIAL_MS), () => dial(a, b));
    });
  };

  const dialAll = (seat: Seat): void => {
    queue.after(1 + chance.below(faults.latencyMsMax), () => {
      for (const other of [...seats]) dial(other, seat);
    });
  };

  const drop = (seat: Seat, isKnown: boolean): void => {
    const at = seats.indexOf(seat);
    if (at >= 0) seats.splice(at, 1);
    for (const [other, link] of [...seat.links]) {
      seat.links.delete(other);
      other.links.delete(seat);
      const far = link.ends.find((end) => end.owner !== seat.owner);
      const near = link.ends.find((end) => end.owner === seat.owner);
      near?.closed();
      if (isKnown) queue.after(faults.latencyMsMax + 1, () => far?.closed());
    }
  };

  const transport = (owner: string, isAlive: () => boolean): Transport => {
    const own = new Map<string, Seat>();
    const leave = (seat: Seat): void => {
      own.delete(seat.config.name);
      drop(seat, true);
    };
    return {
      join: (config, onChannel) => {
        if (!isAlive()) return { leave: () => undefined };
        assert(!own.has(config.name), 'a room is joined once');
        const guarded = (channel: Channel): void => {
          if (isAlive()) onChannel(channel);
        };
        const seat: Seat = { owner, config, onChannel: guarded, isAlive, links: new Map() };
        own.set(config.name, seat);
        seats.push(seat);
        dialAll(seat);
        return { leave: () => leave(seat) };
      },
      rendezvous: () => (offline.has(owner) ? 'unreachable' : 'connected'),
      onRendezvous: () => () => undefined,
      wake: () => own.forEach(dialAll),
      close: () => [...own.values()].forEach(leave),
    };
  };

  return {
    faults,
    transport,
    cut: (from, to) => void cuts.add(`${from}>${to}`),
    heal: () => {
      cuts.clear();
      for (const seat of [...seats]) {
        for (const { held } of seat.links.values()) for (const run of held.splice(0)) run();
        dialAll(seat);
      }
    },
    setOnline: (owner, isOnline) => {
      if (isOnline) {
        if (!offline.delete(owner)) return;
        for (const seat of seats) if (seat.owner === owner) dialAll(seat);
        return;
      }
      offline.add(owner);
      for (const seat of seats.filter((each) => each.owner === owner)) {
        for (const { ends } of [...seat.links.values()]) ends[0].channel.close();
      }
    },
    isOnline: (owner) => !offline.has(owner),
    vanish: (owner) => {
      for (const seat of seats.filter((each) => each.owner === owner)) {
        drop(seat, !faults.isHalfOpen);
      }
    },
    onSent: (listener) => void listeners.push(listener),
    inject: (from, to, message) => {
      for (const seat of seats.filter((each) => each.owner === from)) {
        for (const [other, link] of seat.links) {
          if (other.owner !== to || seat.config.purpose !== 'account') continue;
          carry(link, link.ends[0].owner === from ? 0 : 1, message);
        }
      }
    },
    setMouth: (owner, mouth) => void mouths.set(owner, mouth),
  };
};

const damaged = (chance: Chance, message: Uint8Array): Uint8Array => {
  if (message.length === 0 || chance.happens(0.5)) {
    return message.slice(0, chance.below(message.length + 1));
  }
  const copy = message.slice();
  const at = chance.below(copy.length);
  copy[at] = (copy[at] ?? 0) ^ (1 << chance.below(8));
  return copy;
};
