import type { Browser, Page } from 'playwright-core';
import { type Figure, below, figureOf, median, quantile, spread } from './figures.js';
import { FACTS, SESSIONS, load, openPage } from './one-device.js';
import type { FiguresServer } from './page-server.js';

const LATENCIES = 60;
const DELTAS = 10;
const SYNCS = 3;
/** More than 262,144 bytes: the size at which stock y-webrtc stops without a word. */
const AT_ONCE = 700;
const PROFILES = ['left', 'right'] as const;

/** Two devices in two contexts, over real data channels. */
export const measurePeers = async (
  browser: Browser,
  server: FiguresServer,
): Promise<readonly Figure[]> => {
  const left = await openPage(browser, server);
  const right = await openPage(browser, server);
  await pairDevices(left, right, server);
  const atOnce: Sync[] = [];
  for (let time = 0; time < SYNCS; time += 1) {
    atOnce.push(await syncSeeded(left, right, server, AT_ONCE, 1));
  }
  const all = await syncSeeded(left, right, server, FACTS, SESSIONS);
  const latencies = await measureLatencies(left, right);
  const deltas = await measureDeltas(left, right);
  await left.context().close();
  await right.context().close();
  const isWhole = atOnce.every((sync) => sync.arrived === AT_ONCE && sync.bytes > 262_144);
  const syncMs = atOnce.map((sync) => sync.ms);
  return [
    figureOf('peer-latency-p95', 'ms', quantile(latencies, 0.95), below(150), spread(latencies)),
    figureOf(
      ...(['delta-bytes', 'bytes', median(deltas.there), below(1_024)] as const),
      `to the peer ${spread(deltas.there)}; back ${spread(deltas.back)}`,
    ),
    figureOf(
      ...([
        'sync-700',
        'facts',
        isWhole ? AT_ONCE : Math.min(...atOnce.map((s) => s.arrived)),
      ] as const),
      { of: 'ours', is: 'exactly', value: AT_ONCE },
      `${atOnce[0]?.bytes} bytes at once`,
    ),
    figureOf('sync-700-ms', 'ms', median(syncMs), null, spread(syncMs)),
    figureOf('sync-10k', 'ms', all.ms, null, `${all.arrived} facts, ${all.bytes} bytes, stored`),
  ];
};

const openBoth = async (left: Page, right: Page, server: FiguresServer): Promise<void> => {
  const urls = [server.rendezvousUrl];
  for (const [index, page] of [left, right].entries()) {
    const name = PROFILES[index] as string;
    await page.evaluate(([n, u]) => window.figures.device.open(n, u), [name, urls] as const);
  }
};

/** Opens both and lets the right one into the account of the left one. */
export const pairDevices = async (
  left: Page,
  right: Page,
  server: FiguresServer,
): Promise<void> => {
  await openBoth(left, right, server);
  await left.evaluate(() => window.figures.device.create());
  const uri = await left.evaluate(() => window.figures.device.invite());
  await right.evaluate((code) => window.figures.device.join(code), uri);
  await right.evaluate(() => window.figures.device.confirm());
  await left.evaluate(() => window.figures.device.confirm());
  await right.evaluate(() => window.figures.device.joined());
  await bothInStep(left, right);
};

const bothInStep = async (left: Page, right: Page): Promise<void> => {
  for (const page of [left, right]) {
    await page.evaluate(() => window.figures.device.connected());
    await page.evaluate(() => window.figures.device.inStep());
  }
};

interface Sync {
  readonly arrived: number;
  readonly bytes: number;
  readonly ms: number;
}

/** One device comes back with a past that the other lacks; from their connection until it is there. */
const syncSeeded = async (
  left: Page,
  right: Page,
  server: FiguresServer,
  facts: number,
  sessions: number,
): Promise<Sync> => {
  const before = await right.evaluate(() => window.figures.device.facts());
  await left.evaluate(() => window.figures.device.close());
  await right.evaluate(() => window.figures.device.close());
  const bytes = await left.evaluate(([count, parts]) => window.figures.device.seed(count, parts), [
    facts,
    sessions,
  ] as const);
  await load(left, server);
  await load(right, server);
  await openBoth(left, right, server);
  await right.evaluate(() => window.figures.device.connected());
  const startedMs = Date.now();
  const heldMs = await right.evaluate((n) => window.figures.device.holds(n), before + facts);
  await bothInStep(left, right);
  const after = await right.evaluate(() => window.figures.device.facts());
  return { arrived: after - before, bytes, ms: Math.max(0, heldMs - startedMs) };
};

/** From the command on one device until the record is in the other one's view. */
const measureLatencies = async (left: Page, right: Page): Promise<number[]> => {
  await right.evaluate(() => window.figures.device.watch());
  const times: number[] = [];
  for (let time = 0; time < LATENCIES; time += 1) {
    const { key, startedMs } = await left.evaluate(() => window.figures.device.append());
    const seenMs = await right.evaluate((k) => window.figures.device.shows(k), key);
    times.push(seenMs - startedMs);
  }
  await bothInStep(left, right);
  return times;
};

/** Bytes both ways for one new fact, until both know of each other that they are in step. */
const measureDeltas = async (
  left: Page,
  right: Page,
): Promise<{ there: number[]; back: number[] }> => {
  const there: number[] = [];
  const back: number[] = [];
  const sent = (page: Page): Promise<number> =>
    page.evaluate(() => window.figures.device.sentBytes());
  for (let time = 0; time < DELTAS; time += 1) {
    const [leftBefore, rightBefore] = [await sent(left), await sent(right)];
    await left.evaluate(() => window.figures.device.append());
    await bothInStep(left, right);
    there.push((await sent(left)) - leftBefore);
    back.push((await sent(right)) - rightBefore);
  }
  return { there, back };
};
