import { WebrtcProvider, type SignalingConn } from 'y-webrtc';
import { Doc } from 'yjs';
import type { Channel, RoomConfig } from '../../ports/transport.js';
import type { NativePeer, NativePeerOptions } from './native-peer.js';
import { createRedial } from './redial.js';
import { CONNECTIONS_MAX, createScreening } from './screening.js';
import type { GuardedRoom } from './signaling.js';

export interface ProviderRoomOptions {
  readonly rendezvousUrls: readonly string[];
  readonly iceServers: readonly RTCIceServer[];
  readonly onChannel: (channel: Channel) => void;
  /** Called when the room should be announced again. */
  readonly onRedial: () => void;
}

/** One room that we are in. */
export interface ProviderRoom extends GuardedRoom {
  readonly conns: () => readonly SignalingConn[];
  /** Lets go of connections that show no sign of life, and of all waiting. */
  readonly wake: () => void;
  /** Leaves; resolves when the name is free to be joined again. */
  readonly leave: () => Promise<void>;
}

/**
 * Joins a room with one y-webrtc provider, whose document is empty and stays so.
 *
 * `filterBcConns` is off: y-webrtc then never takes another tab for a peer that needs no
 * connection of its own, and two profiles in one browser meet like two devices.
 */
export const openProviderRoom = (
  config: RoomConfig,
  options: ProviderRoomOptions,
): ProviderRoom => {
  const redial = createRedial();
  const screening = createScreening(redial);
  const peers = new Set<NativePeer>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let isLeft = false;

  const wait = (peerId: string, lifeMs: number): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        options.onRedial();
      },
      redial.closed(peerId, lifeMs, performance.now()),
    );
    timers.add(timer);
  };
  const start = (peer: NativePeer): void => {
    const startedMs = performance.now();
    peers.add(peer);
    peer.on('close', () => {
      peers.delete(peer);
      const peerId = peerIdOf(provider, peer);
      if (!isLeft && peerId !== undefined) wait(peerId, performance.now() - startedMs);
    });
  };
  const peerOpts: Omit<NativePeerOptions, 'initiator'> = {
    purpose: config.purpose,
    iceServers: options.iceServers,
    onStart: start,
    onChannel: (channel) => {
      if (isLeft) channel.close();
      else options.onChannel(channel);
    },
  };
  const doc = new Doc();
  const provider = new WebrtcProvider(config.name, doc, {
    signaling: [...options.rendezvousUrls],
    password: config.password,
    maxConns: CONNECTIONS_MAX,
    filterBcConns: false,
    peerOpts,
  });
  provider.awareness.setLocalState(null);

  return {
    conns: () => provider.signalingConns,
    key: () => provider.room?.key ?? undefined,
    admits: (announcement) =>
      !isLeft &&
      provider.room !== null &&
      screening.admits(announcement, provider.room, performance.now()),
    waitMs: (announcement) =>
      isLeft || provider.room === null
        ? 0
        : screening.waitMs(announcement, provider.room, performance.now()),
    wake: () => {
      redial.reset();
      for (const peer of [...peers]) peer.probe();
    },
    leave: async () => {
      isLeft = true;
      for (const timer of timers) clearTimeout(timer);
      provider.disconnect();
      provider.destroy();
      doc.destroy();
      await provider.key;
      for (const peer of [...peers]) peer.destroy();
    },
  };
};

const peerIdOf = (provider: WebrtcProvider, peer: NativePeer): string | undefined => {
  for (const [peerId, conn] of provider.room?.webrtcConns ?? []) {
    if (conn.peer === peer) return peerId;
  }
  return undefined;
};
