import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listBundle } from '../../src/server/release.js';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { closeContext, launchChromium, launchPersistent } from './chromium.js';
import { PATIENCE_MS } from './patience.js';
import { createAccount, install, isDrawn, moveToNewer, newerWaits } from './releases.js';
import { LOADER_FILE, buildApp, ensureBuild, startApp, type RunningApp } from './serve.js';

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

beforeAll(async () => {
  await ensureBuild();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  if (later !== undefined) await rm(await later, { recursive: true, force: true });
});

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'upkeep-pwa-'));
  await cp(APP_ROOT, join(scratch, 'app'), { recursive: true });
  app = await startApp({ root: join(scratch, 'app') });
  context = await browser.newContext();
  complaints = [];
  page = await openPage(context);
});

afterEach(async () => {
  await closeContext(context);
  await app.close();
  await rm(scratch, { recursive: true, force: true });
});

/** A page whose complaints about the policy, and whose uncaught errors, are collected. */
const openPage = async (where: BrowserContext): Promise<Page> => {
  const opened = await where.newPage();
  opened.setDefaultTimeout(PATIENCE_MS);
  opened.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  opened.on('pageerror', (error) => complaints.push(error.message));
  return opened;
};

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
    await install(page, app.url);
    await app.close();
    const files = await listBundle(APP_ROOT);
    const wrong = await page.evaluate(async (listed) => {
      const found: string[] = [];
      for (const { path, sha256 } of listed) {
        const bytes = await (await fetch(path)).arrayBuffer();
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
        const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        if (hex !== sha256) found.push(path);
      }
      return found;
    }, files);
    expect(files.length).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('[U6] opens, and opens again, with the host gone', async () => {
    await install(page, app.url);
    await app.close();
    const response = await page.reload();
    await isDrawn(page);
    expect(response?.status()).toBe(200);
    expect(response?.fromServiceWorker()).toBe(true);
    const other = await openPage(context);
    // Whether the host has a newer release is asked in vain, and may be.
    const files = (await listBundle(APP_ROOT)).map(({ path }) => path);
    const failed: string[] = [];
    other.on('requestfailed', (request) => {
      const path = new URL(request.url()).pathname.slice(1);
      if (path === '' || files.includes(path)) failed.push(request.url());
    });
    await other.goto(`${app.url}?profile=other#/records`);
    await other.getByRole('button', { name: en.welcome.create }).waitFor();
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
    await install(page, app.url);
    const second = await policyOf(page);
    expect(second).toEqual({ policy: first, isFromWorker: true });
    await isDrawn(page);
    expect(complaints).toEqual([]);
  });

  it('[P6] refuses markup, inline scripts and other hosts, offline too', async () => {
    await install(page, app.url);
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

  it('[U6, P6] keeps to its build, and to its policy, until it is asked', async () => {
    await install(page, app.url);
    await createAccount(page);
    const before = await buildOf(page);
    await deployLater(join(scratch, 'app'));
    app.reload();
    await newerWaits(page);
    const kept = await policyOf(page);
    expect(kept.policy).not.toContain(LATER_RENDEZVOUS);
    expect(kept.isFromWorker).toBe(true);
    expect(await buildOf(page)).toBe(before);
    await app.close();
    await page.getByRole('link', { name: en.common.updates }).click();
    await moveToNewer(page);
    const after = await policyOf(page);
    expect(after.policy).toContain(LATER_RENDEZVOUS);
    expect(after.isFromWorker).toBe(true);
    await isDrawn(page);
    expect(complaints).toEqual([]);
  });

  it('[U6] moves to a newer build once people ask; pages of the one before keep theirs', async () => {
    await install(page, app.url);
    const other = await openPage(context);
    await other.goto(`${app.url}?profile=other`);
    await isDrawn(other);
    await createAccount(page);
    await page.getByRole('link', { name: en.common.updates }).click();
    await page.getByText(updateWords.upToDate).waitFor();
    const before = await buildOf(page);
    await deployLater(join(scratch, 'app'));
    app.reload();
    await newerWaits(page);
    await app.close();
    await moveToNewer(page);
    await page.getByText(updateWords.upToDate).waitFor();
    const after = await buildOf(page);
    expect(after).not.toBe(before);
    // The other page still is of the build before, and is served the rest of that.
    expect(await buildOf(other)).toBe(before);
    await other.getByRole('link', { name: en.welcome.join }).click();
    await other.getByRole('heading', { name: pairWords.joinTitle }).waitFor();
    await other.reload();
    await isDrawn(other);
    expect(await buildOf(other)).toBe(after);
    expect(complaints).toEqual([]);
  });

  it('[U8] in the binary of a store has no loader, and says who brings its versions', async () => {
    const userAgent = 'Mozilla/5.0 (Linux; Android 15; wv) UpkeepShell/0.1.0 (upkeep/1)';
    const shell = await browser.newContext({ userAgent });
    try {
      const opened = await openPage(shell);
      await opened.goto(app.url);
      await createAccount(opened);
      await opened.getByRole('link', { name: en.common.updates }).click();
      await opened.getByText(updateWords.cannot['app-store'].title).waitFor();
      await opened.getByText(updateWords.channel['app-store']).waitFor();
      const loaders = await opened.evaluate(() => navigator.serviceWorker.getRegistrations());
      expect(loaders).toEqual([]);
    } finally {
      await closeContext(shell);
    }
  });

  it('[P1] can be installed, by what the browser asks of an app', async () => {
    const profile = await launchPersistent(join(scratch, 'profile'));
    try {
      const opened = await openPage(profile);
      await install(opened, app.url);
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

let later: Promise<string> | undefined;

/** Builds this app once more, with another rendezvous; once for all tests here. */
const buildLater = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-later-'));
  await buildApp({ UPKEEP_OUT_DIR: folder, UPKEEP_RENDEZVOUS: LATER_RENDEZVOUS });
  const [loader, before] = await Promise.all(
    [folder, APP_ROOT].map((root) => readFile(join(root, basename(LOADER_FILE)))),
  );
  // Another build, and the very same loader.
  expect(loader?.equals(before ?? Buffer.alloc(0))).toBe(true);
  return folder;
};

/** Puts that build into the folder that is served. */
const deployLater = async (folder: string): Promise<void> => {
  later ??= buildLater();
  const built = await later;
  await rm(folder, { recursive: true });
  await cp(built, folder, { recursive: true });
};
