import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { contentTypeOf } from '../../src/server/content-types.js';
import { ensureBuild, startApp, type RunningApp } from '../browser/serve.js';
import { type Figure, figureOf } from './figures.js';
import { FACTS, seededDevice } from './one-device.js';
import { buildFigures, type FiguresServer } from './page-server.js';

const PROFILE = 'one';
const THROTTLE = 4;
const QUIET_MS = 4_000;
const TASK_MS = 50;
const LOOK_MS = 100;
const ROUNDS = 3;
/** The page of the figures lies beside the app for a while, so that both see one store. */
const FIGURES = '/figures/';

interface Task {
  readonly step: string;
  readonly ms: number;
  /** Most of it was the collection of garbage, which the browser begins by itself. */
  readonly isGarbage: boolean;
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
    const tracing = await browser.newBrowserCDPSession();
    const tasks: Task[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      tasks.push(...(await walk(page, tracing, app)));
    }
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

/** What a trace of the browser tells, as far as it is looked at here. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Microseconds on the clock, and those in which the thread had the processor. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** What the threads of pages did meanwhile, in ms that they had the processor: others do not count. */
const tasksOf = async (
  session: CDPSession,
  run: () => Promise<unknown>,
): Promise<readonly Omit<Task, 'step'>[]> => {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: unknown[] }): void => {
    events.push(...(value as TraceEvent[]));
  };
  session.on('Tracing.dataCollected', collect);
  const includedCategories = ['toplevel', 'devtools.timeline', '__metadata'];
  const traceConfig = { includedCategories, excludedCategories: ['*'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  await run();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`;
  const isOfPage = ({ name, args }: TraceEvent): boolean =>
    name === 'thread_name' && args.name === 'CrRendererMain';
  const pages = new Set(events.filter(isOfPage).map(threadOf));
  const ofPages = events.filter((event) => event.ph === 'X' && pages.has(threadOf(event)));
  const collections = ofPages.filter(({ name }) => name === 'MajorGC');
  const garbageIn = (task: TraceEvent): number =>
    collections
      .filter((event) => threadOf(event) === threadOf(task))
      .filter(({ ts }) => ts >= task.ts && ts <= task.ts + (task.dur ?? 0))
      .reduce((sum, event) => sum + msOf(event), 0);
  return ofPages
    .filter((event) => event.name.endsWith('RunTask') && msOf(event) > TASK_MS)
    .map((event) => ({ ms: msOf(event), isGarbage: garbageIn(event) > msOf(event) / 2 }));
};

const msOf = ({ dur = 0, tdur = dur }: TraceEvent): number => tdur / 1_000;

/** One start and some deeds, each with the tasks that fell into it. */
const walk = async (page: Page, tracing: CDPSession, app: RunningApp): Promise<readonly Task[]> => {
  const tasks: Task[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  const step = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    const seen = await tasksOf(tracing, async () => {
      await run();
      await page.waitForTimeout(QUIET_MS);
    });
    tasks.push(...seen.map((task) => ({ step: name, ...task })));
  };
  // Looked for without the tool's own script, whose compiling is a long task itself.
  const isTrue = async (expression: string): Promise<boolean> => {
    const { result } = await session.send('Runtime.evaluate', { expression });
    return result.value === true;
  };
  const until = async (expression: string): Promise<void> => {
    while (!(await isTrue(expression))) await page.waitForTimeout(LOOK_MS);
  };
  const there = (selector: string): Promise<void> =>
    until(`document.querySelector(${JSON.stringify(selector)}) !== null`);
  await step('start', async () => {
    await page.goto(`${app.url}?profile=${PROFILE}`);
    await there('a[href="#/updates"]');
  });
  await step('list', () => go(page, '#/records'));
  await step('search', () => type(page, 'input[type=search]', 'boiler'));
  await step('new', () => go(page, '#/records/new'));
  await there(FORM_TITLE);
  await step('write', async () => {
    await type(page, FORM_TITLE, 'Kettle');
    await page.evaluate(() => document.querySelector('form')?.requestSubmit());
    await until('/^#.records.(?!new)/.test(location.hash)');
  });
  await step('home', () => go(page, '#/'));
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await session.detach();
  return tasks;
};

const FORM_TITLE = 'form input';

const type = (page: Page, selector: string, text: string): Promise<void> =>
  page.evaluate(
    ([where, value]) => {
      const field = document.querySelector<HTMLInputElement>(where);
      if (field === null) throw new Error(`${where} is not there`);
      field.focus();
      field.value = value;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    },
    [selector, text] as const,
  );

const go = (page: Page, hash: string): Promise<void> =>
  page.evaluate((to) => {
    location.hash = to;
  }, hash);

const figuresOf = (tasks: readonly Task[]): readonly Figure[] => {
  const steps = ['start', 'list', 'search', 'new', 'write', 'home'];
  const goal = { of: 'ours', is: 'at-most', value: TASK_MS } as const;
  return steps.map((step) => {
    const of = tasks.filter((task) => task.step === step);
    const longest = Math.max(0, ...of.map(({ ms }) => ms));
    const told = of.map(({ ms, isGarbage }) => `${Math.round(ms)}${isGarbage ? ' garbage' : ''}`);
    const over =
      of.length === 0 ? `none was over ${TASK_MS} ms` : `over ${TASK_MS} ms: ${told.join(', ')}`;
    const note = `${FACTS} facts, ${THROTTLE}x slowed down, ${ROUNDS} rounds; ${over}`;
    return figureOf(`longest-task-${step}`, 'ms', longest, goal, note);
  });
};
