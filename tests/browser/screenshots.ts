import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { en } from '../../src/ui/words/en.js';
import { layCable } from './cable.js';
import { launchChromium } from './chromium.js';
import { LAPTOP, PHONE, makeDevice, type Device } from './device.js';
import { records } from './fixtures/sample-parts.js';
import * as people from './people.js';
import { startApp } from './serve.js';

/**
 * Takes the pictures of the manifest and the README anew: four real devices of a family, three
 * weeks of records, and a proposal that waits for whoever looks at the screen.
 */
const FOLDER = fileURLToPath(new URL('../../public/screenshots/', import.meta.url));
const DAY_MS = 86_400_000;
/** A Saturday afternoon; what is written before lies on the days before. */
const NOW_MS = Date.UTC(2026, 10, 21, 13, 20);
const STUCK_MS = 60_000;

const add = async (
  browser: Browser,
  port: number,
  name: string,
  isWide = false,
): Promise<Device> => {
  const context = await browser.newContext({
    viewport: isWide ? LAPTOP : PHONE,
    deviceScaleFactor: isWide ? 1 : 2,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(STUCK_MS);
  // As in a browser that the app is installed in: it has promised to keep what is stored.
  await context.addInitScript(() => {
    navigator.storage.persisted = () => Promise.resolve(true);
  });
  await context.clock.install({ time: NOW_MS - 21 * DAY_MS });
  return makeDevice(name, context, await layCable(port));
};

/** Lets the clocks of all devices stand at a day before the pictures are taken. */
const goBack = async (devices: readonly Device[], days: number): Promise<void> => {
  for (const { context } of devices) await context.clock.setSystemTime(NOW_MS - days * DAY_MS);
};

const app = await startApp();
const browser = await launchChromium();
try {
  const laptop = await add(browser, app.port, 'Anna’s laptop', true);
  const phone = await add(browser, app.port, 'Anna’s phone');
  const bens = await add(browser, app.port, 'Ben’s laptop', true);
  const away = await add(browser, app.port, 'Ben’s phone');
  const all = [laptop, phone, bens, away];

  await people.createAccount(laptop);
  await people.pairDevices(laptop, phone);
  await people.pairDevices(laptop, bens, [phone]);
  await people.pairDevices(laptop, away, [phone]);
  await people.proposeSnapshot(laptop, '');
  for (const device of [phone, away]) await people.sayYes(device, /^Tidy up/);
  for (const device of all) await people.holdsSnapshot(device, 1);
  for (const [index, { title, text, labels }] of [...records].reverse().entries()) {
    await goBack(all, 20 - 2 * index);
    if (index === 5) await away.shut();
    const [label] = labels;
    await people.writeRecord(index % 2 === 0 ? laptop : phone, {
      ...{ title, text },
      ...(label === undefined ? {} : { label }),
    });
  }
  const seen = phone.page().getByRole('button', { name: en.home.newcomer.putAway });
  await people.goTo(phone.page(), '#/');
  for (let left = await seen.count(); left > 0; left -= 1) {
    await seen.first().click();
    await seen.nth(left - 1).waitFor({ state: 'detached' });
  }
  await goBack(all, 0);
  await people.isInStep(bens, 3, 4);
  await people.proposeSnapshot(bens, 'before the move');

  await mkdir(FOLDER, { recursive: true });
  for (const [device, name] of [
    [phone, 'narrow'],
    [laptop, 'wide'],
  ] as const) {
    const page = device.page();
    await people.goTo(page, '#/');
    await page.getByRole('heading', { name: en.home.needsYou, exact: true }).waitFor();
    if (name === 'wide') await page.getByText(en.decision.same.title).waitFor();
    await people.isInStep(device, 3, 4);
    await page.mouse.move(0, 0);
    await page.screenshot({ path: `${FOLDER}${name}.png` });
  }
  for (const device of all) await device.discard();
} finally {
  await browser.close();
  await app.close();
}
