import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { openSealed } from '../../src/adapters/webrtc/sealed-signals.js';
import type { RoomConfig } from '../../src/ports/transport.js';
import { deriveRoomKey, junkFrames, swapFingerprint } from './hostile-rendezvous.js';

/** What the rendezvous makes of what it is given. */
export type Mood =
  | 'honest'
  /** Passes nothing on. */
  | 'deaf'
  /** Puts another certificate into every description. */
  | 'swapping'
  /** Sends everything that it ever heard again after each frame. */
  | 'replaying'
  /** Sends junk of every layer, replays and huge frames without being asked. */
  | 'flooding'
  /** Hangs up on everybody at once. */
  | 'slamming'
  /** Lets each device meet only those who name it in the query `?near=HOST`. */
  | 'parting';

/** A rendezvous that serves the app, and that a test can make hostile. */
export interface MoodyRendezvous {
  readonly setMood: (mood: Mood) => void;
  /** It learns a room's password, and can then read and write what is sealed in it. */
  readonly learn: (room: RoomConfig) => Promise<void>;
  /** Everything that devices said to it, in their order. */
  readonly heard: () => readonly string[];
  /** How many descriptions it changed, and how many frames it sent on its own. */
  readonly swaps: () => number;
  readonly strays: () => number;
  readonly attach: (server: Server) => { readonly close: () => Promise<void> };
}

/** Frames that a flood sends to each device, and after how many it lets the sockets breathe. */
const FLOOD_FRAMES = 20_000;
const FLOOD_BATCH = 500;
const HUGE_FRAME = 'x'.repeat(4_000_000);

interface Frame {
  readonly type: string;
  readonly topic: string;
  readonly data: string;
}

export const createMoodyRendezvous = (): MoodyRendezvous => {
  const keyByRoom = new Map<string, CryptoKey>();
  const heard: string[] = [];
  const published: string[] = [];
  const junk: (string | Buffer)[] = [HUGE_FRAME];
  const nearBySocket = new Map<WebSocket, string>();
  let mood: Mood = 'honest';
  let swaps = 0;
  let strays = 0;

  const sendStray = (client: WebSocket, frame: string | Buffer): void => {
    strays += 1;
    client.send(frame);
  };
  const receivers = (from: WebSocket): readonly WebSocket[] =>
    [...nearBySocket.keys()].filter(
      (each) => mood !== 'parting' || nearBySocket.get(each) === nearBySocket.get(from),
    );
  const pass = async (from: WebSocket, text: string): Promise<void> => {
    heard.push(text);
    const frame = JSON.parse(text) as Frame;
    if (frame.type === 'ping') return from.send('{"type":"pong"}');
    if (frame.type !== 'publish' || mood === 'deaf') return;
    const key = keyByRoom.get(frame.topic);
    const isSwapping = mood === 'swapping' && key !== undefined;
    const swapped = isSwapping ? await swapFingerprint(frame.data, key) : undefined;
    if (swapped !== undefined) swaps += 1;
    const data = swapped ?? frame.data;
    const passed = JSON.stringify({ ...frame, data, clients: nearBySocket.size });
    published.push(passed);
    const earlier = mood === 'replaying' ? published.slice(-200) : [];
    for (const client of receivers(from)) {
      client.send(passed);
      for (const other of earlier) sendStray(client, other);
    }
  };
  /** Takes what was sealed for each device as well, so that half of the flood opens. */
  const flood = async (): Promise<void> => {
    const frames = [...junk, ...published.slice(-200)];
    for (let at = 0; at < FLOOD_FRAMES && mood === 'flooding'; at += 1) {
      // The huge frame comes first, and only once.
      const frame = frames[at === 0 ? 0 : 1 + (at % (frames.length - 1))] ?? '';
      for (const client of nearBySocket.keys()) sendStray(client, frame);
      if (at % FLOOD_BATCH === 0) await new Promise(setImmediate);
    }
  };

  return {
    setMood: (next) => {
      mood = next;
      if (mood === 'slamming') for (const client of nearBySocket.keys()) client.terminate();
      if (mood === 'flooding') void flood();
    },
    learn: async (room) => {
      const key = await deriveRoomKey(room);
      keyByRoom.set(room.name, key);
      junk.push(...(await junkFrames(room, key)));
    },
    heard: () => heard,
    swaps: () => swaps,
    strays: () => strays,
    attach: (server) => {
      const sockets = new WebSocketServer({ server });
      sockets.on('connection', (client, request) => {
        if (mood === 'slamming') return client.terminate();
        const query = new URL(request.url ?? '/', 'http://rendezvous').searchParams;
        nearBySocket.set(client, query.get('near') ?? request.headers.host ?? '');
        client.on('error', () => client.terminate());
        client.on('close', () => nearBySocket.delete(client));
        let work = Promise.resolve();
        client.on('message', (message) => {
          work = work.then(() => pass(client, String(message)));
        });
      });
      return {
        close: () => {
          sockets.clients.forEach((client) => client.terminate());
          return new Promise((resolve) => sockets.close(() => resolve()));
        },
      };
    },
  };
};

/** What devices published in a room, opened; an entry that does not open is undefined. */
export const openHeard = async (
  heard: readonly string[],
  room: RoomConfig,
): Promise<readonly unknown[]> => {
  const key = await deriveRoomKey(room);
  const frames = heard.map((text) => JSON.parse(text) as Frame);
  const said = frames.filter(({ type, topic }) => type === 'publish' && topic === room.name);
  return Promise.all(said.map(({ data }) => openSealed(data, key)));
};
