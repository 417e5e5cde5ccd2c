import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { isFamiliarOrigin, networkOf } from './client-address.js';
import { createRateBucket } from './rate-bucket.js';
import { formatPublication, parseFrame, type RendezvousFrame } from './rendezvous-frame.js';
import { createRooms } from './rendezvous-rooms.js';

/** The limits of a rendezvous (rule N4): far above what an honest device needs. */
export const RENDEZVOUS_LIMITS = {
  frameBytesMax: 64 * 1024,
  framesPerSecond: 60,
  framesBurst: 400,
  roomsPerMemberMax: 64,
  roomsMax: 10_000,
  membersPerRoomMax: 64,
  connectionsPerAddressMax: 64,
  connectionsMax: 2_000,
  /** Bytes that may wait for one slow receiver before it is cut off. */
  waitingBytesMax: 1024 * 1024,
  pingIntervalMs: 30_000,
} as const;

export type RendezvousLimits = {
  readonly [Name in keyof typeof RENDEZVOUS_LIMITS]: number;
};

export interface RendezvousOptions {
  /** The path that clients connect to; `/rendezvous` when absent. */
  readonly path?: string;
  readonly limits?: Partial<RendezvousLimits>;
  /** Pages of these origins ("https://app.example") may connect besides those of our own host. */
  readonly origins?: readonly string[];
  /** Who a request comes from, for the limit per address; its socket's address when absent. */
  readonly addressOf?: (request: IncomingMessage) => string;
}

export interface RendezvousHealth {
  readonly ok: boolean;
  readonly connections: number;
  readonly rooms: number;
  readonly uptimeSeconds: number;
}

export interface Rendezvous {
  readonly health: () => RendezvousHealth;
  /** Ends every connection and lets go of the server, which stays open. */
  readonly close: () => Promise<void>;
}

/**
 * Lets devices find each other: the y-webrtc signaling protocol on an HTTP server.
 *
 * Passes publications to everyone in a room, sees neither names nor contents (they are encrypted)
 * and keeps nothing. Frames that say nothing are ignored; a connection that sends too large a
 * frame or too many is closed, as is one that no longer answers pings. Upgrades to other paths
 * are refused unless another listener is there to take them.
 * Errors: none; what fails on one connection ends that connection.
 */
export const attachRendezvous = (server: Server, options: RendezvousOptions = {}): Rendezvous => {
  const limits: RendezvousLimits = { ...RENDEZVOUS_LIMITS, ...options.limits };
  const path = options.path ?? '/rendezvous';
  const startedMs = performance.now();
  const rooms = createRooms<WebSocket>(limits);
  const countByAddress = new Map<string, number>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytesMax,
    maxFragments: 64,
    perMessageDeflate: false,
  });

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    if ((request.url ?? '').split('?', 1)[0] !== path) {
      if (server.listenerCount('upgrade') === 1) refuse(socket, '404 Not Found');
      return;
    }
    const address = networkOf(options.addressOf?.(request) ?? request.socket.remoteAddress ?? '');
    const count = countByAddress.get(address) ?? 0;
    if (!isFamiliarOrigin(request, options.origins ?? [])) return refuse(socket, '403 Forbidden');
    if (count >= limits.connectionsPerAddressMax) return refuse(socket, '429 Too Many Requests');
    if (sockets.clients.size >= limits.connectionsMax) {
      return refuse(socket, '503 Service Unavailable');
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      countByAddress.set(address, (countByAddress.get(address) ?? 0) + 1);
      client.once('close', () => {
        const left = (countByAddress.get(address) ?? 1) - 1;
        if (left > 0) countByAddress.set(address, left);
        else countByAddress.delete(address);
      });
      serve(client);
    });
  };

  const serve = (client: WebSocket): void => {
    const bucket = createRateBucket(limits.framesPerSecond, limits.framesBurst);
    const stopPings = keepPinging(client, limits.pingIntervalMs);
    client.on('error', () => client.terminate());
    client.on('close', () => {
      stopPings();
      rooms.leaveAll(client);
    });
    client.on('message', (data, isBinary) => {
      if (client.readyState !== client.OPEN) return;
      if (!bucket.take(performance.now())) return client.close(1008, 'too many frames');
      const frame = parseFrame(isBinary ? '' : dataToText(data));
      if (frame !== undefined) run(client, frame);
    });
  };

  const run = (client: WebSocket, frame: RendezvousFrame): void => {
    switch (frame.type) {
      case 'subscribe':
        for (const topic of frame.topics) rooms.enter(client, topic);
        return;
      case 'unsubscribe':
        for (const topic of frame.topics) rooms.leave(client, topic);
        return;
      case 'publish':
        return publish(frame);
      case 'ping':
        return send(client, '{"type":"pong"}');
    }
  };

  const publish = (frame: RendezvousFrame & { readonly type: 'publish' }): void => {
    const members = rooms.membersOf(frame.topic);
    if (members.length === 0) return;
    const text = formatPublication(frame, members.length);
    if (text !== undefined) for (const member of members) send(member, text);
  };

  const send = (client: WebSocket, text: string): void => {
    if (client.readyState !== client.OPEN) return;
    if (client.bufferedAmount > limits.waitingBytesMax) return client.terminate();
    client.send(text);
  };

  server.on('upgrade', onUpgrade);
  return {
    health: () => ({
      ok: true,
      connections: sockets.clients.size,
      rooms: rooms.count(),
      uptimeSeconds: Math.floor((performance.now() - startedMs) / 1000),
    }),
    close: () => {
      server.off('upgrade', onUpgrade);
      for (const client of sockets.clients) client.terminate();
      return new Promise((resolve) => sockets.close(() => resolve()));
    },
  };
};

/** Pings until stopped; a client that has not answered by the next ping is cut off. */
const keepPinging = (client: WebSocket, intervalMs: number): (() => void) => {
  let isAnswered = true;
  client.on('pong', () => {
    isAnswered = true;
  });
  const timer = setInterval(() => {
    if (!isAnswered) return client.terminate();
    isAnswered = false;
    client.ping();
  }, intervalMs);
  return () => clearInterval(timer);
};

const dataToText = (data: RawData): string =>
  Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString();

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
