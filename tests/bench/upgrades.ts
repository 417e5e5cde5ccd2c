import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { manifestHashOf } from '../../src/core/upgrades/manifest.js';
import { idleOf } from '../../src/core/upgrades/slots.js';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { askHost, createAccount, install, layRelease } from '../browser/releases.js';
import { LOADER_FILE, ensureBuild, startApp, type RunningApp } from '../browser/serve.js';
import { buildChanged } from './changed-build.js';
import { type Figure, below, figureOf, median, round, spread } from './figures.js';
import { openPage } from './one-device.js';
import type { FiguresServer } from './page-server.js';
import { noteMoments, timeUntil, untilKept } from './upgrade-page.js';

const ROUNDS = 5;
const LOADS_A_ROUND = 3;
const VERIFY = { files: 200, fileBytes: 25_000, rounds: 7 };
/** What a release that changes one module is to fetch at most, of all that the app is. */
const SHARE_MAX = 0.15;
/**
 * What a bare loader and app of 312 KB needed on its own machine, ms. No figure of its bare load
 * was kept; its switch, which holds such a load, stands for it: so the goals are too strict
 * rather than too loose.
 */
const EARLIER = { bareMs: 71, switchMs: 71, rollBackMs: 189 };
const LEEWAY = 1.5;
/** One module of a screen, and one that most of the app stands upon. */
const MODULES = {
  'fetched-share': 'src/ui/screens/records/record-search.ts',
  'fetched-share-deep': 'src/core/records/draft.ts',
};

/** One device with the real app from a static host: its switches, and what they cost the host. */
export const measureUpgrades = async (
  browser: Browser,
  server: FiguresServer,
): Promise<readonly Figure[]> => {
  await ensureBuild();
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-upgrades-'));
  try {
    return [
      ...(await measureSwitches(browser, folder)),
      ...(await measureShares(browser, folder)),
      await measureVerifying(browser, server),
      await measureLoader(),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** In each round some bare loads, a switch to one that is well, and one to a page that throws. */
const measureSwitches = async (browser: Browser, folder: string): Promise<readonly Figure[]> => {
  const root = join(folder, 'app');
  let good: string = manifestHashOf(await layRelease(root, {}));
  const app = await startApp({ root });
  const page = await openApp(browser, app, good);
  const times = { bare: [] as number[], switched: [] as number[], back: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let load = 0; load < LOADS_A_ROUND; load += 1) {
      times.bare.push(await timeUntil(page, () => loadAnew(page), good, ['stands']));
    }
    const files = { 'assets/more.js': `export const more = ${round};\n` };
    const next = manifestHashOf(await layRelease(root, files));
    await isStaged(page, app, next);
    times.switched.push(await timeUntil(page, () => use(page), next, ['stands', 'healthy']));
    await untilKept(page, ({ trial }) => trial === null);
    good = next;
    const html = await readFile(join(root, 'index.html'), 'utf8');
    const throwing = await layRelease(root, {
      'assets/early.js': `throw new Error('the list of round ${round} is empty');\n`,
      'index.html': html.replace('</title>', '</title><script src="./assets/early.js"></script>'),
    });
    await isStaged(page, app, manifestHashOf(throwing));
    times.back.push(await timeUntil(page, () => use(page), good, ['stands']));
    const { history } = await untilKept(page, ({ trial }) => trial === null);
    if (history.at(-1)?.outcome !== 'rolled-back') throw new Error('it went back by itself');
  }
  await page.context().close();
  await app.close();
  return figuresOf(times);
};

const figuresOf = (
  times: Readonly<Record<'bare' | 'switched' | 'back', readonly number[]>>,
): readonly Figure[] => {
  const bare = median(times.bare);
  const beside = (name: string, rounds: readonly number[], earlierMs: number): Figure => ({
    ...{ name, unit: 'ms', ours: median(rounds), peers: { 'bare load': bare } },
    ratio: median(rounds) / bare,
    goal: { of: 'ratio', is: 'at-most', value: round((LEEWAY * earlierMs) / EARLIER.bareMs) },
    note: spread(rounds),
  });
  return [
    figureOf('cached-load', 'ms', bare, null, spread(times.bare)),
    beside('switch-to-healthy', times.switched, EARLIER.switchMs),
    beside('rolled-back', times.back, EARLIER.rollBackMs),
  ];
};

/** Bytes of answers about one changed module, of those about the whole app: at the host, packed. */
const measureShares = async (browser: Browser, folder: string): Promise<readonly Figure[]> => {
  const root = join(folder, 'app');
  const figures: Figure[] = [];
  for (const [name, module] of Object.entries(MODULES)) {
    const changed = join(folder, name);
    await buildChanged(module, changed);
    const first = manifestHashOf(await layRelease(root, {}));
    let bytes = 0;
    let files = 0;
    const app = await startApp({
      root,
      answer: (_, response) => {
        const isStaging = response.req.url?.includes('?sha256=') === true;
        response.end = new Proxy(response.end, {
          apply: (end, self, args: Parameters<typeof response.end>) => {
            const [body] = args as readonly unknown[];
            if (isStaging && Buffer.isBuffer(body))
              [bytes, files] = [bytes + body.length, files + 1];
            return Reflect.apply(end, self, args);
          },
        });
        return false;
      },
    });
    const page = await openApp(browser, app, first);
    const whole = { bytes, files };
    [bytes, files] = [0, 0];
    await rm(root, { recursive: true });
    await cp(changed, root, { recursive: true });
    await isStaged(page, app);
    await page.context().close();
    await app.close();
    const note = `${files} of ${whole.files} files, ${bytes} of ${whole.bytes} bytes; ${module}`;
    figures.push(figureOf(name, 'ratio', bytes / whole.bytes, below(SHARE_MAX), note));
  }
  return figures;
};

const measureVerifying = async (browser: Browser, server: FiguresServer): Promise<Figure> => {
  const page = await openPage(browser, server);
  const rounds = await page.evaluate(
    ({ files, fileBytes, rounds: times }) => window.figures.verifyRounds(files, fileBytes, times),
    VERIFY,
  );
  await page.context().close();
  const note = `${VERIFY.files} files of ${VERIFY.fileBytes} bytes; ${spread(rounds)}`;
  return figureOf('verify-5mb', 'ms', median(rounds), below(1_000), note);
};

const measureLoader = async (): Promise<Figure> => {
  const { size } = await stat(LOADER_FILE);
  return figureOf('loader-bytes', 'bytes', size, below(10_000), 'minified, not compressed');
};

/** The app with an account of one device, its bundle kept, on the screen of updates. */
const openApp = async (browser: Browser, app: RunningApp, bundle: string): Promise<Page> => {
  const context = await browser.newContext();
  await noteMoments(context);
  const page = await context.newPage();
  await install(page, app.url);
  await createAccount(page);
  await page.getByRole('link', { name: en.common.updates }).click();
  await untilKept(page, ({ active }) => active !== null);
  await timeUntil(page, () => loadAnew(page), bundle, ['stands']);
  return page;
};

const loadAnew = (page: Page): Promise<void> =>
  page.evaluate(() => {
    dispatchEvent(new Event('click'));
    location.reload();
  });

const use = (page: Page): Promise<void> =>
  page.getByRole('button', { name: updateWords.use }).click();

/** Waits until the release that the host has now lies here, and the page offers it. */
const isStaged = async (page: Page, app: RunningApp, manifest?: string): Promise<void> => {
  app.reload();
  await askHost(page);
  await untilKept(page, (slots) => {
    const slot = slots[idleOf(slots)];
    return slot?.stage === 'staged' && (manifest ?? slot.manifest) === slot.manifest;
  });
  await page.getByRole('button', { name: updateWords.use }).waitFor();
};
