import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { manifestHashOf, type Manifest } from '../../src/core/upgrades/manifest.js';
import { launchChromium } from './chromium.js';
import { startDevice, type Device } from './device.js';
import type { Meddling } from './hostile-host.js';
import * as people from './people.js';
import { isSettled, layRelease } from './releases.js';
import { ensureBuild, startApp, type RunningApp } from './serve.js';

/** What a journey of upgrades stands on: a host whose release changes, and the devices so far. */
export interface UpgradeStage {
  /** What the host serves. */
  readonly root: () => string;
  /** Puts a release on the host, which serves it from then on. Gives its manifest's hash. */
  readonly lay: (
    sequence: number,
    version: string,
    files?: Readonly<Record<string, string>>,
    changes?: Partial<Manifest>,
  ) => Promise<string>;
  /** The host loses all that it had, but a page that says so; the rendezvous beside it goes on. */
  readonly deleteAll: () => Promise<void>;
  /** What the host does about some paths instead of serving them; null: it is honest again. */
  readonly meddle: (how: Meddling | null) => void;
  readonly devices: readonly Device[];
  /** Alice, Bob and Carol: one account, each with the host's release kept, all in step. */
  readonly gather: () => Promise<readonly [alice: Device, bob: Device, carol: Device]>;
}

export const setUpgradeStage = (): UpgradeStage => {
  let browser: Browser;
  let folder: string;
  let app: RunningApp | null = null;
  let meddling: Meddling | null = null;
  const devices: Device[] = [];
  const root = (): string => join(folder, 'app');

  beforeAll(async () => {
    await ensureBuild();
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'upkeep-upgrades-'));
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const device of devices) process.stderr.write(`${await device.describe()}\n`);
  });
  afterAll(async () => {
    await Promise.all(devices.map((device) => device.discard()));
    await app?.close();
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  return {
    root,
    lay: async (sequence, version, files = {}, changes = {}) => {
      const manifest = await layRelease(root(), files, { sequence, version, ...changes });
      app?.reload();
      return manifestHashOf(manifest);
    },
    deleteAll: async () => {
      await rm(root(), { recursive: true, force: true });
      await mkdir(root());
      await writeFile(join(root(), 'index.html'), '<title>Nothing here</title>');
      app?.reload();
    },
    meddle: (how) => void (meddling = how),
    devices,
    gather: async () => {
      const answer: Meddling = (path, response) => meddling?.(path, response) === true;
      const { port } = (app = await startApp({ root: root(), answer }));
      const add = async (name: string): Promise<Device> => {
        const device = await startDevice(browser, port, name);
        devices.push(device);
        return device;
      };
      const [alice, bob] = [await add('Alice phone'), await add('Bob phone')];
      const carol = await add('Carol laptop');
      await people.createAccount(alice);
      await people.pairDevices(alice, bob);
      await people.pairDevices(alice, carol, [bob]);
      for (const device of devices) {
        await people.isInstalled(device);
        await isSettled(device.page());
        await people.isInStep(device, 3);
      }
      return [alice, bob, carol];
    },
  };
};
