import type { Browser, Page } from 'playwright-core';
import { type Figure, median, spread } from './figures.js';
import { openPage } from './one-device.js';
import type { FiguresServer } from './page-server.js';
import { pairDevices } from './two-devices.js';

const FILE_BYTES = 50 * 1024 * 1024;
const ROUNDS = 3;

/** A file from one context to another, beside as many bytes over a bare channel between the same. */
export const measureFiles = async (
  browser: Browser,
  server: FiguresServer,
): Promise<readonly Figure[]> => {
  const left = await openPage(browser, server);
  const right = await openPage(browser, server);
  await pairDevices(left, right, server);
  await connectRaw(left, right);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await sendRaw(left, right));
    ours.push(await sendFile(left, right));
  }
  await left.context().close();
  await right.context().close();
  const ratio = median(ours) / median(bare);
  return [
    {
      ...{ name: 'file-50mb', unit: 'ms', ours: median(ours), ratio },
      peers: { 'bare channel': median(bare) },
      // At least half of what the channel itself carries.
      goal: { of: 'ratio', is: 'at-most', value: 2 },
      note: `encrypted, checked, stored; ours ${spread(ours)}; bare ${spread(bare)}`,
    },
  ];
};

const connectRaw = async (left: Page, right: Page): Promise<void> => {
  const offer = await left.evaluate(() => window.figures.raw.offer());
  const answer = await right.evaluate((said) => window.figures.raw.answer(said), offer);
  await left.evaluate((said) => window.figures.raw.accept(said), answer);
  for (const page of [left, right]) await page.evaluate(() => window.figures.raw.open());
};

const sendRaw = async (left: Page, right: Page): Promise<number> => {
  const startedMs = Date.now();
  const arrived = right.evaluate((bytes) => window.figures.raw.holds(bytes), FILE_BYTES);
  await left.evaluate((bytes) => window.figures.raw.send(bytes), FILE_BYTES);
  return (await arrived) - startedMs;
};

/** From the moment at which the giver has it, with its key, until the other can read all of it. */
const sendFile = async (left: Page, right: Page): Promise<number> => {
  const arrived = right.evaluate((bytes) => window.figures.device.gains(bytes), FILE_BYTES);
  const startedMs = await left.evaluate((bytes) => window.figures.device.attach(bytes), FILE_BYTES);
  return (await arrived) - startedMs;
};
