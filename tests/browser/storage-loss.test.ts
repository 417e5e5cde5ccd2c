import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { back, unopened } from '../../src/ui/words/en/later/lost.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { closeContext, launchChromium } from './chromium.js';
import type { Device } from './device.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';
import {
  createAccount,
  install,
  isBackAt,
  isSettled,
  keptSlots,
  layRelease,
  newerWaits,
  replacing,
} from './releases.js';
import { type RunningApp, ensureBuild, startApp } from './serve.js';

const heading = (name: string) => ['heading', { name, exact: true }] as const;
const button = (name: string) => ['button', { name, exact: true }] as const;

/** Throws away every database of the device, as Chromium does when it finds one damaged. */
const evict = async (device: Device): Promise<void> => {
  await device.shut();
  const side = await device.context.newPage();
  await side.goto(new URL('health', device.cable.url).href);
  const gone = await side.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    const remove = (name: string): Promise<boolean> =>
      new Promise((done) => {
        const removing = indexedDB.deleteDatabase(name);
        removing.onsuccess = () => done(true);
        removing.onerror = () => done(false);
      });
    return Promise.all(names.map(remove));
  });
  expect(gone.length).toBeGreaterThan(1);
  expect(gone).not.toContain(false);
  await side.close();
};

describe('a browser that let go of everything while the app was closed', () => {
  const stage = setStage();

  it('[F5, F9, P5] says Welcome back; the device that lets it in is asked whether it is the old one', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await stage.add('Bob phone');
    await people.createAccount(alice);
    await people.pairDevices(alice, bob);
    await evict(bob);
    const page = await bob.open();
    await page.getByRole(...heading(en.stage.lostTitle)).waitFor();
    await page.getByText(back.was(bob.name)).waitFor();
    await page.getByRole('link', { name: en.stage.pairAgain }).click();
    const name = page.getByLabel(en.welcome.name, { exact: true });
    expect(await name.inputValue()).toBe(bob.name);
    const code = await people.showCode(alice);
    await page.getByLabel(pairWords.code, { exact: true }).fill(code);
    await page.getByRole(...button(pairWords.joinNow)).click();
    const shown = await people.readWords(bob);
    await people.readChoices(alice);
    const asking = alice.page();
    await asking.getByText(shown.join(' '), { exact: true }).click();
    const choose = asking.getByRole('button', { name: pairWords.choose });
    expect(await choose.getAttribute('aria-disabled')).toBe('true');
    await asking.getByText(pairWords.whoSame).click();
    await choose.click();
    await people.sayWords(bob, true);
    // Two devices agree together, and one of them has no keys any more.
    await asking.getByText(pairWords.replacedSilent(bob.name)).waitFor();
    await asking.getByRole('link', { name: pairWords.useKey }).click();
    await asking.getByRole(...heading(en.recovery.title)).waitFor();
  });

  it('[F5, P5] is as new once its person begins anew, also after the next load', async () => {
    const alice = await stage.add('Alice phone');
    await people.createAccount(alice);
    await evict(alice);
    const page = await alice.open();
    await page.getByText(back.only).click();
    await page.getByRole(...button(back.anew)).click();
    await page.getByRole(...button(en.welcome.create)).waitFor();
    await page.reload();
    await page.getByRole(...button(en.welcome.create)).waitFor();
    expect(await page.getByRole(...heading(en.stage.lostTitle)).count()).toBe(0);
  });

  it('[F9] that does not open what it keeps is not called empty, and is asked again by a button', async () => {
    const alice = await stage.add('Alice phone');
    await people.createAccount(alice);
    await people.writeRecord(alice, { title: 'Boiler', text: 'Serviced in May.' });
    await alice.context.addInitScript(() => {
      const open = indexedDB.open.bind(indexedDB);
      indexedDB.open = (name, version) => {
        if (name === 'upkeep-main' && localStorage.getItem('is-stuck') !== null) {
          throw new DOMException('Internal error opening backing store', 'UnknownError');
        }
        return version === undefined ? open(name) : open(name, version);
      };
    });
    await alice.page().evaluate(() => localStorage.setItem('is-stuck', 'yes'));
    const page = await alice.open();
    await page.getByRole(...heading(unopened.title)).waitFor();
    await page.getByText(unopened.why['store-failed']).waitFor();
    await page.evaluate(() => localStorage.removeItem('is-stuck'));
    await page.getByRole(...button(unopened.tryAgain)).click();
    await people.openRecord(alice, 'Boiler');
  });
});

describe('a version under which the store does not open', () => {
  let browser: Browser;
  let folder: string;
  let app: RunningApp;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    await ensureBuild();
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upkeep-unopened-'));
    await layRelease(join(folder, 'app'), {});
    app = await startApp({ root: join(folder, 'app') });
    context = await browser.newContext();
    page = await context.newPage();
    await install(page, app.url);
    await createAccount(page);
    await page.getByRole('link', { name: en.common.updates }).click();
    return async () => {
      await closeContext(context);
      await app.close();
      await rm(folder, { recursive: true, force: true });
    };
  });

  it.each([
    // It knows an earlier layout of the tables than the one that lies there.
    ['newer', /=2,(\w+)=`meta`/g, '=1,$1=`meta`'],
    ['lost', '=`generation`', '=`generation of tables`'],
    ['failed', '=`meta`', '=`metal`'],
  ])('[H1, H2] is left at once, and all is there as before: %s', async (fault, text, by) => {
    const { active, ...slots } = await keptSlots(page);
    const before = active === null ? null : slots[active]?.manifest;
    await layRelease(join(folder, 'app'), await replacing(text, by));
    app.reload();
    await newerWaits(page);
    await page.getByRole(...button(updateWords.use)).click();
    await isBackAt(page, before);
    await page.getByText(updateWords.upToDate).waitFor();
    const { history, trial, quarantined } = await keptSlots(page);
    expect(history.at(-1)?.cause).toBe(`health store failed: open: ${fault}`);
    expect([trial, quarantined]).toEqual([null, [history.at(-1)?.from]]);
  });

  it('[H2, P5] is not every one on trial: a tab that waits for another one blames nothing', async () => {
    await layRelease(join(folder, 'app'), { 'assets/more.js': 'export const more = 1;\n' });
    app.reload();
    await newerWaits(page);
    const moved = page.waitForEvent('load');
    await page.getByRole(...button(updateWords.use)).click();
    await moved;
    await page.getByText(updateWords.trial).waitFor();
    const other = await context.newPage();
    await other.goto(app.url);
    await other.getByRole(...heading(en.stage.elsewhereTitle)).waitFor();
    await isSettled(page);
    expect((await keptSlots(page)).history.at(-1)?.outcome).toBe('good');
  });
});
