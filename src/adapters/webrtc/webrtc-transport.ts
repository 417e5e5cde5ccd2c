import type { SignalingConn } from 'y-webrtc';
import { assert } from '../../core/base/result.js';
import type { RendezvousStatus, Transport } from '../../ports/transport.js';
import { createAnnouncing } from './announcing.js';
import { openProviderRoom, type ProviderRoom } from './provider-room.js';
import { announceAll, createSignalingGuard, reconnect } from './signaling.js';

export interface WebrtcTransportOptions {
  /** Addresses (ws: or wss:) of the rendezvous; all are used at once. May be empty. */
  readonly rendezvousUrls: readonly string[];
  /** STUN and TURN servers; none when absent, which suffices within one network. */
  readonly iceServers?: readonly RTCIceServer[];
}

/** Milliseconds between looks at the rendezvous; y-webrtc does not tell when a dial fails. */
const STATUS_MS = 500;
/** Milliseconds within which a second wake() does nothing. */
const WAKE_MS_MIN = 1_000;

interface Seat {
  room: ProviderRoom | undefined;
  isLeft: boolean;
}

/**
 * Creates the transport over WebRTC (rules N1, N2, N4, N6); one per page.
 *
 * y-webrtc finds devices through the rendezvous, and each connection to one of them is a Channel.
 * A closed channel is dialled again after a second, later with growing waits. A room is joined at
 * most once at a time; joining one that is being left waits for that. Connections that fail, or
 * stay disconnected for 8 s, are closed; a peer that merely falls silent is not noticed here.
 */
export const createWebrtcTransport = (options: WebrtcTransportOptions): Transport => {
  const seatByName = new Map<string, Seat>();
  const leavingByName = new Map<string, Promise<void>>();
  const listeners = new Set<(status: RendezvousStatus) => void>();
  const guard = createSignalingGuard((name) => seatByName.get(name)?.room);
  let status: RendezvousStatus = options.rendezvousUrls.length > 0 ? 'connecting' : 'unreachable';
  let wokenMs = -Infinity;

  const conns = (): readonly SignalingConn[] => [
    ...new Set([...seatByName.values()].flatMap((seat) => seat.room?.conns() ?? [])),
  ];
  const refresh = (): void => {
    const next = statusOf(conns(), status);
    if (next === status) return;
    status = next;
    for (const listener of [...listeners]) listener(status);
  };
  const announce = (): void => conns().forEach(announceAll);
  const timer = setInterval(refresh, STATUS_MS);
  const announcing = createAnnouncing(announce);

  const leave = (name: string, seat: Seat): void => {
    if (seat.isLeft) return;
    seat.isLeft = true;
    const { room } = seat;
    if (seatByName.get(name) === seat) seatByName.delete(name);
    if (room === undefined) return;
    const left = room.leave().finally(() => {
      if (leavingByName.get(name) === left) leavingByName.delete(name);
    });
    leavingByName.set(name, left);
  };

  return {
    join: (config, onChannel) => {
      assert(!seatByName.has(config.name), 'a room is joined once at a time');
      const seat: Seat = { room: undefined, isLeft: false };
      seatByName.set(config.name, seat);
      const open = (): void => {
        if (seat.isLeft) return;
        seat.room = openProviderRoom(config, {
          rendezvousUrls: options.rendezvousUrls,
          iceServers: options.iceServers ?? [],
          onChannel,
          onRedial: announce,
        });
        for (const conn of seat.room.conns()) {
          guard.watch(conn);
          conn.on('connect', refresh);
          conn.on('disconnect', refresh);
        }
        announcing.soon();
      };
      const leaving = leavingByName.get(config.name);
      if (leaving === undefined) open();
      else void leaving.then(open);
      return { leave: () => leave(config.name, seat) };
    },
    rendezvous: () => status,
    onRendezvous: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    wake: () => {
      const nowMs = performance.now();
      if (nowMs - wokenMs < WAKE_MS_MIN) return;
      wokenMs = nowMs;
      for (const seat of seatByName.values()) seat.room?.wake();
      conns().forEach(reconnect);
      announcing.soon();
      refresh();
    },
    close: () => {
      clearInterval(timer);
      announcing.stop();
      for (const [name, seat] of [...seatByName]) leave(name, seat);
      listeners.clear();
    },
  };
};

/** Connected if any address is; unreachable once every address has failed a dial. */
const statusOf = (conns: readonly SignalingConn[], before: RendezvousStatus): RendezvousStatus => {
  if (conns.length === 0) return before;
  if (conns.some((conn) => conn.connected)) return 'connected';
  const hasFailed = (conn: SignalingConn): boolean => conn.unsuccessfulReconnects > 0;
  return conns.every(hasFailed) ? 'unreachable' : 'connecting';
};
