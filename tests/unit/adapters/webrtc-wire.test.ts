import { describe, expect, it } from 'vitest';
import { createInbox } from '../../../src/adapters/channel/inbox.js';
import { messageToFrames } from '../../../src/adapters/webrtc/frames.js';
import { createRedial } from '../../../src/adapters/webrtc/redial.js';
import { createScreening, CONNECTIONS_MAX } from '../../../src/adapters/webrtc/screening.js';
import type { Announcement } from '../../../src/adapters/webrtc/signals.js';
import { createWire, type WireChannel } from '../../../src/adapters/webrtc/wire.js';

/** A data channel whose buffer empties only when the test says so. */
const createSlowChannel = () => {
  const sent: Uint8Array[] = [];
  const state = { bufferedAmount: 0, isBroken: false };
  const channel: WireChannel = {
    readyState: 'open',
    binaryType: 'blob',
    get bufferedAmount() {
      return state.bufferedAmount;
    },
    bufferedAmountLowThreshold: 0,
    onbufferedamountlow: null,
    onmessage: null,
    send: (data) => {
      if (state.isBroken) throw new Error('OperationError');
      sent.push(data as Uint8Array);
      state.bufferedAmount += data.byteLength;
    },
  };
  const data = channel as RTCDataChannel;
  return {
    channel,
    sent,
    state,
    drain: (): void => {
      state.bufferedAmount = 0;
      data.onbufferedamountlow?.(new Event('bufferedamountlow'));
    },
    receive: (bytes: unknown): void =>
      void data.onmessage?.(new MessageEvent('message', { data: bytes })),
  };
};

const setUp = () => {
  const slow = createSlowChannel();
  const inbox = createInbox();
  const broken: number[] = [];
  const wire = createWire(slow.channel, inbox, () => {
    broken.push(1);
    inbox.close();
  });
  return { ...slow, inbox, wire, broken };
};

describe('wire', () => {
  it('[N8] sending waits while a megabyte is buffered and goes on when it drains', async () => {
    const { wire, sent, drain } = setUp();
    const done = wire.send(new Uint8Array(3 * 1024 * 1024));
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toHaveLength(17);
    drain();
    await new Promise((resolve) => setImmediate(resolve));
    expect(sent).toHaveLength(34);
    drain();
    await done;
    expect(sent.reduce((sum, frame) => sum + frame.length, 0)).toBe(3 * 1024 * 1024 + 5 + 48);
  });

  it('[N8] a wire that ends lets its senders go', async () => {
    const { wire, inbox, sent } = setUp();
    const done = wire.send(new Uint8Array(3 * 1024 * 1024));
    await new Promise((resolve) => setImmediate(resolve));
    inbox.close();
    await done;
    expect(sent).toHaveLength(17);
  });

  it('[N8] text, malformed frames and a refusing browser break the wire, once', async () => {
    const text = setUp();
    text.receive('text');
    text.receive('text');
    expect(text.broken).toHaveLength(1);
    const malformed = setUp();
    malformed.receive(Uint8Array.of(0, 1, 2).buffer);
    expect(malformed.broken).toHaveLength(1);
    const refusing = setUp();
    refusing.state.isBroken = true;
    await refusing.wire.send(Uint8Array.of(1));
    expect(refusing.broken).toHaveLength(1);
  });

  it('[N6] a probe is echoed, and any frame is a sign of life', () => {
    const { wire, sent, receive } = setUp();
    const first = wire.probe();
    expect([sent.length, first.isAlive()]).toEqual([1, false]);
    receive(Uint8Array.from(sent[0]!).buffer);
    expect([sent.length, first.isAlive()]).toEqual([2, true]);
    const second = wire.probe();
    receive(Uint8Array.from([...messageToFrames(Uint8Array.of(1))][0]!).buffer);
    expect(second.isAlive()).toBe(true);
  });
});

describe('redialling', () => {
  it('[N8] waits double up to a limit, and a long life or waking ends them', () => {
    const redial = createRedial();
    const waits = [0, 0, 0, 0, 0].map(() => redial.closed('bob', 100, 0));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
    expect([redial.mayDial('bob', 7_999), redial.mayDial('bob', 8_000)]).toEqual([false, true]);
    expect(redial.mayDial('carol', 0)).toBe(true);
    expect(redial.closed('bob', 20_000, 0)).toBe(1_000);
    redial.reset();
    expect(redial.mayDial('bob', 0)).toBe(true);
  });
});

describe('screening', () => {
  const roomWith = (...peers: string[]) => ({
    name: 'room',
    peerId: 'me',
    key: null,
    webrtcConns: new Map(peers.map((peer) => [peer, { peer: undefined }])),
  });
  const offer = (from: string, token?: number, to = 'me'): Announcement => ({
    type: 'signal',
    from,
    to,
    token,
    signal: { type: 'offer', sdp: 'v=0' },
  });

  it('[N2] an answer that nobody asked for is refused', () => {
    const answer: Announcement = {
      type: 'signal',
      from: 'bob',
      to: 'me',
      token: 1,
      signal: { type: 'answer', sdp: 'v=0' },
    };
    const screening = createScreening(createRedial());
    expect(screening.admits(answer, roomWith(), 0)).toBe(false);
    expect(screening.admits(answer, roomWith('bob'), 0)).toBe(true);
  });

  it('[N2] an offer counts once: replays and older ones are refused', () => {
    const screening = createScreening(createRedial());
    const admit = (token?: number): boolean => screening.admits(offer('bob', token), roomWith(), 0);
    expect([admit(5), admit(5), admit(4), admit(), admit(6)]).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  it('[N8] spoofed newcomers fill no more than the limit, and known ones still pass', () => {
    const peers = Array.from({ length: CONNECTIONS_MAX }, (_, index) => `peer-${index}`);
    const screening = createScreening(createRedial());
    const admit = (announcement: Announcement): boolean =>
      screening.admits(announcement, roomWith(...peers), 0);
    expect(admit({ type: 'announce', from: 'mallory' })).toBe(false);
    expect(admit(offer('mallory', 1))).toBe(false);
    expect(admit(offer('peer-3', 1))).toBe(true);
  });

  it('[N2] signals to others, from ourselves and from whom we let go are refused', () => {
    const redial = createRedial();
    redial.closed('bob', 0, 0);
    const screening = createScreening(redial);
    const admit = (announcement: Announcement, nowMs: number): boolean =>
      screening.admits(announcement, roomWith(), nowMs);
    expect(admit(offer('carol', 1, 'somebody'), 0)).toBe(false);
    expect(admit({ type: 'announce', from: 'me' }, 0)).toBe(false);
    expect(admit({ type: 'announce', from: 'bob' }, 999)).toBe(false);
    expect(admit(offer('bob', 1), 999)).toBe(false);
    expect(admit(offer('bob', 1), 1_000)).toBe(true);
  });
});
