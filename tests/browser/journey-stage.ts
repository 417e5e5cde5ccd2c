import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { launchChromium } from './chromium.js';
import { startDevice, type Device } from './device.js';
import { startHandledApp, type HandledApp } from './handled-app.js';
import type { StartOptions } from './serve.js';

/** What the journeys of one file stand on. */
export interface Stage {
  readonly app: () => HandledApp;
  /** Switches on a device for this test; it is discarded, and its complaints judged, at the end. */
  readonly add: (name: string, viewport?: { width: number; height: number }) => Promise<Device>;
  /** Lets a device that a test made itself be judged and discarded as the others. */
  readonly adopt: (device: Device) => Device;
}

/**
 * Starts app and browser once a file. After each test no page may have breached its policy, thrown
 * an error that nobody caught, or asked any host but its own.
 */
export const setStage = (options: Pick<StartOptions, 'attach'> = {}): Stage => {
  let app: HandledApp;
  let browser: Browser;
  let devices: Device[] = [];

  beforeAll(async () => {
    app = await startHandledApp(options);
    browser = await launchChromium();
  });
  afterEach(async ({ task }) => {
    const used = devices;
    devices = [];
    if (task.result?.state === 'fail') {
      for (const device of used) process.stderr.write(`${await device.describe()}\n`);
    }
    await Promise.all(used.map((device) => device.discard()));
    expect(used.flatMap((device) => device.complaints)).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await app.discard();
  });

  const adopt = (device: Device): Device => {
    devices.push(device);
    return device;
  };
  return {
    app: () => app,
    add: async (name, viewport) => adopt(await startDevice(browser, app.port, name, viewport)),
    adopt,
  };
};
