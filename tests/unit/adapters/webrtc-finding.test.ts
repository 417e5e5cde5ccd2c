import { toBase64 } from 'lib0/buffer';
import {
  createEncoder,
  toUint8Array,
  writeAny,
  writeVarString,
  writeVarUint8Array,
} from 'lib0/encoding';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SignalingConn } from 'y-webrtc';
import { createAnnouncing } from '../../../src/adapters/webrtc/announcing.js';
import { createRedial } from '../../../src/adapters/webrtc/redial.js';
import { createScreening } from '../../../src/adapters/webrtc/screening.js';
import { createSignalingGuard } from '../../../src/adapters/webrtc/signaling.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const roomWith = (...peers: string[]) => ({
  name: 'room',
  peerId: 'me',
  key: null,
  webrtcConns: new Map(peers.map((peer) => [peer, { peer: undefined }])),
});
const offerOf = (from: string, token: number) => ({
  ...({ type: 'signal', from, to: 'me', token } as const),
  signal: { type: 'offer', sdp: 'v=0' } as const,
});

/** Seals a value as y-webrtc does. */
const seal = async (value: unknown, key: CryptoKey): Promise<string> => {
  const plain = createEncoder();
  writeAny(plain, value as never);
  const iv = new Uint8Array(12);
  const cipher = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv },
    key,
    Uint8Array.from(toUint8Array(plain)),
  );
  const sealed = createEncoder();
  writeVarString(sealed, 'AES-GCM');
  writeVarUint8Array(sealed, iv);
  writeVarUint8Array(sealed, new Uint8Array(cipher));
  return toBase64(toUint8Array(sealed));
};

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
};

/** Opening a seal takes as long as the platform's own threads take. */
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turns();
};

describe('finding each other', () => {
  it('[N1, N6] one announcement that is lost is made up for within seconds', () => {
    let said = 0;
    const announcing = createAnnouncing(() => (said += 1));
    announcing.soon();
    const within = (ms: number): number => {
      vi.advanceTimersByTime(ms);
      return said;
    };
    expect([within(1_999), within(1), within(4_000), within(8_000)]).toEqual([0, 1, 2, 3]);
    vi.advanceTimersByTime(600_000);
    // Every minute in the end, which nobody notices.
    expect(said).toBeLessThan(16);
    announcing.soon();
    const before = said;
    expect(within(2_000)).toBe(before + 1);
    announcing.stop();
    vi.advanceTimersByTime(600_000);
    expect(said).toBe(before + 1);
  });

  it('[N1, N8] an offer of whom we just let go waits, and is not lost to a sender that waits for its answer', async () => {
    const redial = createRedial();
    const screening = createScreening(redial);
    expect(screening.waitMs(offerOf('bob', 1), roomWith(), 0)).toBe(0);
    redial.closed('bob', 100, 0);
    expect(screening.waitMs(offerOf('bob', 1), roomWith(), 300)).toBe(700);
    expect(screening.waitMs({ ...offerOf('bob', 1), to: 'other' }, roomWith(), 0)).toBe(0);
    expect(screening.waitMs({ type: 'announce', from: 'bob' }, roomWith(), 0)).toBe(0);

    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, [
      'encrypt',
      'decrypt',
    ]);
    let nowMs = 0;
    const guard = createSignalingGuard(() => ({
      key: () => key,
      waitMs: (announcement) => screening.waitMs(announcement, roomWith(), nowMs),
      admits: (announcement) => screening.admits(announcement, roomWith(), nowMs),
    }));
    const heard: unknown[] = [];
    const socket = { onmessage: (event: MessageEvent) => void heard.push(event.data) };
    const conn = { ws: socket, send: () => undefined, on: () => undefined };
    guard.watch(conn as unknown as SignalingConn);
    const frame = async (token: number): Promise<string> =>
      JSON.stringify({
        ...{ type: 'publish', topic: 'room' },
        data: await seal(offerOf('bob', token), key),
      });
    const early = await frame(5);
    socket.onmessage({ data: early } as MessageEvent);
    await until(() => vi.getTimerCount() === 1);
    expect(heard).toEqual([]);
    nowMs = 1_000;
    vi.advanceTimersByTime(1_000);
    await until(() => heard.length > 0);
    // Said a second time it is a replay.
    socket.onmessage({ data: early } as MessageEvent);
    const later = await frame(7);
    socket.onmessage({ data: later } as MessageEvent);
    await until(() => heard.length > 1);
    expect(heard).toEqual([early, later]);
    // No more is kept than a peer ever says in a moment.
    redial.closed('bob', 100, nowMs);
    const flood = await frame(6);
    for (let count = 0; count < 400; count += 1) socket.onmessage({ data: flood } as MessageEvent);
    await until(() => vi.getTimerCount() >= 128);
    await turns();
    expect(vi.getTimerCount()).toBe(128);
  });
});
