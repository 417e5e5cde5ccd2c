import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { en } from '../../src/ui/words/en.js';
import { pair as pairWords } from '../../src/ui/words/en/later/pair.js';
import { type CameraFilm, createFilm, drawQr, readQr } from './camera-film.js';
import { launchChromium } from './chromium.js';
import { startDevice, type Device } from './device.js';
import { setStage } from './journey-stage.js';
import * as people from './people.js';

const stage = setStage();
let film: CameraFilm;
let browser: Browser;
let blind: Browser;

beforeAll(async () => {
  film = await createFilm();
  browser = await launchChromium({ args: [...film.flags] });
  blind = await launchChromium({ args: ['--use-fake-device-for-media-stream=device-count=0'] });
});
afterAll(async () => {
  await Promise.all([browser.close(), blind.close()]);
  await film.discard();
});

const start = async (from: Browser, name: string): Promise<Device> =>
  stage.adopt(await startDevice(from, stage.app().port, name));

/** Answers the browser's question for good: what is not allowed here is refused. */
const allow = (device: Device, ...what: readonly string[]): Promise<void> =>
  device.context.grantPermissions([...what]);

/** From Welcome to where the camera would be. */
const startScanning = async (device: Device): Promise<Page> => {
  const page = await device.open();
  await page.getByRole('link', { name: en.welcome.join }).click();
  await page.getByRole('button', { name: pairWords.scan, exact: true }).click();
  return page;
};

describe('the camera', () => {
  it('[N9] says of another code that it is none of ours, and goes on until it sees one', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await start(browser, 'Bob phone');
    await allow(bob, 'camera');
    await people.createAccount(alice);
    await people.showCode(alice);
    await film.show(null);
    const page = await startScanning(bob);
    await page.getByText(pairWords.scanHint).waitFor();
    await film.show(drawQr('https://example.org/menu'));
    await page.getByText(pairWords.notACode).waitFor();
    await film.show(await readQr(alice, pairWords.qrLabel));
    await page.getByText(pairWords.codeGood).waitFor();
  });

  it('[N9] that is missing is said to be missing, and a photo of the code does', async () => {
    const alice = await stage.add('Alice phone');
    const bob = await start(blind, 'Bob phone');
    await allow(bob, 'camera');
    await people.createAccount(alice);
    await people.showCode(alice);
    const page = await startScanning(bob);
    await page.getByText(pairWords.cameraFailure.missing).waitFor();

    const give = async (buffer: Buffer): Promise<void> => {
      const choosing = page.waitForEvent('filechooser');
      await page.getByRole('button', { name: pairWords.photo }).click();
      await (await choosing).setFiles({ name: 'photo.png', mimeType: 'image/png', buffer });
    };
    await give(await page.screenshot());
    await page.getByText(pairWords.photoBlank).waitFor();
    await give(await alice.page().screenshot());
    await page.getByText(pairWords.codeGood).waitFor();
    await page.getByRole('button', { name: pairWords.joinNow, exact: true }).click();
    await people.readWords(bob);
  });

  it('[N9] that is refused says how to allow it, and typing the code is one tap away', async () => {
    const bob = await start(browser, 'Bob phone');
    await allow(bob);
    const page = await startScanning(bob);
    await page.getByText(pairWords.cameraFailure.refused).waitFor();
    await page.getByRole('button', { name: pairWords.scanStop }).click();
    await page.getByLabel(pairWords.code, { exact: true }).waitFor();
  });
});
