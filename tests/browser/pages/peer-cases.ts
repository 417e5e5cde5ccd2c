import { NativePeer } from '../../../src/adapters/webrtc/native-peer.js';
import type { Channel } from '../../../src/ports/transport.js';

interface PeerEnd {
  readonly peer: NativePeer;
  readonly events: string[];
  readonly nextChannel: () => Promise<Channel>;
  readonly closed: Promise<void>;
}

const createEnd = (initiator: boolean): PeerEnd => {
  const events: string[] = [];
  const ready: Channel[] = [];
  const waiting: ((channel: Channel) => void)[] = [];
  const onChannel = (channel: Channel): void => {
    const taker = waiting.shift();
    if (taker === undefined) ready.push(channel);
    else taker(channel);
  };
  const options = { initiator, purpose: 'account', iceServers: [], onChannel } as const;
  const peer = new NativePeer({ ...options, onStart: () => undefined });
  for (const event of ['connect', 'data', 'error', 'close'] as const) {
    peer.on(event, () => void events.push(event));
  }
  const nextChannel = (): Promise<Channel> => {
    const channel = ready.shift();
    if (channel !== undefined) return Promise.resolve(channel);
    return new Promise((resolve) => waiting.push(resolve));
  };
  const closed = new Promise<void>((resolve) => peer.on('close', () => resolve()));
  return { peer, events, nextChannel, closed };
};

/** Passes the signals that the filter lets through, as a rendezvous does: copied and later. */
const wireUp = (from: PeerEnd, to: PeerEnd, passes: (type: string) => boolean): void => {
  from.peer.on('signal', (signal) => {
    const copy = JSON.parse(JSON.stringify(signal)) as { type: string };
    if (passes(copy.type)) queueMicrotask(() => to.peer.signal(copy));
  });
};

const isMirrored = (left: Channel, right: Channel): boolean =>
  left.localFingerprint.join() === right.remoteFingerprint.join() &&
  right.localFingerprint.join() === left.remoteFingerprint.join();

const arrives = async (from: Channel, to: Channel): Promise<boolean> => {
  const message = new Promise<Uint8Array>((resolve) => to.onMessage(resolve));
  await from.send(Uint8Array.of(7));
  return (await message)[0] === 7;
};

const JUNK: readonly unknown[] = [
  undefined,
  null,
  7,
  'text',
  [],
  {},
  { type: 'answer' },
  { type: 'answer', sdp: 'v=0' },
  { type: 'answer', sdp: 'x'.repeat(100_000) },
  { type: 'candidate' },
  { type: 'candidate', candidate: { candidate: 'nonsense', sdpMid: '9' } },
  { type: 'candidate', candidate: { candidate: 7 } },
  { type: 'renegotiate', renegotiate: true },
  { type: 'transceiverRequest', transceiverRequest: {} },
  { type: '__proto__', __proto__: { type: 'offer' } },
];

/** What the peer must do that a contract between two devices cannot bring about on purpose. */
export const peerCases = {
  /** Both offer; y-webrtc lets one offer through and drops the other. */
  glare: async () => {
    const [winner, loser] = [createEnd(true), createEnd(true)];
    wireUp(winner, loser, () => true);
    wireUp(loser, winner, (type) => type !== 'offer');
    const [left, right] = await Promise.all([winner.nextChannel(), loser.nextChannel()]);
    return {
      initiators: [left.isInitiator, right.isInitiator],
      isMirrored: isMirrored(left, right),
      arrives: (await arrives(left, right)) && (await arrives(right, left)),
    };
  },

  /** An offer arrives while our own is being made; y-webrtc accepts it, so ours must not go out. */
  crossing: async () => {
    const winner = createEnd(true);
    const offer = await new Promise((resolve) => winner.peer.on('signal', resolve));
    const loser = createEnd(true);
    const said: string[] = [];
    wireUp(winner, loser, (type) => type !== 'offer');
    wireUp(loser, winner, (type) => said.push(type) > 0);
    loser.peer.signal(offer);
    const [left, right] = await Promise.all([winner.nextChannel(), loser.nextChannel()]);
    return {
      initiators: [left.isInitiator, right.isInitiator],
      hasOffered: said.includes('offer'),
      arrives: await arrives(right, left),
    };
  },

  /** The other end comes back as somebody new, before its end was noticed. */
  startOver: async () => {
    const [first, stayer] = [createEnd(true), createEnd(false)];
    wireUp(first, stayer, () => true);
    wireUp(stayer, first, () => true);
    const old = await stayer.nextChannel();
    let isClosed = false;
    old.onClose(() => {
      isClosed = true;
    });
    const second = createEnd(true);
    wireUp(second, stayer, () => true);
    wireUp(stayer, second, () => true);
    const [left, right] = await Promise.all([second.nextChannel(), stayer.nextChannel()]);
    return {
      isClosed,
      isMirrored: isMirrored(left, right),
      arrives: await arrives(left, right),
      events: stayer.events,
    };
  },

  /** Junk before, during and after changes nothing. */
  junk: async () => {
    const [left, right] = [createEnd(true), createEnd(false)];
    const tease = (): void => {
      for (const junk of JUNK) {
        left.peer.signal(junk);
        right.peer.signal(junk);
      }
    };
    tease();
    wireUp(left, right, () => true);
    wireUp(right, left, () => true);
    const channels = await Promise.all([left.nextChannel(), right.nextChannel()]);
    tease();
    const isThrough = await arrives(channels[0], channels[1]);
    left.peer.destroy();
    left.peer.destroy();
    await Promise.all([left.closed, right.closed]);
    tease();
    left.peer.send(Uint8Array.of(0));
    return { isThrough, left: left.events, right: right.events };
  },

  /** An offer that no browser can read ends the peer with an error, then close. */
  badOffer: async () => {
    const end = createEnd(false);
    end.peer.signal({ type: 'offer', sdp: 'v=0\r\nnonsense' });
    await end.closed;
    return end.events;
  },
};

declare global {
  interface Window {
    peerCases: typeof peerCases;
  }
}
