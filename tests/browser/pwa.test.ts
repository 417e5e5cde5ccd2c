import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { launchChromium, launchPersistent } from './chromium.js';
import { buildApp, ensureBuild, startApp, type RunningApp } from './serve.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const APP_ROOT = join(ROOT, 'dist', 'app');
/** Names a later build by something that both the host's and the worker's headers tell. */
const LATER_RENDEZVOUS = 'wss://later.example';

let browser: Browser;
let scratch: string;
let app: RunningApp;
let context: BrowserContext;
let page: Page;
let complaints: string[];
/** What the host waits for before it gives away a part of the app. */
let heldBack: Promise<void>;

beforeAll(async () => {
  await ensureBuild();
  browser = await launchChromium();
});

afterAll(() => browser.close());

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'upkeep-pwa-'));
  await cp(APP_ROOT, join(scratch, 'app'), { recursive: true });
  heldBack = Promise.resolve();
  const gate = (path: string) => (path.startsWith('/assets/') ? heldBack : Promise.resolve());
  app = await startApp({ root: join(scratch, 'app'), gate });
  context = await browser.newContext();
  complaints = [];
  page = await openPage(context);
});

afterEach(async () => {
  await context.close();
  await app.close();
  await rm(scratch, { recursive: true, force: true });
});

/** A page whose complaints about the policy, and whose uncaught errors, are collected. */
const openPage = async (where: BrowserContext): Promise<Page> => {
  const opened = await where.newPage();
  opened.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  opened.on('pageerror', (error) => complaints.push(error.message));
  return opened;
};

const isDrawn = (where: Page): Promise<unknown> =>
  where.waitForFunction(() => (document.querySelector('#app')?.childElementCount ?? 0) > 0);

/** Opens the app and waits until its worker holds every file and is in control. */
const install = async (where: Page): Promise<void> => {
  await where.goto(app.url);
  await isDrawn(where);
  await where.evaluate(() => navigator.serviceWorker.ready);
  await where.waitForFunction(() => navigator.serviceWorker.controller !== null);
};

/**
 * Lets the page look for a newer build and waits until that is installed, thus asks to be used.
 *
 * `update` ends as soon as the installation begins, and `waitForFunction` takes any promise for
 * true: only the worker's own state tells that there is somebody to ask.
 */
const newerWaits = (where: Page): Promise<void> =>
  where.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
    const { installing, waiting } = registration;
    if (waiting !== null) return;
    if (installing === null) throw new Error('no newer build was found');
    await new Promise<void>((resolve, reject) => {
      installing.addEventListener('statechange', () => {
        if (installing.state === 'installed') resolve();
        if (installing.state === 'redundant') reject(new Error('the newer build failed'));
      });
    });
  });

const buildOf = async (where: Page): Promise<string> =>
  (await where.locator('meta[name="upkeep-build"]').getAttribute('content')) ?? '';

const policyOf = async (where: Page): Promise<{ policy: string; isFromWorker: boolean }> => {
  const response = await where.reload();
  if (response === null) throw new Error('a reload had no response');
  const policy = (await response.allHeaders())['content-security-policy'] ?? '';
  return { policy, isFromWorker: response.fromServiceWorker() };
};

describe('the installed app', () => {
  it('[U6] keeps every file of the app offline', async () => {
    await install(page);
    const kept = await page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
      return requests.map((request) => new URL(request.url).pathname.slice(1)).sort();
    });
    const entries = await readdir(APP_ROOT, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const paths = files.map((entry) => relative(APP_ROOT, join(entry.parentPath, entry.name)));
    // The pictures for an installer's page are no part of the app.
    const own = paths.filter((path) => path !== 'sw.js' && !path.startsWith('screenshots/'));
    expect(kept).toEqual(own.sort());
    expect(complaints).toEqual([]);
  });

  it('[U6] opens, and opens again, with the host gone', async () => {
    await install(page);
    await app.close();
    const response = await page.reload();
    await isDrawn(page);
    expect(response?.status()).toBe(200);
    expect(response?.fromServiceWorker()).toBe(true);
    const other = await openPage(context);
    const failed: string[] = [];
    other.on('requestfailed', (request) => {
      if (!request.url().startsWith('ws')) failed.push(request.url());
    });
    await other.goto(`${app.url}?profile=other#/records`);
    await isDrawn(other);
    expect(failed).toEqual([]);
    await other.goto(`${app.url}nowhere`);
    expect(new URL(other.url()).pathname).toBe('/');
    expect(complaints).toEqual([]);
  });

  it('[P6] has the same policy from the host and from the worker', async () => {
    const fromHost = await page.goto(app.url);
    const first = (await fromHost?.allHeaders())?.['content-security-policy'] ?? '';
    expect(fromHost?.fromServiceWorker()).toBe(false);
    expect(first).toContain("default-src 'none'");
    expect(first).toContain("require-trusted-types-for 'script'");
    const authority = new URL(app.url).host;
    const connect = `connect-src 'self' ws://${authority} wss://${authority}`;
    expect(first.split('; ')).toContain(connect);
    await install(page);
    const second = await policyOf(page);
    expect(second).toEqual({ policy: first, isFromWorker: true });
    await isDrawn(page);
    expect(complaints).toEqual([]);
  });

  it('[P6] refuses markup, inline scripts and other hosts, offline too', async () => {
    await install(page);
    await app.close();
    await page.reload();
    await isDrawn(page);
    const refusals = await page.evaluate(async () => {
      const seen = new Set<string>();
      const reported = new Promise<void>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => {
          seen.add(event.effectiveDirective);
          if (seen.size === 3) resolve();
        });
      });
      const refused = (work: () => void): boolean => {
        try {
          work();
          return false;
        } catch {
          return true;
        }
      };
      const markup = refused(() => (document.createElement('p').innerHTML = '<b>markup</b>'));
      const policy = refused(() => {
        const factory = window as unknown as {
          trustedTypes: { createPolicy: (name: string, rules: object) => void };
        };
        factory.trustedTypes.createPolicy('another', {});
      });
      const fetched = await fetch('https://elsewhere.example/').then(
        () => false,
        () => true,
      );
      await reported;
      return { markup, policy, fetched, seen: [...seen].sort() };
    });
    expect(refusals).toEqual({
      markup: true,
      policy: true,
      fetched: true,
      seen: ['connect-src', 'require-trusted-types-for', 'trusted-types'],
    });
  });

  it('[U6] keeps to its build until it is asked, then lets the older one go', async () => {
    await install(page);
    const before = await page.evaluate(() => caches.keys());
    await deployLater(join(scratch, 'app'));
    app.reload();
    await newerWaits(page);
    const kept = await policyOf(page);
    expect(kept.policy).not.toContain(LATER_RENDEZVOUS);
    expect(kept.isFromWorker).toBe(true);
    await isDrawn(page);
    await page.evaluate(async () => {
      const { waiting } = await navigator.serviceWorker.ready;
      if (waiting === null) throw new Error('no newer build waits');
      const changed = new Promise((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
      });
      waiting.postMessage({ type: 'SKIP_WAITING' });
      await changed;
    });
    await app.close();
    const after = await policyOf(page);
    expect(after.policy).toContain(LATER_RENDEZVOUS);
    expect(after.isFromWorker).toBe(true);
    await isDrawn(page);
    await expect.poll(() => page.evaluate(() => caches.keys())).toHaveLength(1);
    expect(await page.evaluate(() => caches.keys())).not.toEqual(before);
    expect(complaints).toEqual([]);
  });

  it('[U6] tells people of a newer build, and moves to it once they ask, offline too', async () => {
    await install(page);
    const other = await openPage(context);
    await other.goto(`${app.url}?profile=other`);
    await isDrawn(other);
    await page.getByRole('button', { name: en.welcome.create }).click();
    await page.getByRole('button', { name: en.welcome.createNow }).click();
    await page.getByRole('link', { name: en.common.updates }).click();
    await page.getByText(en.updates.upToDate).waitFor();
    const before = await buildOf(page);
    expect(await page.evaluate(() => caches.keys())).toEqual([`upkeep-build-${before}`]);
    await deployLater(join(scratch, 'app'));
    app.reload();
    await newerWaits(page);
    await app.close();
    const moved = page.waitForEvent('load');
    await page.getByRole('button', { name: en.updates.use }).click();
    await moved;
    await page.getByText(en.updates.upToDate).waitFor();
    const after = await buildOf(page);
    expect(after).not.toBe(before);
    // The other page still is of the build before, and is served the rest of that.
    expect(await buildOf(other)).toBe(before);
    await other.getByRole('link', { name: en.welcome.join }).click();
    await other.getByRole('heading', { name: en.pair.joinTitle }).waitFor();
    await other.reload();
    await isDrawn(other);
    await expect.poll(() => other.evaluate(() => caches.keys())).toEqual([`upkeep-build-${after}`]);
    expect(complaints).toEqual([]);
  });

  it('[U6] learns of a newer build that was on its way in before the page stood', async () => {
    await install(page);
    await page.getByRole('button', { name: en.welcome.create }).click();
    await page.getByRole('button', { name: en.welcome.createNow }).click();
    await page.getByRole('link', { name: en.common.updates }).click();
    await deployLater(join(scratch, 'app'));
    app.reload();
    let letGo = (): void => undefined;
    heldBack = new Promise((resolve) => (letGo = resolve));
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await page.reload();
    await page.getByText(en.updates.upToDate).waitFor();
    letGo();
    await page.getByRole('button', { name: en.updates.use }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('[P1] can be installed, by what the browser asks of an app', async () => {
    const profile = await launchPersistent(join(scratch, 'profile'));
    try {
      const opened = await openPage(profile);
      await install(opened);
      const session = await profile.newCDPSession(opened);
      const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
      expect(installabilityErrors).toEqual([]);
      const { errors } = await session.send('Page.getAppManifest');
      expect(errors).toEqual([]);
    } finally {
      await profile.close();
    }
  });
});

/** Builds this app once more, with another rendezvous, into the folder that is served. */
const deployLater = async (folder: string): Promise<void> => {
  const later = join(scratch, 'later');
  await buildApp({ UPKEEP_OUT_DIR: later, UPKEEP_RENDEZVOUS: LATER_RENDEZVOUS });
  await rm(folder, { recursive: true });
  await cp(later, folder, { recursive: true });
};
