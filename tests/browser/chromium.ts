import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type LaunchOptions,
} from 'playwright-core';

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const QUIET_FLAGS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const INSTALL_MS_MAX = 15 * 60_000;
const START_MS_MAX = 60_000;
const CLOSE_AGAIN_MS = 5_000;
const LOCK_POLL_MS = 1_000;
const LOCK_PATH = join(tmpdir(), `upkeep-chromium-install-${process.getuid?.() ?? 0}.lock`);
const HELP = [
  'No Chromium was found and none could be installed.',
  'Install Chromium or Google Chrome, or run `npx playwright-core install --with-deps chromium`,',
  'or name an executable in the environment variable CHROMIUM_PATH.',
].join(' ');

let found: Promise<string> | undefined;

/**
 * Finds a Chromium that starts, installing one if there is none.
 *
 * Looks at CHROMIUM_PATH, the system's usual places and the cache of playwright; else downloads
 * playwright's build; else, as root where apt-get exists, installs the system's package.
 * One answer per process; processes that install wait for each other.
 * Errors: throws with a sentence that says what to install.
 */
export const findChromium = (): Promise<string> => (found ??= findOrInstall());

/**
 * Starts a browser with a fresh profile. Each of its contexts is one device.
 *
 * Errors: as findChromium, or those of playwright's launch.
 */
export const launchChromium = async (options: LaunchOptions = {}): Promise<Browser> =>
  chromium.launch({
    ...options,
    executablePath: await findChromium(),
    args: [...browserFlags(), ...(options.args ?? [])],
  });

/** What a persistent launch takes: the options of a launch and of a context. */
export type PersistentOptions = LaunchOptions & BrowserContextOptions;

/**
 * Starts a browser on a profile directory that outlives it: one device across restarts.
 *
 * Errors: as findChromium, or those of playwright's launch.
 */
export const launchPersistent = async (
  directory: string,
  options: PersistentOptions = {},
): Promise<BrowserContext> =>
  chromium.launchPersistentContext(directory, {
    ...options,
    executablePath: await findChromium(),
    args: [...browserFlags(), ...(options.args ?? [])],
  });

/**
 * Closes a context of a browser that goes on.
 *
 * Chromium loses what it is told in the moment in which a page commits a navigation, and would
 * never answer; told again to let go of the pages, it closes what it was first told to.
 */
export const closeContext = async (context: BrowserContext): Promise<void> => {
  const again = setTimeout(() => {
    for (const page of context.pages()) page.close().catch(() => undefined);
  }, CLOSE_AGAIN_MS);
  await context.close().finally(() => clearTimeout(again));
};

/** Kills every process of a browser on a profile directory, as a power cut would. */
export const killBrowser = async (context: BrowserContext): Promise<void> => {
  const browser = context.browser();
  if (browser === null) throw new Error('the profile has no browser');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const gone = new Promise<void>((resolve) => context.once('close', () => resolve()));
  for (const { id } of processInfo) process.kill(id, 'SIGKILL');
  await gone;
};

const browserFlags = (): string[] =>
  process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET_FLAGS] : [...QUIET_FLAGS];

const findOrInstall = async (): Promise<string> => {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (await starts(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which does not start.`);
  }
  return (await findPresent()) ?? (await withInstallLock(install));
};

const findPresent = async (): Promise<string | undefined> => {
  for (const path of [...SYSTEM_PATHS, ...(await cachedPaths())]) {
    if (existsSync(path) && (await starts(path))) return path;
  }
  return undefined;
};

/** Every full Chromium in playwright's cache, the one that this playwright expects first. */
const cachedPaths = async (): Promise<string[]> => {
  const expected = chromium.executablePath();
  const root = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), '.cache/ms-playwright');
  const entries = await readdir(root).catch(() => [] as string[]);
  const builds = entries.filter((entry) => /^chromium-\d+$/.test(entry)).sort();
  const programs = ['chrome-linux64/chrome', 'chrome-linux/chrome'];
  const others = builds.reverse().flatMap((build) => programs.map((p) => join(root, build, p)));
  return [expected, ...others];
};

const install = async (): Promise<string> => {
  const already = await findPresent();
  if (already !== undefined) return already;
  process.stderr.write('No Chromium found: installing one.\n');
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core')), 'cli.js');
  await succeeds(process.execPath, [cli, 'install', 'chromium'], INSTALL_MS_MAX);
  const downloaded = await findPresent();
  if (downloaded !== undefined) return downloaded;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    await succeeds('apt-get', ['update'], INSTALL_MS_MAX);
    await succeeds('apt-get', ['install', '-y', 'chromium'], INSTALL_MS_MAX);
  }
  const packaged = await findPresent();
  if (packaged !== undefined) return packaged;
  throw new Error(HELP);
};

/** Runs work while no other process installs. A lock older than an installation is stale. */
const withInstallLock = async <T>(work: () => Promise<T>): Promise<T> => {
  for (;;) {
    const mine = await mkdir(LOCK_PATH).then(
      () => true,
      () => false,
    );
    if (mine) break;
    const since = await stat(LOCK_PATH).then(
      (entry) => entry.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > INSTALL_MS_MAX) await rm(LOCK_PATH, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  try {
    return await work();
  } finally {
    await rm(LOCK_PATH, { recursive: true, force: true });
  }
};

const starts = (path: string): Promise<boolean> => succeeds(path, ['--version'], START_MS_MAX);

const succeeds = (program: string, args: readonly string[], msMax: number): Promise<boolean> =>
  new Promise((resolve) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFile(program, [...args], { timeout: msMax, env }, (error) => resolve(error === null));
  });
