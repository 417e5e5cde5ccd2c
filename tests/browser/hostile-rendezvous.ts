import type { Server } from 'node:http';
import { toBase64 } from 'lib0/buffer';
import { WebSocketServer, type WebSocket } from 'ws';
import { openSealed } from '../../src/adapters/webrtc/sealed-signals.js';
import type { RoomConfig } from '../../src/ports/transport.js';
import { sealValue } from '../fuzz/sealing.js';

/** What the hostile rendezvous does to what it passes on. */
export interface HostileOptions {
  /** It has learnt the room's password, so it reads and writes what is sealed. */
  readonly room: RoomConfig;
  /** Puts another certificate's fingerprint into every description while this is true. */
  readonly isSwapping: () => boolean;
  readonly onSwapped: () => void;
  /** Sends junk and replays after every frame. */
  readonly isNoisy: boolean;
}

export interface HostileRendezvous {
  /** Sends every frame so far to everybody once more. */
  readonly replayAll: () => void;
  readonly close: () => Promise<void>;
}

/** The fingerprint of a certificate that nobody has. */
export const FOREIGN = Array.from({ length: 32 }, () => 'AB').join(':');

/** A rendezvous that does its worst, and yet passes on what it is given. */
export const attachHostileRendezvous = async (
  server: Server,
  options: HostileOptions,
): Promise<HostileRendezvous> => {
  const key = await deriveRoomKey(options.room);
  const sockets = new WebSocketServer({ server, path: '/rendezvous' });
  const sent: string[] = [];
  const junk = options.isNoisy ? await junkFrames(options.room, key) : [];
  const sendAll = (frame: string | Buffer): void =>
    sockets.clients.forEach((client: WebSocket) => client.send(frame));

  const pass = async (text: string): Promise<void> => {
    const frame = JSON.parse(text) as { type: string; topic: string; data: string };
    if (frame.type !== 'publish') return;
    const swapped = options.isSwapping() ? await swapFingerprint(frame.data, key) : undefined;
    if (swapped !== undefined) options.onSwapped();
    const data = swapped ?? frame.data;
    const passed = JSON.stringify({ ...frame, data, clients: sockets.clients.size });
    sent.push(passed);
    sendAll(passed);
    for (const other of junk) sendAll(other);
    if (options.isNoisy) for (const earlier of sent) sendAll(earlier);
  };
  sockets.on('connection', (client) => {
    let work = Promise.resolve();
    client.on('error', () => client.terminate());
    client.on('message', (message) => {
      work = work.then(() => pass(String(message)));
    });
  });
  return {
    replayAll: () => sent.forEach(sendAll),
    close: () => {
      sockets.clients.forEach((client) => client.terminate());
      return new Promise((resolve) => sockets.close(() => resolve()));
    },
  };
};

/**
 * Puts FOREIGN into the description that is sealed in a publication; undefined when there is none.
 */
export const swapFingerprint = async (
  data: string,
  key: CryptoKey,
): Promise<string | undefined> => {
  const value = (await openSealed(data, key)) as { signal?: { sdp?: string } } | undefined;
  const sdp = value?.signal?.sdp;
  if (value?.signal === undefined || sdp === undefined) return undefined;
  const swapped = sdp.replace(
    /a=fingerprint:sha-256 [0-9A-F:]+/g,
    `a=fingerprint:sha-256 ${FOREIGN}`,
  );
  return seal({ ...value, signal: { ...value.signal, sdp: swapped } }, key);
};

/** Junk of every layer: no JSON, no frame, not sealed, sealed nonsense, and an answer to nobody. */
export const junkFrames = async (
  room: RoomConfig,
  key: CryptoKey,
): Promise<(string | Buffer)[]> => {
  const publish = (data: unknown): string =>
    JSON.stringify({ type: 'publish', topic: room.name, data });
  const sealed = [
    null,
    7,
    [],
    { type: 'announce' },
    { type: 'announce', from: { toString: 'x' } },
    { type: 'signal', from: 'ghost', to: 'ghost' },
    { type: 'signal', from: 'ghost', signal: null },
    { type: 'signal', from: 'ghost', signal: { type: 'answer', sdp: 'v=0' } },
    { type: 'signal', from: 'ghost', to: 'x', signal: { type: 'offer' } },
    { type: 'signal', from: 'ghost', to: 'x', token: 'y', signal: { type: 'candidate' } },
  ];
  return [
    'no json',
    '',
    'null',
    '[]',
    '{"type":"pong"}',
    '{"type":"publish"}',
    '{"type":"publish","topic":{},"data":"x"}',
    '['.repeat(50_000),
    Buffer.from([0, 1, 2, 255]),
    publish(7),
    publish({ type: 'announce', from: 'ghost' }),
    publish('not sealed'),
    publish(toBase64(new Uint8Array(64))),
    ...(await Promise.all(sealed.map(async (value) => publish(await seal(value, key))))),
  ];
};

const seal = (value: unknown, key: CryptoKey): Promise<string> =>
  sealValue(value, key, crypto.getRandomValues(new Uint8Array(12)));

export const deriveRoomKey = async ({ name, password }: RoomConfig): Promise<CryptoKey> => {
  const bytes = new TextEncoder();
  const material = await crypto.subtle.importKey('raw', bytes.encode(password), 'PBKDF2', false, [
    'deriveKey',
  ]);
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', salt: bytes.encode(name), iterations: 100_000, hash: 'SHA-256' },
    material,
    { name: 'AES-GCM', length: 256 },
    true,
    ['encrypt', 'decrypt'],
  );
};
