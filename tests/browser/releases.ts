import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Manifest, encodeManifest } from '../../src/core/upgrades/manifest.js';
import type { Slots } from '../../src/core/upgrades/slots.js';
import { describeBuild } from '../../src/server/release.js';
import { en } from '../../src/ui/words/en.js';
import { updates as updateWords } from '../../src/ui/words/en/later/updates.js';
import { PATIENCE_MS, PATIENTLY } from './patience.js';
import { APP_ROOT } from './serve.js';

/** Puts the built app, with some files changed, into a served folder, and says what it is. */
export const layRelease = async (
  folder: string,
  files: Readonly<Record<string, string>>,
  changes: Partial<Manifest> = {},
): Promise<Manifest> => {
  await rm(folder, { recursive: true, force: true });
  await cp(APP_ROOT, folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const manifest = { ...(await describeBuild(folder)), ...changes };
  await writeFile(join(folder, 'release.cbor'), encodeManifest(manifest));
  return manifest;
};

/** The files of the built app that hold a text, with another one in its place. */
export const replacing = async (
  text: string | RegExp,
  by: string,
): Promise<Record<string, string>> => {
  const changed: Record<string, string> = {};
  for (const name of await readdir(APP_ROOT, { recursive: true })) {
    const held = name.endsWith('.js') ? await readFile(join(APP_ROOT, name), 'utf8') : '';
    const next = held.replaceAll(text, by);
    if (next !== held) changed[name] = next;
  }
  if (Object.keys(changed).length === 0) throw new Error(`nothing holds ${text}`);
  return changed;
};

/** Lets the page ask its host, as it does when it is looked at again. */
export const askHost = (page: Page): Promise<void> =>
  page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));

/** What the loader keeps, read as it lies there. */
export const keptSlots = (page: Page): Promise<Slots> =>
  page.evaluate(
    () =>
      new Promise<Slots>((resolve, reject) => {
        const opening = indexedDB.open('upkeep.loader');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const asked = database.transaction('kept').objectStore('kept').get('slots');
          asked.onsuccess = () => {
            database.close();
            resolve(asked.result as Slots);
          };
        };
      }),
  );

/** Waits until another release than this page's lies here whole. */
export const newerWaits = async (page: Page): Promise<void> => {
  await askHost(page);
  await expect
    .poll(async () => {
      const { a, b } = await keptSlots(page);
      return [a?.stage, b?.stage];
    }, PATIENTLY)
    .toContain('staged');
};

/** Waits until no trial is on. */
export const isSettled = (page: Page): Promise<void> =>
  expect
    .poll(async () => {
      const { trial, active, ...slots } = await keptSlots(page);
      return [trial, active === null ? null : slots[active]?.stage];
    }, PATIENTLY)
    .toEqual([null, 'good']);

/** Moves the page to what was staged, as a person does, and waits until the trial is over. */
export const moveToNewer = async (page: Page): Promise<void> => {
  const moved = page.waitForEvent('load');
  await page.getByRole('button', { name: updateWords.use }).click();
  await moved;
  await isSettled(page);
};

/** The bundle that the loader says this page is of; null where it came past it. */
export const bundleOf = (page: Page): Promise<string | null> =>
  page.evaluate(
    () => document.querySelector<HTMLMetaElement>('meta[name="upkeep-bundle"]')?.content ?? null,
  );

/**
 * Waits until the trial of another bundle has failed here, and this page is of the one before once
 * more. Whatever is read of the page before that is lost with the load that the page does by itself.
 */
export const isBackAt = async (page: Page, manifest: string | null | undefined): Promise<void> => {
  await expect
    .poll(async () => (await keptSlots(page)).history.at(-1)?.outcome, PATIENTLY)
    .toBe('rolled-back');
  await expect.poll(() => bundleOf(page), PATIENTLY).toBe(manifest);
};

export const createAccount = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: en.welcome.create }).click();
  await page.getByRole('button', { name: en.welcome.createNow }).click();
  await page.getByRole('link', { name: en.common.updates }).waitFor();
};

export const isDrawn = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => (document.querySelector('#app')?.childElementCount ?? 0) > 0);

/** Opens the app, and waits until its first bundle lies here and the loader is in control. */
export const install = async (page: Page, url: string): Promise<void> => {
  page.context().setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  await isDrawn(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
};
