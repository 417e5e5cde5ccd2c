import type { Browser, CDPSession, Page } from 'playwright-core';
import { type Figure, below, figureOf, median, quantile, spread } from './figures.js';
import type { FiguresServer } from './page-server.js';

export const FACTS = 10_000;
export const SESSIONS = 3;
const MERGES = 9;
const COLD_STARTS = 5;
const APPENDS = 100;
const DIGESTS = 15;
const SNAPSHOTS = 3;

/** Opens the page in a context of its own: one device. */
export const openPage = async (browser: Browser, server: FiguresServer): Promise<Page> => {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
  await load(page, server);
  return page;
};

export const load = async (page: Page, server: FiguresServer): Promise<void> => {
  await page.goto(server.url);
  await page.waitForFunction(() => window.figures !== undefined);
};

/** Merging into a fresh replica, beside cojson doing the same. */
export const measureMerging = async (
  browser: Browser,
  server: FiguresServer,
): Promise<readonly Figure[]> => {
  const page = await openPage(browser, server);
  const rounds = await page.evaluate(
    ([facts, sessions, times]) => window.figures.mergeRounds(facts, sessions, times),
    [FACTS, SESSIONS, MERGES] as const,
  );
  await page.context().close();
  if (rounds.ourFacts !== rounds.cojsonTransactions || rounds.ourRecords < FACTS / 2) {
    throw new Error(`both merge the same: ${JSON.stringify(rounds)}`);
  }
  const ours = median(rounds.ours);
  const cojson = median(rounds.cojson);
  const first = `first ${Math.round(rounds.ours[0] ?? 0)} and ${Math.round(rounds.cojson[0] ?? 0)}`;
  return [
    {
      ...{ name: 'merge-10k', unit: 'ms', ours, peers: { cojson }, ratio: ours / cojson },
      goal: { of: 'ratio', is: 'at-most', value: 1 },
      note: `${spread(rounds.ours)}; cojson ${spread(rounds.cojson)}; ${first}`,
    },
    await measureMemory(browser, server, 10_000, 150),
    await measureMemory(browser, server, 100_000, 250),
  ];
};

const measureMemory = async (
  browser: Browser,
  server: FiguresServer,
  facts: number,
  mbBelow: number,
): Promise<Figure> => {
  const page = await openPage(browser, server);
  const session = await page.context().newCDPSession(page);
  const before = await heapBytes(session);
  await page.evaluate(([count, sessions]) => window.figures.mergeAndKeep(count, sessions), [
    facts,
    SESSIONS,
  ] as const);
  const after = await heapBytes(session);
  const held = await page.evaluate(() => window.figures.kept());
  await page.context().close();
  const mb = (bytes: number): number => bytes / 1e6;
  const note = `heap and buffers of the page after collection; ${held} facts; ${mb(before).toFixed(1)} MB before`;
  return figureOf(`merge-${facts / 1_000}k-memory`, 'MB', mb(after), below(mbBelow), note);
};

/** Heap and buffers outside of it after garbage is collected. */
const heapBytes = async (session: CDPSession): Promise<number> => {
  await session.send('HeapProfiler.enable');
  for (let time = 0; time < 3; time += 1) await session.send('HeapProfiler.collectGarbage');
  const usage = (await session.send('Runtime.getHeapUsage')) as { [part: string]: number };
  return (usage['usedSize'] ?? Number.NaN) + (usage['backingStorageSize'] ?? 0);
};

/** One device on its own: starting, writing, digest, snapshot. */
export const measureDevice = async (
  browser: Browser,
  server: FiguresServer,
): Promise<readonly Figure[]> => {
  const page = await openPage(browser, server);
  const starts = await measureStarts(page, server, FACTS, 150);
  const appends = await page.evaluate((n) => window.figures.device.appendMany(n), APPENDS);
  const digests = await page.evaluate((n) => window.figures.device.digests(n), DIGESTS);
  await page.context().close();
  const other = await openPage(browser, server);
  const largeStarts = await measureStarts(other, server, 10 * FACTS, 1_000);
  await other.context().close();
  return [
    figureOf('append-durable-p95', 'ms', quantile(appends, 0.95), below(20), spread(appends)),
    ...starts,
    ...largeStarts,
    figureOf('digest-after-one', 'ms', median(digests), below(5), spread(digests)),
    ...(await measureSnapshots(browser, server)),
  ];
};

/** Starts on so many facts that lie in the browser's own store; the last one stays open. */
const measureStarts = async (
  page: Page,
  server: FiguresServer,
  facts: number,
  msBelow: number,
): Promise<readonly Figure[]> => {
  const name = `cold-start-${facts / 1_000}k`;
  await seededDevice(page, 'one', facts);
  const starts: number[] = [];
  await load(page, server);
  const anew = await page.evaluate(() => window.figures.device.open('one', []));
  await page.evaluate(() => window.figures.device.checkpointed());
  await page.evaluate(() => window.figures.device.close());
  const computing: number[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  for (let time = 0; time < COLD_STARTS; time += 1) {
    await load(page, server);
    const beforeMs = await busyMs(session);
    starts.push(await page.evaluate(() => window.figures.device.open('one', [])));
    computing.push((await busyMs(session)) - beforeMs);
    const records = await page.evaluate(() => window.figures.device.records());
    if (records < facts / 2) throw new Error(`a usable view has its records (${records})`);
    if (time + 1 < COLD_STARTS) await page.evaluate(() => window.figures.device.close());
  }
  const note = `${spread(starts)}; computing ${spread(computing)}`;
  return [
    figureOf(name, 'ms', median(starts), below(msBelow), note),
    figureOf(
      `${name}-anew`,
      'ms',
      anew,
      null,
      'the one start that has no checkpoint; a very large journal is let go of in it',
    ),
  ];
};

/** A device with an account of its own and a past of so many facts, its replica closed. */
export const seededDevice = async (
  page: Page,
  profile: string,
  count: number = FACTS,
): Promise<number> => {
  await page.evaluate((name) => window.figures.device.open(name, []), profile);
  await page.evaluate(() => window.figures.device.create());
  await page.evaluate(() => window.figures.device.close());
  return page.evaluate(([facts, sessions]) => window.figures.device.seed(facts, sessions), [
    count,
    SESSIONS,
  ] as const);
};

/** Ms that the page's own thread was busy since it began. */
const busyMs = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
};

/**
 * A device of one does all of it by itself: it proposes, recomputes, completes, stores and prunes.
 *
 * The figure is what it computes: how long its thread is busy, waiting for the disk left out.
 */
const measureSnapshots = async (
  browser: Browser,
  server: FiguresServer,
): Promise<readonly Figure[]> => {
  const times: number[] = [];
  const computing: number[] = [];
  const left: number[] = [];
  for (let time = 0; time < SNAPSHOTS; time += 1) {
    const page = await openPage(browser, server);
    const factBytes = await seededDevice(page, 'one');
    await load(page, server);
    await page.evaluate(() => window.figures.device.open('one', []));
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const beforeMs = await busyMs(session);
    times.push(await page.evaluate(() => window.figures.device.snapshot()));
    computing.push((await busyMs(session)) - beforeMs);
    await page.evaluate(() => window.figures.device.close());
    const stored = await page.evaluate(() => window.figures.device.storedBytes());
    const { facts = 0, signatures = 0, carrier = 0 } = stored;
    left.push((facts + signatures + carrier) / factBytes);
    await page.context().close();
  }
  const note = `${spread(computing)}; with the disk ${spread(times)}`;
  return [
    figureOf('snapshot-10k', 'ms', median(computing), below(1_000), note),
    figureOf(
      'pruned-left',
      'ratio',
      Math.max(...left),
      below(0.05),
      'facts, signatures, carrier; neither the state nor what lies apart',
    ),
  ];
};
