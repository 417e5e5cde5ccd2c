import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STAGING_QUERY } from '../../src/adapters/bundles/loader-words.js';
import { parseManifest } from '../../src/core/upgrades/manifest.js';
import { en } from '../../src/ui/words/en.js';
import { closeContext, launchChromium } from './chromium.js';
import { APP_ROOT, startApp, type RunningApp } from './serve.js';

/** The budgets of the first route, in bytes of gzip. */
const JS_BYTES_MAX = 110_000;
const CSS_BYTES_MAX = 15_000;
/** A member's Home has the journal, ballots, documents, connections, updates and formats with it. */
const HOME_JS_BYTES_MAX = 290_000;

let app: RunningApp;
let browser: Browser;

beforeAll(async () => {
  app = await startApp();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

/**
 * Paths of the build that a page asked for to run. What its worker fetches is not among them, nor
 * what the page stages, so that the whole bundle lies here.
 */
const watchPaths = (page: Page): Set<string> => {
  const paths = new Set<string>();
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    const isForLater = request.serviceWorker() !== null || search.startsWith(STAGING_QUERY);
    if (!isForLater) paths.add(pathname.slice(1));
  });
  return paths;
};

const gzipBytes = async (paths: Iterable<string>, ending: string): Promise<number> => {
  const asked = [...paths].filter((path) => path.endsWith(ending));
  const sizes = asked.map(async (path) => gzipSync(await readFile(join(APP_ROOT, path))).length);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
};

/** A new visitor on the first screen. Its worker is registered last of all that a page fetches. */
const visit = async (context: BrowserContext): Promise<{ page: Page; paths: Set<string> }> => {
  const page = await context.newPage();
  const paths = watchPaths(page);
  await page.goto(app.url);
  await page.getByRole('button', { name: en.welcome.create }).waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  return { page, paths };
};

describe('the first route', () => {
  it('[P1] fetches at most 110 KB of scripts and 15 KB of styles, packed, by itself', async () => {
    const context = await browser.newContext();
    const { paths } = await visit(context);
    const scripts = await gzipBytes(paths, '.js');
    expect(scripts).toBeGreaterThan(20_000);
    expect(scripts).toBeLessThanOrEqual(JS_BYTES_MAX);
    const styles = await gzipBytes(paths, '.css');
    expect(styles).toBeGreaterThan(1_000);
    expect(styles).toBeLessThanOrEqual(CSS_BYTES_MAX);
    await closeContext(context);
  });

  it('[P1] fetches at most 290 KB of scripts, packed, for the Home of a member and all that follows it', async () => {
    const context = await browser.newContext();
    const { page } = await visit(context);
    await page.getByRole('button', { name: en.welcome.create }).click();
    await page.getByRole('button', { name: en.welcome.createNow }).click();
    const home = (where: Page) => where.getByRole('heading', { name: en.home.allQuiet });
    await home(page).waitFor();
    await page.close();
    const again = await context.newPage();
    const paths = watchPaths(again);
    await again.goto(app.url);
    await home(again).waitFor();
    await again.waitForLoadState('networkidle');
    expect(await gzipBytes(paths, '.js')).toBeLessThanOrEqual(HOME_JS_BYTES_MAX);
    await closeContext(context);
  });

  it('[P1] leaves no part of the app out of what is kept offline', async () => {
    const release = parseManifest(await readFile(join(APP_ROOT, 'release.cbor')));
    const kept = release.ok ? release.value.files.map(({ path }) => path) : [];
    const [folder = ''] = await readdir(join(APP_ROOT, 'assets'));
    const parts = await readdir(join(APP_ROOT, 'assets', folder));
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.filter((part) => !kept.includes(`assets/${folder}/${part}`))).toEqual([]);
  });
});
