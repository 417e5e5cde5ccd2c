import { assert } from '../../core/base/result.js';
import type { Clock } from '../../ports/clock.js';
import type { Channel, RendezvousStatus, RoomConfig, Transport } from '../../ports/transport.js';
import { createMemoryLink } from './memory-link.js';

export interface MemoryNetworkOptions {
  /** Runs a step later, in the order of the calls; a microtask when absent. */
  readonly schedule?: (run: () => void) => void;
  /** Fresh bytes for fingerprints; the platform's when absent. */
  readonly randomBytes?: (length: number) => Uint8Array;
  /** With a clock, two ends whose channel closed find each other again after a second. */
  readonly clock?: Clock;
}

/** An in-process network of devices, with the faults that a real one has. */
export interface MemoryNetwork {
  /** A device's transport; several may carry one name, as a device that restarted does. */
  readonly transport: (name: string) => Transport;
  /** Holds everything between the two groups, new channels included, until heal(). */
  readonly partition: (left: readonly string[], right: readonly string[]) => void;
  /** Ends every partition, delivers what was held and connects who may connect. */
  readonly heal: () => void;
  readonly isCut: (left: string, right: string) => boolean;
  /** Whether devices can find each other; open channels stay. */
  readonly setRendezvous: (status: RendezvousStatus) => void;
  /** While on, new channels run through a relay: each end sees the relay's fingerprint. */
  readonly swapFingerprints: (isOn: boolean) => void;
}

interface Seat {
  readonly name: string;
  readonly config: RoomConfig;
  readonly onChannel: (channel: Channel) => void;
  readonly links: Map<Seat, { readonly channel: Channel; readonly flush: () => void }>;
}

/** Delay in ms until closed pairs find each other again, when there is a clock. */
export const MEMORY_REDIAL_MS = 1000;

/**
 * Creates the twin of the network for tests and simulations (rules N1, N2, N6).
 *
 * A channel opens between any two seats with equal room name and password. A closed channel opens
 * again when either end calls wake(), when a partition heals, or after MEMORY_REDIAL_MS with a
 * clock. Joining a room twice from one transport is a broken invariant.
 */
export const createMemoryNetwork = (options: MemoryNetworkOptions = {}): MemoryNetwork => {
  const schedule = options.schedule ?? queueMicrotask;
  const randomBytes =
    options.randomBytes ?? ((length) => crypto.getRandomValues(new Uint8Array(length)));
  const seats = new Set<Seat>();
  const statusListeners = new Set<(status: RendezvousStatus) => void>();
  const cuts = new Set<string>();
  let status: RendezvousStatus = 'connected';
  let isSwapping = false;
  let linkCount = 0;

  const isCut = (left: string, right: string): boolean => cuts.has(cutKey(left, right));

  const connect = (older: Seat, newer: Seat): void => {
    if (!mayConnect(older, newer) || isCut(older.name, newer.name)) return;
    const [mine, theirs] = [randomBytes(32), randomBytes(32)];
    const ends = [older, newer].map((seat, index) => ({
      owner: seat.name,
      purpose: seat.config.purpose,
      localFingerprint: index === 0 ? mine : theirs,
      remoteFingerprint: isSwapping ? randomBytes(32) : index === 0 ? theirs : mine,
    }));
    const onGone = (): void => {
      older.links.delete(newer);
      newer.links.delete(older);
      options.clock?.after(MEMORY_REDIAL_MS, () => connect(older, newer));
    };
    linkCount += 1;
    const carrier = { schedule, isCut, onGone };
    const link = createMemoryLink(`memory-${linkCount}`, ends[0]!, ends[1]!, carrier);
    older.links.set(newer, { channel: link.initiator, flush: link.flush });
    newer.links.set(older, { channel: link.responder, flush: link.flush });
    older.onChannel(link.initiator);
    newer.onChannel(link.responder);
  };
  const mayConnect = (older: Seat, newer: Seat): boolean =>
    status === 'connected' &&
    older !== newer &&
    seats.has(older) &&
    seats.has(newer) &&
    !older.links.has(newer) &&
    older.config.name === newer.config.name &&
    older.config.password === newer.config.password;
  const announce = (seat: Seat): void => {
    schedule(() => {
      for (const other of seats) connect(other, seat);
    });
  };

  const transport = (name: string): Transport => {
    const own = new Map<string, Seat>();
    const leave = (seat: Seat): void => {
      if (!seats.delete(seat)) return;
      own.delete(seat.config.name);
      for (const { channel } of seat.links.values()) channel.close();
    };
    return {
      join: (config, onChannel) => {
        assert(!own.has(config.name), 'a room is joined once');
        const seat: Seat = { name, config, onChannel, links: new Map() };
        own.set(config.name, seat);
        seats.add(seat);
        announce(seat);
        return { leave: () => leave(seat) };
      },
      rendezvous: () => status,
      onRendezvous: (listener) => {
        statusListeners.add(listener);
        return () => statusListeners.delete(listener);
      },
      wake: () => own.forEach(announce),
      close: () => own.forEach(leave),
    };
  };

  return {
    transport,
    isCut,
    partition: (left, right) => {
      for (const from of left) for (const to of right) cuts.add(cutKey(from, to));
    },
    heal: () => {
      cuts.clear();
      for (const seat of seats) {
        for (const { flush } of seat.links.values()) schedule(flush);
        announce(seat);
      }
    },
    setRendezvous: (next) => {
      status = next;
      for (const listener of statusListeners) listener(next);
      seats.forEach(announce);
    },
    swapFingerprints: (isOn) => {
      isSwapping = isOn;
    },
  };
};

const cutKey = (left: string, right: string): string => JSON.stringify([left, right].sort());
