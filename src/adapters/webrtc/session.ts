import type { Inbox } from '../channel/inbox.js';
import { createWire, type Wire } from './wire.js';

/** Milliseconds between closing the data channel, which tells the other end, and the connection. */
const FAREWELL_MS = 500;

export interface SessionEvents {
  readonly onCandidate: (candidate: RTCIceCandidateInit) => void;
  /** There are no more candidates. */
  readonly onGathered: () => void;
  /** The data channel is open; `wire` is set. */
  readonly onOpen: () => void;
  /** Called at most once, and not when `end` was called. A reason means that something failed. */
  readonly onEnd: (reason: string | undefined) => void;
}

/** One attempt at a connection, with the data channel that both ends know beforehand. */
export interface Session {
  readonly connection: RTCPeerConnection;
  readonly inbox: Inbox;
  readonly startedMs: number;
  /** Undefined until the data channel is open. */
  readonly wire: Wire | undefined;
  /** Runs once after a delay, unless the session ends before. */
  readonly after: (delayMs: number, run: () => void) => void;
  /** Ends the session when the network stays away for so long. */
  readonly whenDisconnected: (msMax: number) => void;
  /** Closes the inbox and the connection; calling it again does nothing. */
  readonly end: () => void;
}

/**
 * Opens an RTCPeerConnection with one negotiated data channel (id 0, ordered and reliable).
 *
 * No STUN or TURN server is asked unless it is given: within one network none is needed.
 */
export const createSession = (
  iceServers: readonly RTCIceServer[],
  inbox: Inbox,
  events: SessionEvents,
): Session => {
  const connection = new RTCPeerConnection({ iceServers: [...iceServers] });
  const data = connection.createDataChannel('upkeep', { negotiated: true, id: 0, ordered: true });
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let wire: Wire | undefined;
  let isEnded = false;

  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    for (const timer of timers) clearTimeout(timer);
    const wasOpen = data.readyState === 'open';
    inbox.close();
    data.close();
    if (wasOpen) setTimeout(() => connection.close(), FAREWELL_MS);
    else connection.close();
  };
  const fail = (reason: string | undefined): void => {
    if (isEnded) return;
    end();
    events.onEnd(reason);
  };
  const after = (delayMs: number, run: () => void): void => {
    if (isEnded) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, delayMs);
    timers.add(timer);
  };

  const opened = createWire(data, inbox, () => fail('broken peer'));
  data.onopen = () => {
    if (isEnded) return;
    wire = opened;
    events.onOpen();
  };
  data.onclose = () => fail(undefined);
  data.onerror = () => fail('data channel failed');
  connection.onicecandidate = ({ candidate }) => {
    if (isEnded) return;
    if (candidate === null) events.onGathered();
    else events.onCandidate(candidate.toJSON());
  };
  return {
    connection,
    inbox,
    startedMs: performance.now(),
    get wire() {
      return wire;
    },
    after,
    whenDisconnected: (msMax) => {
      connection.onconnectionstatechange = () => {
        const state = connection.connectionState;
        if (state === 'failed' || state === 'closed') fail('connection failed');
        if (state !== 'disconnected') return;
        after(msMax, () => {
          if (connection.connectionState === 'disconnected') fail('connection lost');
        });
      };
    },
    end,
  };
};
