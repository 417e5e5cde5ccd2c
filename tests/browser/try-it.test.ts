import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { closeContext, launchChromium } from './chromium.js';
import { PATIENCE_MS } from './patience.js';
import { startApp, type RunningApp } from './serve.js';

let browser: Browser;
let app: RunningApp;
let context: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  app = await startApp();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await app.close();
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${app.url}#/try`);
});

afterEach(() => closeContext(context));

const deviceAt = (index: number): FrameLocator => page.frameLocator(`iframe >> nth=${index}`);
const press = (place: Page | FrameLocator | Locator, name: string | RegExp): Promise<void> =>
  place.getByRole('button', { name }).click();

describe('[P4] the page with three pretend devices', () => {
  it('[P4, P1] leads through account, pairing, record, proposal and approval', async () => {
    const laptop = deviceAt(0);
    const phone = deviceAt(1);
    await press(laptop, 'Create an account');
    await press(laptop, 'Create');

    await press(page, 'Open pairing on the laptop');
    await press(laptop, 'Show the code');
    await press(page, 'Hand the code to the phone');
    await press(phone, 'Join');
    const list = phone.getByRole('list', { name: pairWords.compareLabel });
    await list.waitFor();
    const words = await list.getByRole('listitem').allInnerTexts();
    expect(words).toHaveLength(4);
    await laptop.getByText(words.join(' '), { exact: true }).click();
    await press(laptop, pairWords.choose);
    await press(phone, pairWords.same);
    await press(laptop, 'See all devices');
    await press(phone, 'Go to Home');

    await press(page, 'Write on the laptop');
    await laptop.getByLabel('Title').fill('Boiler');
    await press(laptop, 'Save');
    await phone.getByRole('link', { name: 'Records' }).click();
    await phone.getByText('Boiler').waitFor();

    await press(page, 'Open Snapshots on the laptop');
    await laptop
      .getByRole('button', { name: /propose/i })
      .first()
      .click();
    await press(laptop.getByRole('dialog'), /propose/i);
    await press(page, 'Show the phone');
    await phone.getByRole('link', { name: /look and decide/i }).click();
    await phone.getByRole('button', { name: 'Approve' }).last().click();
    await page.getByText('Both hold the same').waitFor();
    expect(complaints).toEqual([]);
  });

  it('[P4] forgets all three when asked, and nothing of the account around them', async () => {
    await page.goto(app.url);
    await press(page, 'Create an account');
    await press(page, 'Create');
    await page.getByRole('link', { name: 'Devices' }).first().waitFor();
    await page.goto(`${app.url}#/try`);
    await press(deviceAt(0), 'Create an account');
    await press(deviceAt(0), 'Create');
    await deviceAt(0).getByRole('link', { name: 'Devices' }).waitFor();
    await press(page, 'Start again');
    await page.getByRole('dialog').getByRole('button', { name: 'Start again' }).click();
    await deviceAt(0).getByRole('button', { name: 'Create an account' }).waitFor();
    const names = await page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name),
    );
    expect(names).toContain('upkeep-main');
    expect(complaints).toEqual([]);
  });
});
