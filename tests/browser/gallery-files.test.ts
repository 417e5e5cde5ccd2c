import { describe, expect, it } from 'vitest';
import { FILES_HASH } from './fixtures/samples-files.js';
import { stageGallery } from './gallery-stage.js';
import { judgeScreen } from './judging.js';
import { findFaultsInLooks, findTightPlaces } from './screen-checks.js';

/** Files on records, and the room that they take; opened by what names. */
const SCREENS: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'files', hash: FILES_HASH, names: [] },
  { sample: 'files', hash: FILES_HASH, names: [/^Edit$/] },
  { sample: 'files', hash: '#/storage', names: [] },
  { sample: 'alone', hash: '#/storage', names: [] },
  { sample: 'little-room', hash: '#/storage', names: [] },
  { sample: 'files', hash: FILES_HASH, names: [/^IMG_2041/] },
  { sample: 'files', hash: FILES_HASH, names: [/^How the valve/] },
  { sample: 'files', hash: FILES_HASH, names: [/^Bill May/, /^Remove$/] },
  { sample: 'files-coming', hash: FILES_HASH, names: [] },
  { sample: 'files-coming', hash: '#/', names: [/^In step/] },
  { sample: 'files-coming', hash: '#/storage', names: [] },
  { sample: 'little-room', hash: '#/', names: [] },
  { sample: 'cleared', hash: '#/caches', names: [/^Work out again$/] },
  { sample: 'cleared', hash: '#/storage', names: [] },
  { sample: 'alone', hash: '#/caches', names: [] },
  { sample: 'little-room', hash: '#/records/new', names: [] },
];

const stage = stageGallery();
const upload = (name: string, text = 'kept') => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(text),
});

describe('[P1] files on the screens', () => {
  it.each(SCREENS)('[P1] $sample at $hash, by $names: no fault', async (screen) => {
    await stage.open(screen.sample, screen.hash, screen.names);
    await judgeScreen(stage);
  });

  it('[P1] a picture is drawn, and nothing that only calls itself one', async () => {
    const { page } = stage;
    await stage.open('files', FILES_HASH, [/^IMG_2041/]);
    const drawn = page.getByRole('img', { name: 'Picture: IMG_2041.jpg' });
    await drawn.waitFor();
    const width = drawn.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return image.naturalWidth;
    });
    expect(await width).toBe(1200);
    expect(await drawn.getAttribute('src')).toMatch(/^blob:/u);
    await page.keyboard.press('Escape');
    await page.setInputFiles('input[type=file]', {
      ...{ name: 'drawing.png', mimeType: 'image/svg+xml' },
      buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    });
    await page.getByRole('button', { name: /^drawing.png/u }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save a copy' }).waitFor();
    expect(await page.getByRole('img', { name: /drawing/u }).count()).toBe(0);
  });

  it('[P1] a copy is saved under its name, as mere bytes', async () => {
    const { page } = stage;
    await stage.open('files', FILES_HASH, [/^Bill May/]);
    const came = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save a copy' }).click();
    expect((await came).suggestedFilename()).toBe('Bill May 2026.pdf');
  });

  it('[P1] files are chosen before the record is saved; one that fails is kept and named', async () => {
    const { page } = stage;
    await stage.open('files', FILES_HASH, [/^Edit$/]);
    const chosen = [upload('list.txt'), upload('no room for this.txt'), upload('left out.txt')];
    await page.setInputFiles('input[type=file]', chosen);
    await page
      .getByText(/Is added when you save/u)
      .first()
      .waitFor();
    expect(await findFaultsInLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Leave out left out.txt' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: /^list.txt/u }).waitFor();
    await page
      .getByText('There is not enough room: it needs 9\u00a0MB, and 4\u00a0MB are left.')
      .waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(await page.getByText('left out.txt').count()).toBe(0);
    expect(await findTightPlaces(page)).toEqual([]);
  });

  it('[P1] the copy here is let go of, unless it may be the only one', async () => {
    const { page } = stage;
    await stage.open('files', FILES_HASH, [/^Bill May/, /^Let go of it here/]);
    await page.getByText('Let go. Opening it fetches it again.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Bill May.*on another device/u }).waitFor();
    await page.getByRole('button', { name: /^IMG_2041/u }).click();
    await page.getByRole('button', { name: /^Let go of it here/u }).click();
    await page.getByText(/^This may be the only copy/u).waitFor();
  });
});
