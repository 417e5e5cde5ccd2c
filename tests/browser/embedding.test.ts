import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeContext, launchChromium } from './chromium.js';
import { startEmbeddingApp, type EmbeddingApp } from './packed-library.js';
import { PATIENCE_MS, PATIENTLY } from './patience.js';

let app: EmbeddingApp;
let browser: Browser;

beforeAll(async () => {
  [app, browser] = await Promise.all([startEmbeddingApp(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

const openDevice = async (errors: string[]): Promise<Page> => {
  const context = await browser.newContext();
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(app.url);
  return page;
};
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name, exact: true }).click();
const begin = async (page: Page, device: string, code: string): Promise<void> => {
  await page.getByLabel('This device').fill(device);
  await page.getByLabel('Code of the other device').fill(code);
  await press(page, 'Begin');
};
const water = async (page: Page, plant: string): Promise<void> => {
  await page.getByLabel('Plant').fill(plant);
  await press(page, 'Watered');
};
const plant = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name });
const says = (page: Page, text: string): Promise<void> =>
  page.getByRole('status').filter({ hasText: text }).waitFor();

describe('an app that embeds the packed library', () => {
  it('[P2] pairs two devices, shares a log, lets its past go and keeps it when it starts again', async () => {
    const errors: string[] = [];
    const [alice, bob] = [await openDevice(errors), await openDevice(errors)];
    await begin(alice, 'Alice’s tablet', '');
    await water(alice, 'Fern');
    await press(alice, 'Add a device');
    const code = alice.locator('code').filter({ hasText: /\S/ });
    await begin(bob, 'Bob’s phone', (await code.textContent()) ?? '');
    for (const page of [bob, alice]) await press(page, 'Yes');
    await plant(bob, 'Fern').waitFor();
    await water(bob, 'Cactus');
    await plant(alice, 'Cactus').waitFor();
    const isReader = (url: string): boolean => /\/upkeep-reader-[\w-]+\.js$/.test(url);
    const readers = (): number => alice.workers().filter((worker) => isReader(worker.url())).length;
    await expect.poll(readers, PATIENTLY).toBe(1);

    await says(alice, '2 in step');
    await press(alice, 'Let old history go');
    await press(bob, 'Agree to let it go');
    for (const page of [alice, bob]) await says(page, '1 let go');

    await closeContext(bob.context());
    await alice.reload();
    await says(alice, 'member, 1 in step, 1 let go');
    for (const name of ['Fern', 'Cactus']) await plant(alice, name).waitFor();
    await closeContext(alice.context());
    expect(errors).toEqual([]);
    expect(
      app.packed.filter((path) => /svelte|\.ts$/.test(path) && !/\.d\.ts$/.test(path)),
    ).toEqual([]);
  });
});
