import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOADER_PIN, loaderPath } from '../../src/core/upgrades/loader-pin.js';
import { contentRootOf, manifestHashOf } from '../../src/core/upgrades/manifest.js';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { closeContext, launchChromium } from './chromium.js';
import { neverEnd } from './hostile-host.js';
import { PATIENTLY } from './patience.js';
import {
  askHost,
  bundleOf,
  createAccount,
  install,
  isBackAt,
  isDrawn,
  isSettled,
  keptSlots,
  layRelease,
  moveToNewer,
  newerWaits,
  replacing,
} from './releases.js';
import { ensureBuild, startApp, type RunningApp } from './serve.js';

const LOADER = loaderPath(LOADER_PIN.sha256);
const THROWING = { 'assets/early.js': "throw new Error('the list is empty');\n" };

let browser: Browser;
let folder: string;
let app: RunningApp;
let context: BrowserContext;
let page: Page;
/** What the host does to a path instead of serving it; true: it answered. */
let meddle: (path: string, response: ServerResponse) => boolean;
let heldBack: Promise<void>;
let asked: string[];

beforeAll(async () => {
  await ensureBuild();
  browser = await launchChromium();
});

afterAll(() => browser.close());

/** A new device that has the app from a new host. */
const begin = async (files: Readonly<Record<string, string>> = {}): Promise<string> => {
  folder = await mkdtemp(join(tmpdir(), 'upkeep-loader-'));
  meddle = () => false;
  heldBack = Promise.resolve();
  asked = [];
  const first = await layRelease(join(folder, 'app'), files);
  app = await startApp({
    root: join(folder, 'app'),
    gate: (path) => {
      asked.push(path.split('?', 1)[0] ?? '');
      return path.startsWith('/assets/') ? heldBack : Promise.resolve();
    },
    answer: (path, response) => meddle(path, response),
  });
  context = await browser.newContext({ acceptDownloads: true });
  page = await context.newPage();
  await install(page, app.url);
  return manifestHashOf(first);
};

const end = async (): Promise<void> => {
  await closeContext(context);
  await app.close();
  await rm(folder, { recursive: true, force: true });
};

const lay = async (...args: [Record<string, string>, object?]): Promise<string> => {
  const manifest = await layRelease(join(folder, 'app'), ...args);
  app.reload();
  return manifestHashOf(manifest);
};

const releasesAsked = (): number => asked.filter((path) => path === '/release.cbor').length;

/** Waits until the host was asked once more than so often which release it has. */
const isAskedAgain = (often: number): Promise<void> =>
  expect.poll(releasesAsked, PATIENTLY).toBeGreaterThan(often);

/** Waits until nobody stages: whoever does holds the lock. */
const isIdle = (): Promise<void> =>
  page.evaluate(() => navigator.locks.request('upkeep.code', () => undefined));

describe('a bundle on trial', () => {
  beforeEach(async () => {
    await begin();
    await createAccount(page);
    await page.getByRole('link', { name: en.common.updates }).click();
    return end;
  });

  it('[U7] that throws is left by itself, is never taken again, and the history says why', async () => {
    const second = await lay({ 'assets/more.js': 'export const more = 1;\n' });
    await newerWaits(page);
    await moveToNewer(page);
    expect(await bundleOf(page)).toBe(second);
    const html = await page.evaluate(async () => (await fetch('./index.html')).text());
    const third = await layRelease(join(folder, 'app'), {
      ...THROWING,
      'index.html': html.replace('</title>', '</title><script src="./assets/early.js"></script>'),
    });
    app.reload();
    await newerWaits(page);
    await app.close();
    await page.getByRole('button', { name: updateWords.use }).click();
    await isBackAt(page, second);
    await page.getByText(updateWords.upToDate).waitFor();
    const { history, quarantined, trial, floor } = await keptSlots(page);
    expect(history.map(({ outcome, cause }) => [outcome, cause])).toEqual([
      ['good', 'first'],
      ['good', 'healthy'],
      ['rolled-back', 'error: Uncaught Error: the list is empty'],
    ]);
    expect([history[2]?.from, trial]).toEqual([contentRootOf(third), null]);
    expect(quarantined).toEqual([contentRootOf(third)]);
    expect(floor?.content).toBe(history[2]?.to);
  });

  it('[H1, H2] that makes something else of the same records is left by itself', async () => {
    const { active, ...slots } = await keptSlots(page);
    const before = active === null ? null : slots[active]?.manifest;
    await layRelease(join(folder, 'app'), await replacing('upkeep/tree/1', 'upkeep/tree/0'));
    app.reload();
    await newerWaits(page);
    await page.getByRole('button', { name: updateWords.use }).click();
    await isBackAt(page, before);
    await page.getByText(updateWords.upToDate).waitFor();
    expect((await keptSlots(page)).history.at(-1)?.cause).toMatch(/^health digest failed/);
    const digest = updateWords.check('digest', null);
    await page.getByText(digest.wrong.toLowerCase()).waitFor();
    expect(await page.getByText(digest.remedy).count()).toBe(0);
  });

  it('[U3] that was on its way in when the page closed comes whole with the next one', async () => {
    await lay({ 'assets/more.js': 'export const more = 1;\n' });
    let letGo = (): void => undefined;
    heldBack = new Promise((resolve) => (letGo = resolve));
    await askHost(page);
    await expect.poll(() => asked, PATIENTLY).toContain('/assets/more.js');
    await page.reload();
    await page.getByText(updateWords.upToDate).waitFor();
    letGo();
    await page.getByRole('button', { name: updateWords.use }).waitFor();
    const files = asked.filter((path) => path.startsWith('/assets/'));
    await moveToNewer(page);
    // Of what lies here already nothing was fetched again.
    expect(new Set(files.slice(files.indexOf('/assets/more.js')))).toEqual(
      new Set(['/assets/more.js']),
    );
  });
});

/** What a hostile host does, and whether a page gets as far as staging. */
const ATTACKS: readonly (readonly [title: string, attack: () => Promise<unknown>])[] = [
  [
    'other bytes than its manifest says',
    async () => {
      await lay({ 'assets/more.js': 'export const more = 1;\n' });
      meddle = (path, response) => {
        if (path !== '/assets/more.js') return false;
        response.end('export const more = 2;\n');
        return true;
      };
    },
  ],
  [
    'a file cut short',
    async () => {
      await lay({ 'assets/more.js': 'export const more = 1;\n' });
      meddle = (path, response) => {
        if (path !== '/assets/more.js') return false;
        response.end('export const');
        return true;
      };
    },
  ],
  [
    'a file that never ends',
    async () => {
      await lay({ 'assets/more.js': 'export const more = 1;\n' });
      meddle = (path, response) => path === '/assets/more.js' && neverEnd(response);
    },
  ],
  [
    'a manifest that never ends',
    async () => {
      meddle = (path, response) => path === '/release.cbor' && neverEnd(response);
    },
  ],
  [
    'no manifest at all, but a page',
    async () => {
      meddle = (path, response) => {
        if (path !== '/release.cbor') return false;
        response.end('<!doctype html>');
        return true;
      };
    },
  ],
  ['a manifest with a path that leaves the bundle', () => layPath('../index.html')],
  ['a bundle with a loader of its own', () => layPath(LOADER)],
  ['a bundle that needs a newer loader', () => lay({ 'assets/more.js': '1' }, { loader: 99 })],
  [
    'nothing any more',
    async () => {
      meddle = (_path, response) => {
        response.writeHead(404).end();
        return true;
      };
    },
  ],
];

/** A manifest that names a file under a path which no bundle may have. */
const layPath = async (path: string): Promise<unknown> => {
  const { files } = await layRelease(join(folder, 'app'), {});
  const [some] = files;
  if (some === undefined) throw new Error('a build has files');
  const odd = [...files, { ...some, path }].sort((left, right) =>
    left.path < right.path ? -1 : 1,
  );
  return lay({}, { files: odd });
};

describe('a hostile host', () => {
  let first: string;
  beforeAll(async () => {
    first = await begin();
    return end;
  });

  it.each(ATTACKS)('[U6, U10] gives %s: the app goes on with what it has', async (_, attack) => {
    await attack();
    const before = releasesAsked();
    await askHost(page);
    await isAskedAgain(before);
    const meanwhile = releasesAsked();
    await page.reload();
    await isDrawn(page);
    await isAskedAgain(meanwhile);
    await isIdle();
    expect(await bundleOf(page)).toBe(first);
    const { a, b, active, trial } = await keptSlots(page);
    expect([active === 'a' ? a?.stage : b?.stage, trial]).toEqual(['good', null]);
    expect([null, undefined, 'staging']).toContain(active === 'a' ? b?.stage : a?.stage);
    const unknown = await page.evaluate(async () => (await fetch('assets/none.js')).status);
    expect(unknown).toBe(404);
    expect(asked).not.toContain('/assets/none.js');
  });

  it('[U6] that is honest again is heard again', async () => {
    meddle = () => false;
    const honest = await lay({ 'assets/more.js': 'export const more = 3;\n' });
    await newerWaits(page);
    const { a, b } = await keptSlots(page);
    expect([a?.manifest, b?.manifest]).toContain(honest);
  });
});

describe('the loader', () => {
  beforeEach(async () => {
    await begin();
    return end;
  });

  it('[U6] has a page that came past it load anew, before that opens anything', async () => {
    await isSettled(page);
    const session = await context.newCDPSession(page);
    const loads: boolean[] = [];
    page.on('response', (response) => {
      if (response.request().isNavigationRequest()) loads.push(response.fromServiceWorker());
    });
    await session.send('Page.reload', { ignoreCache: true });
    // The page that came past it is drawn, too, until the one that did not takes its place.
    await expect.poll(() => bundleOf(page), PATIENTLY).not.toBeNull();
    await isDrawn(page);
    expect(loads).toEqual([false, true]);
  });

  it('[U6] that its host changed locks a device with an account, until its person knows of that', async () => {
    await createAccount(page);
    meddle = (path, response) => {
      if (path !== `/${LOADER}`) return false;
      response.writeHead(200, { 'content-type': 'text/javascript' }).end('// another one\n');
      return true;
    };
    const isLocked = (): Promise<void> =>
      page.getByRole('heading', { name: en.stage.lockedTitle }).waitFor();
    await askHost(page);
    await isLocked();
    await page.reload();
    await isLocked();
    await page.getByRole('button', { name: en.stage.lockedGoOn }).click();
    await page.getByRole('link', { name: en.common.updates }).click();
    await page.getByText(updateWords.loaderTitle).waitFor();
  });

  it('[U6] without its files shows what is left to do, saves the rows, and opens once it can', async () => {
    await createAccount(page);
    await page.evaluate(() => caches.delete('upkeep.code'));
    meddle = (_path, response) => {
      response.writeHead(500).end();
      return true;
    };
    const response = await page.reload();
    expect([response?.status(), response?.fromServiceWorker()]).toEqual([503, true]);
    const policy = (await response?.allHeaders())?.['content-security-policy'];
    expect(policy).toContain("script-src 'self'");
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save my records as a file' }).click();
    const chunks: Buffer[] = [];
    for await (const chunk of await (await saving).createReadStream()) chunks.push(chunk as Buffer);
    const saved = JSON.parse(Buffer.concat(chunks).toString()) as {
      readonly tables: readonly { readonly database: string; readonly rows: readonly unknown[] }[];
    };
    const own = saved.tables.filter(({ database }) => database === 'upkeep-main');
    expect(own.flatMap(({ rows }) => rows).length).toBeGreaterThan(3);
    expect(saved.tables.map(({ database }) => database)).not.toContain('upkeep-main-keys');
    meddle = () => false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: en.common.updates }).waitFor();
  });
});

describe('a bundle that names other hosts', () => {
  it('[P6, U2] may connect to those, and to no more', async () => {
    const [named, unnamed] = [await startApp(), await startApp()];
    await begin({ 'connect.json': JSON.stringify([new URL(named.url).origin]) });
    // What the host says of its own page does not hold for those that the loader gives.
    await page.reload();
    await isDrawn(page);
    const ask = (host: string): Promise<string> =>
      page.evaluate(async (url) => {
        const breach = new Promise<string>((tell) => {
          document.addEventListener('securitypolicyviolation', (event) => {
            tell(`${event.effectiveDirective} ${event.blockedURI}`);
          });
        });
        return fetch(url).then(
          ({ status }) => String(status),
          () => breach,
        );
      }, `${host}release.cbor`);
    const kept = await page.evaluate(async () => (await fetch('connect.json')).json());
    expect(kept).toEqual([new URL(named.url).origin]);
    expect(await ask(named.url)).toBe('200');
    expect(await ask(unnamed.url)).toBe(`connect-src ${unnamed.url}release.cbor`);
    await end();
    await Promise.all([named.close(), unnamed.close()]);
  });
});
