import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import type { Manifest } from '../../src/core/upgrades/manifest.js';
import { launchChromium } from './chromium.js';
import { type Device, startDevice } from './device.js';
import { layRelease } from './releases.js';
import { ensureBuild, startApp, type RunningApp } from './serve.js';

/** What a host does about a path instead of serving it; true: it answered, or holds the line. */
export type Meddling = (path: string, response: ServerResponse) => boolean;

/** A static host that does what it likes, and one device that has the app from it. */
export interface HostileHost {
  /** What it would serve honestly. */
  readonly root: () => string;
  readonly begun: () => { readonly device: Device; readonly first: Manifest };
  /** Puts a release on it. */
  readonly lay: (
    changes: Partial<Manifest>,
    files?: Readonly<Record<string, string>>,
  ) => Promise<Manifest>;
  /** Null: it is honest again. */
  readonly meddle: (how: Meddling | null) => void;
}

/** Lays the host with its first release around the tests of the file that calls this. */
export const layHostileHost = (changes: Partial<Manifest>): HostileHost => {
  let browser: Browser;
  let folder: string;
  let app: RunningApp | undefined;
  let begun: ReturnType<HostileHost['begun']> | undefined;
  let meddling: Meddling | null = null;
  const root = (): string => join(folder, 'app');

  beforeAll(async () => {
    await ensureBuild();
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'upkeep-hostile-'));
    const first = await layRelease(root(), {}, changes);
    app = await startApp({
      root: root(),
      answer: (path, response) => meddling?.(path, response) === true,
    });
    begun = { first, device: await startDevice(browser, app.port, 'Alice phone') };
  });
  afterAll(async () => {
    await begun?.device.discard();
    await app?.close();
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    root,
    begun: () => {
      if (begun === undefined) throw new Error('the host is laid before the tests');
      return begun;
    },
    lay: async (told, files = {}) => {
      const manifest = await layRelease(root(), files, told);
      app?.reload();
      return manifest;
    },
    meddle: (how) => void (meddling = how),
  };
};

/** Gives these bytes under a path. */
export const instead =
  (path: string, bytes: string | Uint8Array): Meddling =>
  (asked, response) => {
    if (asked !== path) return false;
    response.end(bytes);
    return true;
  };

/** Gives bytes as long as somebody takes them. */
export const neverEnd = (response: ServerResponse): true => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
  return true;
};

/** Gives a byte a second as long as somebody takes them. */
export const drip = (response: ServerResponse): true => {
  response.write('x');
  const timer = setInterval(() => response.write('x'), 1_000);
  response.on('close', () => clearInterval(timer));
  return true;
};
