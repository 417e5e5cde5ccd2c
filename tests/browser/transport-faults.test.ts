import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Channel, RendezvousStatus, RoomConfig } from '../../src/ports/transport.js';
import { attachRendezvous } from '../../src/server/rendezvous.js';
import { launchChromium } from './chromium.js';
import { attachHostileRendezvous } from './hostile-rendezvous.js';
import {
  openPageTransport,
  servePage,
  type PageServer,
  type PageTransport,
} from './transport-page.js';

let browser: Browser;
let pages: PageServer;
let ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  pages = await servePage();
  browser = await launchChromium();
});

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

const newRoom = (): RoomConfig => ({
  name: `room-${crypto.randomUUID()}`,
  password: 'secret',
  purpose: 'account',
});

const startRendezvous = (path?: string) => {
  const rendezvous = attachRendezvous(pages.server, path === undefined ? {} : { path });
  ends.push(() => rendezvous.close());
  return rendezvous;
};

const newContext = async (): Promise<BrowserContext> => {
  const context = await browser.newContext();
  ends.push(() => context.close());
  return context;
};

const openDevice = async (
  context?: BrowserContext,
  urls: readonly string[] = [pages.socketUrl],
): Promise<PageTransport> => openPageTransport(context ?? (await newContext()), pages.url, urls);

/** Joins, and hands out the channels one after the other. */
const listen = (device: PageTransport, room: RoomConfig) => {
  const all: Channel[] = [];
  const waiting: ((channel: Channel) => void)[] = [];
  let taken = 0;
  device.join(room, (channel) => {
    all.push(channel);
    const taker = waiting.shift();
    if (taker !== undefined) taker(channel);
  });
  const next = (): Promise<Channel> => {
    const channel = all[taken];
    taken += 1;
    return channel === undefined
      ? new Promise((resolve) => waiting.push(resolve))
      : Promise.resolve(channel);
  };
  return { all, next };
};

const exchange = async (from: Channel, to: Channel): Promise<void> => {
  const arrived = new Promise<Uint8Array>((resolve) => to.onMessage(resolve));
  await from.send(Uint8Array.of(42));
  expect([...(await arrived)]).toEqual([42]);
};

const closing = (channel: Channel): Promise<void> =>
  new Promise((resolve) => channel.onClose(resolve));

const reaches = (device: PageTransport, status: RendezvousStatus): Promise<void> =>
  new Promise((resolve) => {
    if (device.rendezvous() === status) return resolve();
    const stop = device.onRendezvous((now) => {
      if (now !== status) return;
      stop();
      resolve();
    });
  });

const expectMirrored = (left: Channel, right: Channel): void => {
  expect(left.localFingerprint).toEqual(right.remoteFingerprint);
  expect(right.localFingerprint).toEqual(left.remoteFingerprint);
  expect(left.isInitiator).toBe(!right.isInitiator);
};

describe('the peer that stands in for simple-peer', () => {
  it('[N1] two offers at once make one connection with one initiator', async () => {
    const { page } = await openDevice();
    expect(await page.evaluate(() => window.peerCases.glare())).toEqual({
      initiators: [true, false],
      isMirrored: true,
      arrives: true,
    });
  });

  it('[N1] an offer that crosses our unfinished one is the only one', async () => {
    const { page } = await openDevice();
    expect(await page.evaluate(() => window.peerCases.crossing())).toEqual({
      initiators: [true, false],
      hasOffered: false,
      arrives: true,
    });
  });

  it('[N6] an end that starts over replaces its old channel', async () => {
    const { page } = await openDevice();
    expect(await page.evaluate(() => window.peerCases.startOver())).toEqual({
      isClosed: true,
      isMirrored: true,
      arrives: true,
      events: ['connect', 'connect'],
    });
  });

  it('[N2] junk for signals never throws and changes nothing', async () => {
    const device = await openDevice();
    expect(await device.page.evaluate(() => window.peerCases.junk())).toEqual({
      isThrough: true,
      left: ['connect', 'close'],
      right: ['connect', 'close'],
    });
    expect(await device.page.evaluate(() => window.peerCases.badOffer())).toEqual([
      'error',
      'close',
    ]);
    expect(device.errors).toEqual([]);
  });
});

describe('devices between which something fails', () => {
  it('[N1] two tabs of one browser meet like two devices', async () => {
    startRendezvous();
    const context = await newContext();
    const room = newRoom();
    const [left, right] = [await openDevice(context), await openDevice(context)];
    const [atLeft, atRight] = [listen(left, room), listen(right, room)];
    const [one, other] = [await atLeft.next(), await atRight.next()];
    expectMirrored(one, other);
    await exchange(one, other);
  });

  it('[N1] three devices form a mesh with one channel a pair', async () => {
    startRendezvous();
    const room = newRoom();
    const devices = [await openDevice(), await openDevice(), await openDevice()];
    const seats = devices.map((device) => listen(device, room));
    for (const seat of seats) for (let count = 0; count < 2; count += 1) await seat.next();
    const ids = (side: 'localFingerprint' | 'remoteFingerprint'): string[] =>
      seats.flatMap((seat) => seat.all.map((c) => Buffer.from(c[side]).toString('hex'))).sort();
    expect(new Set(ids('localFingerprint')).size).toBe(6);
    expect(ids('localFingerprint')).toEqual(ids('remoteFingerprint'));
  });

  it('[N4] channels outlive the rendezvous, and waking finds it again', async () => {
    const first = startRendezvous();
    const room = newRoom();
    const [left, right] = [await openDevice(), await openDevice()];
    const [atLeft, atRight] = [listen(left, room), listen(right, room)];
    const [one, other] = [await atLeft.next(), await atRight.next()];
    await reaches(left, 'connected');
    await first.close();
    await reaches(left, 'unreachable');
    await exchange(one, other);
    startRendezvous();
    left.wake();
    await reaches(left, 'connected');
    await exchange(other, one);
    expect([atLeft.all.length, atRight.all.length]).toEqual([1, 1]);
  });

  it('[N6] a channel that was closed is found again', async () => {
    startRendezvous();
    const room = newRoom();
    const [left, right] = [await openDevice(), await openDevice()];
    const [atLeft, atRight] = [listen(left, room), listen(right, room)];
    const [one, other] = [await atLeft.next(), await atRight.next()];
    const gone = Promise.all([closing(one), closing(other)]);
    one.close();
    await gone;
    const [again, mirrored] = [await atLeft.next(), await atRight.next()];
    expectMirrored(again, mirrored);
    await exchange(again, mirrored);
  });

  it('[N6] waking finds out that a silent peer is gone', async () => {
    startRendezvous();
    const room = newRoom();
    const [left, right] = [await openDevice(), await openDevice()];
    const [atLeft, atRight] = [listen(left, room), listen(right, room)];
    const one = await atLeft.next();
    await atRight.next();
    const gone = closing(one);
    const session = await right.page.context().newCDPSession(right.page);
    void session.send('Page.crash').catch(() => undefined);
    left.wake();
    await gone;
  });
});

describe('a hostile rendezvous', () => {
  it('[N2] junk, unknown answers and replays change nothing', async () => {
    const room = newRoom();
    const hostile = await attachHostileRendezvous(pages.server, {
      room,
      isSwapping: () => false,
      onSwapped: () => undefined,
      isNoisy: true,
    });
    ends.push(hostile.close);
    const [left, right] = [await openDevice(), await openDevice()];
    const [atLeft, atRight] = [listen(left, room), listen(right, room)];
    const [one, other] = [await atLeft.next(), await atRight.next()];
    expectMirrored(one, other);
    hostile.replayAll();
    await exchange(one, other);
    await exchange(other, one);
    expect([atLeft.all.length, atRight.all.length]).toEqual([1, 1]);
    expect([...left.errors, ...right.errors]).toEqual([]);
  });

  it('[N2] descriptions with a swapped fingerprint open no channel', async () => {
    const room = newRoom();
    let swaps = 0;
    const hostile = await attachHostileRendezvous(pages.server, {
      room,
      isSwapping: () => swaps < 4,
      onSwapped: () => {
        swaps += 1;
      },
      isNoisy: false,
    });
    ends.push(hostile.close);
    const [left, right] = [await openDevice(), await openDevice()];
    const [atLeft, atRight] = [listen(left, room), listen(right, room)];
    const [one, other] = [await atLeft.next(), await atRight.next()];
    expect(swaps).toBeGreaterThanOrEqual(4);
    expectMirrored(one, other);
    expect([atLeft.all.length, atRight.all.length]).toEqual([1, 1]);
  });

  it('[N2] a device in the middle shows by its fingerprints at both ends', async () => {
    startRendezvous('/left');
    startRendezvous('/right');
    const [leftUrl, rightUrl] = ['left', 'right'].map((path) =>
      pages.socketUrl.replace('rendezvous', path),
    );
    const room = newRoom();
    const [left, right] = [
      await openDevice(undefined, [leftUrl!]),
      await openDevice(undefined, [rightUrl!]),
    ];
    const mallory = await openDevice(undefined, [leftUrl!, rightUrl!]);
    const [atLeft, atRight, between] = [left, right, mallory].map((d) => listen(d, room));
    const [one, other] = [await atLeft!.next(), await atRight!.next()];
    const middle = [await between!.next(), await between!.next()].map((c) => c.localFingerprint);
    expect(middle).toContainEqual(one.remoteFingerprint);
    expect(middle).toContainEqual(other.remoteFingerprint);
    expect(one.remoteFingerprint).not.toEqual(other.localFingerprint);
    expect(other.remoteFingerprint).not.toEqual(one.localFingerprint);
  });
});
