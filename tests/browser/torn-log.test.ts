import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layCable } from './cable.js';
import { killBrowser, launchPersistent } from './chromium.js';
import { makeDevice, type Device } from './device.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

/** Less than the smallest record of the log, so that the last one is torn. */
const TORN_BYTES = 5;
const RECORDS = 10;
const stage = setStage();

/** Cuts the end off the file to which the browser wrote last, as a kill between two writes does. */
const tearLog = async (folder: string): Promise<void> => {
  const at = join(folder, 'Default', 'IndexedDB');
  const names = await readdir(at, { recursive: true });
  const logs = names.filter((name) => /\.leveldb\/\d+\.log$/.test(name)).sort();
  const log = join(at, logs.at(-1) ?? 'no log');
  await truncate(log, (await stat(log)).size - TORN_BYTES);
};

/** Writes some records one after the other, and gives their titles once all are acknowledged. */
const write = async (device: Device, prefix: string): Promise<readonly string[]> => {
  const page = await device.takeHandle();
  const order = { prefix, records: RECORDS, edits: 0, characters: 300 };
  const done = await page.evaluate((given) => window.handle?.write(given) ?? [], order);
  return done.map(({ title }) => title);
};

describe('a device whose browser was killed within a write', () => {
  it('[F9] keeps what it acknowledges from then on over the next kill, and its account', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'upkeep-torn-'));
    const cable = await layCable(stage.app().port);
    const start = async () => makeDevice('Alice phone', await launchPersistent(folder), cable);
    try {
      const first = await start();
      await people.createAccount(first);
      await write(first, 'before');
      await killBrowser(first.context);
      await tearLog(folder);

      const second = await start();
      const titles = await write(second, 'after');
      await killBrowser(second.context);

      const third = await start();
      const page = await third.takeHandle();
      const held = await page.evaluate(() => window.handle?.records() ?? []);
      expect(held.map(({ title }) => title)).toEqual(expect.arrayContaining([...titles]));
      expect(held.length).toBeGreaterThanOrEqual(2 * RECORDS - 1);
      expect([first, second, third].flatMap(({ complaints }) => complaints)).toEqual([]);
      await third.context.close();
    } finally {
      await cable.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
