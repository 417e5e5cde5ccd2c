import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { back } from '../../src/ui/words/en/later/lost.js';
import { layCable } from './cable.js';
import { killBrowser, launchPersistent } from './chromium.js';
import { makeDevice } from './device.js';
import { setStage } from './journey-stage.js';
import type { Acknowledged } from './pages/handle.js';
import * as people from './people.js';

const KILLS = 3;
/** So many edits are acknowledged before the browser dies in the middle of the next. */
const EDITS_BEFORE_KILL = 20;
const QUOTA_BYTES = 1_000_000;
/** A picture of one dot. */
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const stage = setStage();

const heading = (name: string) => ['heading', { name, exact: true }] as const;
const button = (name: string) => ['button', { name, exact: true }] as const;

describe('one device', () => {
  it('[F9, U6] opens with its records while the host is gone, and keeps what is written then', async () => {
    const alice = await stage.add('Alice phone');
    await people.createAccount(alice);
    await people.writeRecord(alice, { title: 'Boiler', text: 'Serviced in May.' });
    await people.isInstalled(alice);
    alice.cable.cut();
    await alice.page().reload();
    await people.openRecord(alice, 'Boiler');
    await people.writeRecord(alice, { title: 'Router', text: 'Pull the plug, count to ten.' });
    await alice.open();
    await people.openRecord(alice, 'Router');
    await people.openRecord(alice, 'Boiler');
  });

  it('[N7, P1, P6] draws a picture that hangs on a record, keeps it, and removes it', async () => {
    const alice = await stage.add('Alice phone');
    await people.createAccount(alice);
    await people.writeRecord(alice, { title: 'Boiler', text: 'The plate on its side:' });
    const page = alice.page();
    const sheet = page.getByRole('dialog').first();
    const row = page.getByRole('button', { name: /^plate\.png/u });
    const showsPicture = async (): Promise<void> => {
      await row.click();
      const picture = sheet.getByRole('img', { name: en.files.picture('plate.png') });
      await picture.waitFor();
      const width = picture.evaluate(async (image: HTMLImageElement) => {
        await image.decode();
        return image.naturalWidth;
      });
      expect(await width).toBe(1);
    };
    const plate = { name: 'plate.png', mimeType: 'image/png', buffer: Buffer.from(DOT, 'base64') };
    await page.setInputFiles('input[type=file]', plate);
    await showsPicture();
    await page.reload();
    await people.openRecord(alice, 'Boiler');
    await showsPicture();
    await sheet.getByRole(...button(en.files.remove)).click();
    const asking = page.getByRole('dialog', { name: en.files.removeTitle('plate.png') });
    await asking.getByRole(...button(en.files.remove)).click();
    await row.waitFor({ state: 'detached' });
    await page.reload();
    await people.openRecord(alice, 'Boiler');
    expect(await row.count()).toBe(0);
  });

  it('[F5, F9] loses nothing that it acknowledged when the browser is killed in the middle of writing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'upkeep-killed-'));
    const cable = await layCable(stage.app().port);
    const kept: Acknowledged[] = [];
    const start = async () => {
      const device = makeDevice('Alice phone', await launchPersistent(folder), cable);
      return { device, complaints: device.complaints };
    };
    try {
      const first = await start();
      await people.createAccount(first.device);
      await first.device.context.close();
      for (let round = 0; round < KILLS; round += 1) {
        const { device, complaints } = await start();
        const enough = new Promise<void>((resolve) => {
          let count = 0;
          device.context.on('console', (message) => {
            if (!message.text().startsWith('kept ')) return;
            kept.push(JSON.parse(message.text().slice('kept '.length)) as Acknowledged);
            count += 1;
            if (count === EDITS_BEFORE_KILL) resolve();
          });
        });
        const page = await device.takeHandle();
        const order = { prefix: `round ${round}`, records: 10_000, edits: 0, characters: 300 };
        const writing = page.evaluate((given) => window.handle?.write(given), order);
        await Promise.race([enough, writing]);
        await killBrowser(device.context);
        await writing.catch(() => undefined);
        expect(complaints).toEqual([]);
      }
      const { device, complaints } = await start();
      await device.open();
      await people.openRecord(device, kept.at(-1)?.title ?? '');
      const page = await device.takeHandle();
      const held = await page.evaluate(() => window.handle?.records() ?? []);
      const titles = new Set(held.map(({ title }) => title));
      expect(kept.length).toBeGreaterThanOrEqual(KILLS * EDITS_BEFORE_KILL);
      expect(kept.filter(({ title }) => !titles.has(title))).toEqual([]);
      expect(complaints).toEqual([]);
      await device.context.close();
    } finally {
      await cable.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  });

  it('[P5, F5] has one writer among its tabs; another takes over when asked, and back again', async () => {
    const alice = await stage.add('Alice phone');
    await people.createAccount(alice);
    const first = alice.page();
    const second = await alice.context.newPage();
    await second.goto(first.url());
    await second.getByRole(...heading(en.stage.elsewhereTitle)).waitFor();
    expect(await second.getByRole('navigation').count()).toBe(0);

    await second.getByRole(...button(en.stage.useHere)).click();
    await second.getByRole(...heading(en.home.allQuiet)).waitFor();
    await first.getByRole(...heading(en.stage.elsewhereTitle)).waitFor();
    await people.writeRecord({ ...alice, page: () => second }, { title: 'Boiler', text: 'Good.' });

    await first.getByRole(...button(en.stage.useHere)).click();
    await first.getByRole(...heading(en.home.allQuiet)).waitFor();
    await second.getByRole(...heading(en.stage.elsewhereTitle)).waitFor();
    await people.openRecord(alice, 'Boiler');
  });

  it('[F9, F5] says so at once when the database is deleted under it, and comes back by its name', async () => {
    const alice = await stage.add('Alice phone');
    await people.createAccount(alice);
    await people.writeRecord(alice, { title: 'Boiler', text: 'Serviced in May.' });
    const page = alice.page();
    await page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase('upkeep-main');
          request.onsuccess = () => resolve();
          request.onerror = () => reject(request.error);
        }),
    );
    await page.getByRole(...heading(en.stage.lostTitle)).waitFor();
    await page.getByText(en.stage.lostText).waitFor();
    await page.reload();
    await page.getByRole(...heading(en.stage.lostTitle)).waitFor();
    await page.getByText(back.was(alice.name)).waitFor();
    await page.getByRole('link', { name: en.stage.pairAgain }).click();
    await page.getByRole('textbox', { name: en.welcome.name }).waitFor();
    expect(await page.getByLabel(en.welcome.name, { exact: true }).inputValue()).toBe(alice.name);
  });

  it('[F9] says that there is no room, keeps the draft, and loses nothing that it acknowledged', async () => {
    const alice = await stage.add('Alice phone');
    const side = await alice.context.newPage();
    const session = await alice.context.newCDPSession(side);
    const origin = new URL(alice.cable.url).origin;
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: QUOTA_BYTES });
    const handle = await alice.takeHandle();
    const order = { prefix: 'full', records: 10_000, edits: 0, characters: 5_000 };
    const filled = await handle.evaluate(async (given) => {
      await window.handle?.replica.account.create('Alice phone');
      return window.handle?.writeUntilRefused(given);
    }, order);
    expect(filled?.error).toEqual({ kind: 'store', error: { kind: 'quota' } });

    const page = await alice.open('#/records/new');
    // What the browser tidied up since made room again, now and then: from here on there is none.
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await page.getByLabel(en.records.fieldTitle, { exact: true }).fill('Router');
    const text = page.getByLabel(en.records.fieldText, { exact: true });
    await text.fill('Pull the plug. '.repeat(300));
    await page.getByRole(...button(en.records.save)).click();
    await page.getByText(en.records.saveFailed).waitFor();
    await page.getByText(en.errors.command({ kind: 'store', error: { kind: 'quota' } })).waitFor();
    await page.reload();
    expect(await text.inputValue()).toContain('Pull the plug.');

    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await page.getByRole(...button(en.records.save)).click();
    await page.getByRole(...button(en.records.edit)).waitFor();
    const again = await alice.takeHandle();
    const held = await again.evaluate(() => window.handle?.records() ?? []);
    const titles = new Set(held.map(({ title }) => title));
    expect(titles.has('Router')).toBe(true);
    expect(filled?.kept.length).toBeGreaterThan(0);
    expect(filled?.kept.filter(({ title }) => !titles.has(title))).toEqual([]);
  });
});
