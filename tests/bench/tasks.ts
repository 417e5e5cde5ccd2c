import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { contentTypeOf } from '../../src/server/content-types.js';
import { en } from '../../src/ui/words/en.js';
import { ensureBuild, startApp, type RunningApp } from '../browser/serve.js';
import { type Figure, figureOf } from './figures.js';
import { FACTS, seededDevice } from './one-device.js';
import { buildFigures, type FiguresServer } from './page-server.js';

const PROFILE = 'one';
const THROTTLE = 4;
const QUIET_MS = 3_000;
const ROUNDS = 3;
/** The page of the figures lies beside the app for a while, so that both see one store. */
const FIGURES = '/figures/';

interface Task {
  readonly step: string;
  readonly ms: number;
}

/**
 * The longest that the built app keeps its own thread busy at once, four times slowed down, on a
 * device with 10k facts: starting, and what a person then does with records.
 */
export const measureTasks = async (
  browser: Browser,
  _server: FiguresServer,
): Promise<readonly Figure[]> => {
  await ensureBuild();
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-tasks-'));
  await buildFigures(folder, false);
  const app = await startApp({ answer: (path, response) => answerFigures(folder, path, response) });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    await seed(page, app);
    await watchTasks(page);
    const tasks: Task[] = [];
    for (let round = 0; round < ROUNDS; round += 1) tasks.push(...(await walk(page, app)));
    await context.close();
    return figuresOf(tasks);
  } finally {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const answerFigures = (
  folder: string,
  path: string,
  response: { setHeader: (name: string, value: string) => { end: (body: Buffer) => unknown } },
): boolean => {
  if (!path.startsWith(FIGURES)) return false;
  const file = path === FIGURES ? 'index.html' : path.slice(FIGURES.length);
  response
    .setHeader('content-type', contentTypeOf(extname(file)))
    .end(readFileSync(join(folder, file)));
  return true;
};

const seed = async (page: Page, app: RunningApp): Promise<void> => {
  await page.goto(new URL(FIGURES, app.url).href);
  await page.waitForFunction(() => window.figures !== undefined);
  await seededDevice(page, PROFILE);
  await page.evaluate((name) => window.figures.device.open(name, []), PROFILE);
  await page.evaluate(() => window.figures.device.checkpointed());
  await page.evaluate(() => window.figures.device.close());
};

/** Has every load of the page note how long its tasks take that are over 50 ms. */
const watchTasks = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const watched = window as unknown as { longTasks: number[] };
    watched.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) watched.longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
  });

/** One start and some deeds, each with the tasks that fell into it. */
const walk = async (page: Page, app: RunningApp): Promise<readonly Task[]> => {
  const tasks: Task[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  const step = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    await run();
    await page.waitForTimeout(QUIET_MS);
    const seen = await page.evaluate(() => (window as unknown as Watched).longTasks.splice(0));
    tasks.push(...seen.map((ms) => ({ step: name, ms })));
  };
  const link = page.getByRole('link', { name: en.common.updates });
  await step('start', async () => {
    await page.goto(`${app.url}?profile=${PROFILE}`);
    await link.waitFor();
  });
  await step('list', () => go(page, '#/records'));
  await step('search', () => page.getByRole('searchbox').fill('boiler'));
  await step('new', () => go(page, '#/records/new'));
  await step('write', async () => {
    await page.getByLabel(en.records.fieldTitle).fill('Kettle');
    await page.getByRole('button', { name: en.records.save }).click();
    await page.getByRole('button', { name: en.records.edit }).waitFor();
  });
  await step('home', () => go(page, '#/'));
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await session.detach();
  return tasks;
};

interface Watched {
  readonly longTasks: number[];
}

const go = (page: Page, hash: string): Promise<void> =>
  page.evaluate((to) => {
    location.hash = to;
  }, hash);

const figuresOf = (tasks: readonly Task[]): readonly Figure[] => {
  const steps = ['start', 'list', 'search', 'new', 'write', 'home'];
  const goal = { of: 'ours', is: 'at-most', value: 50 } as const;
  return steps.map((step) => {
    const of = tasks.filter((task) => task.step === step).map(({ ms }) => ms);
    const longest = Math.max(0, ...of);
    const over = of.length === 0 ? 'none was over 50 ms' : `over 50 ms: ${of.map(Math.round)}`;
    const note = `${FACTS} facts, ${THROTTLE}x slowed down, ${ROUNDS} rounds; ${over}`;
    return figureOf(`longest-task-${step}`, 'ms', longest, goal, note);
  });
};
