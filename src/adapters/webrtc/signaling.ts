import type { SignalingConn } from 'y-webrtc';
import { openSealed } from './sealed-signals.js';
import { parseAnnouncement, type Announcement } from './signals.js';

/** Characters of the largest frame that a rendezvous may send us. */
const FRAME_CHARACTERS_MAX = 96 * 1024;
/** Frames that may wait to be opened; a rendezvous that sends faster loses them. */
const FRAMES_WAITING_MAX = 512;
/** Frames that may be kept for peers that are left alone for a moment. */
const FRAMES_KEPT_MAX = 128;

/** What the guard asks about a room before it lets anything through. */
export interface GuardedRoom {
  /** Undefined until y-webrtc has derived it. */
  readonly key: () => CryptoKey | undefined;
  readonly admits: (announcement: Announcement) => boolean;
  /** How many ms to keep it before it may be admitted; 0 where it is to be judged now. */
  readonly waitMs: (announcement: Announcement) => number;
}

export interface SignalingGuard {
  /** Stands between y-webrtc and one connection, over all its reconnections. */
  readonly watch: (conn: SignalingConn) => void;
}

/**
 * Creates what keeps a faulty or hostile rendezvous away from y-webrtc (rules N2, N4).
 *
 * y-webrtc throws on frames that are no JSON, on answers that nobody asked for and on anything
 * sealed with another key; so each frame is opened and read here first, in its order, and only
 * what is whole and admitted goes on. Outwards, nothing is sent for a room that was left, and
 * nothing into a socket that is not open.
 */
export const createSignalingGuard = (
  roomOf: (name: string) => GuardedRoom | undefined,
): SignalingGuard => {
  const watched = new WeakSet<SignalingConn>();
  const screened = new WeakSet<WebSocket>();

  /** Whether a frame is sound, or after how many ms to ask again. */
  const judge = async (text: unknown): Promise<boolean | number> => {
    if (typeof text !== 'string' || text.length > FRAME_CHARACTERS_MAX) return false;
    const frame = parseFrame(text);
    if (frame?.['type'] === 'pong') return true;
    if (frame?.['type'] !== 'publish') return false;
    const { topic, data } = frame;
    if (typeof topic !== 'string' || typeof data !== 'string') return false;
    const key = roomOf(topic)?.key();
    if (key === undefined) return false;
    const announcement = parseAnnouncement(await openSealed(data, key));
    const room = roomOf(topic);
    if (announcement === undefined || room === undefined) return false;
    const waitMs = room.waitMs(announcement);
    return waitMs > 0 ? waitMs : room.admits(announcement);
  };

  const screen = (socket: WebSocket): void => {
    if (screened.has(socket)) return;
    screened.add(socket);
    const deliver = socket.onmessage;
    let tail: Promise<void> = Promise.resolve();
    let waiting = 0;
    let kept = 0;
    const keep = (event: MessageEvent, waitMs: number): void => {
      if (kept >= FRAMES_KEPT_MAX) return;
      kept += 1;
      setTimeout(() => {
        kept -= 1;
        take(event);
      }, waitMs);
    };
    const take = (event: MessageEvent): void => {
      if (waiting >= FRAMES_WAITING_MAX) return;
      waiting += 1;
      tail = tail.then(async () => {
        const verdict = await judge(event.data);
        waiting -= 1;
        if (typeof verdict === 'number') keep(event, verdict);
        else if (verdict) deliver?.call(socket, event);
      });
    };
    socket.onmessage = take;
  };

  return {
    watch: (conn) => {
      if (watched.has(conn)) return;
      watched.add(conn);
      const send = conn.send.bind(conn);
      conn.send = (message) => {
        const kept = keepLive(message, (name) => roomOf(name) !== undefined);
        if (kept !== undefined && conn.ws?.readyState === WebSocket.OPEN) send(kept);
      };
      if (conn.ws !== null) screen(conn.ws);
      conn.on('connect', () => {
        if (conn.ws !== null) screen(conn.ws);
      });
    },
  };
};

/** Leaves out the rooms that are not ours any more; y-webrtc announces itself there once again. */
const keepLive = (message: unknown, isLive: (name: string) => boolean): unknown => {
  const frame = message as Readonly<Record<string, unknown>>;
  if (frame['type'] === 'publish') return isLive(String(frame['topic'])) ? frame : undefined;
  if (frame['type'] !== 'subscribe') return frame;
  const topics = (frame['topics'] as readonly string[]).filter(isLive);
  return topics.length > 0 ? { ...frame, topics } : undefined;
};

const parseFrame = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Connects again at once, whatever state the old socket seems to be in: after sleep a socket may
 * look open for minutes although nothing passes any more.
 */
export const reconnect = (conn: SignalingConn): void => {
  const socket = conn.ws;
  if (socket !== null) {
    socket.onopen = null;
    socket.onmessage = null;
    socket.onerror = null;
    socket.onclose = null;
    socket.close();
    conn.ws = null;
    conn.connecting = false;
    if (conn.connected) {
      conn.connected = false;
      conn.emit('disconnect', [{ type: 'disconnect' }, conn]);
    }
  }
  conn.connect();
};

/** Subscribes to and announces every room once more: what y-webrtc does on connecting. */
export const announceAll = (conn: SignalingConn): void => {
  if (conn.connected) conn.emit('connect', [{ type: 'connect' }, conn]);
};
