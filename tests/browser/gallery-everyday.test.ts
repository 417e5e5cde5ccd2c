import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from './chromium.js';
import { hex } from './fixtures/sample-parts.js';
import { READING_HASH } from './fixtures/samples-everyday.js';
import { type Gallery, serveGallery } from './gallery-page.js';
import {
  LOOKS,
  NARROW,
  PHONE,
  findFaults,
  findSideways,
  findSmallTargets,
  resizeTo,
} from './screen-checks.js';

const DECISION = `#/decision/${hex('de')}`;

/** Pairing, reading and writing: one screen after the other as people meet them. */
const SCREENS: readonly (readonly [sample: string, hash: string])[] = [
  ['empty', '#/pair'],
  ['empty', '#/join/115GZ'],
  ['inviting', '#/pair'],
  ['inviting-over', '#/pair'],
  ['seeking-long', '#/'],
  ['compare-inviter', '#/pair'],
  ['compare-confirmed', '#/'],
  ['pair-waiting', '#/pair'],
  ['receiving', '#/'],
  ['done-inviter', '#/pair'],
  ['done-newcomer', '#/pair'],
  ['failed-code', '#/'],
  ['failed-words', '#/'],
  ['failed-inviter', '#/pair'],
  ['reading', READING_HASH],
  ['late-edits', '#/records'],
  ['ten-thousand', '#/records'],
  ['quiet', '#/try'],
];

/** What opens over a screen, or within it, by the buttons that lead there. */
const OPENED: readonly { sample: string; hash: string; names: readonly RegExp[] }[] = [
  { sample: 'needs-me', hash: DECISION, names: [/^Refuse/] },
  { sample: 'needs-me', hash: DECISION, names: [/^Add a comment/] },
  { sample: 'needs-me', hash: DECISION, names: [/^Details/] },
  { sample: 'needs-me', hash: DECISION, names: [/^Raw/] },
  { sample: 'quiet', hash: '#/snapshots', names: [/^Propose/] },
  { sample: 'quiet', hash: '#/snapshots', names: [/^Snapshot 12/] },
  { sample: 'quiet', hash: '#/devices', names: [/^Anna’s laptop/] },
  { sample: 'quiet', hash: '#/devices', names: [/^Anna’s phone/, /^Rename/] },
  { sample: 'quiet', hash: '#/', names: [/^In step/] },
  { sample: 'reading', hash: READING_HASH, names: [/^Remove/] },
  { sample: 'reading', hash: READING_HASH, names: [/^Edit/] },
  { sample: 'empty', hash: '#/', names: [/^Create an account/] },
  { sample: 'quiet', hash: '#/try', names: [/^Start again/] },
];

let browser: Browser;
let gallery: Gallery;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  gallery = await serveGallery();
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await gallery.close();
});

beforeEach(async () => {
  context = await browser.newContext({
    viewport: PHONE,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
});

afterEach(() => context.close());

const open = async (sample: string, hash: string, names: readonly RegExp[]): Promise<void> => {
  await page.goto(gallery.urlOf(sample, hash));
  await page.getByRole('heading').first().waitFor();
  for (const name of names) {
    const tab = page.getByRole('tab', { name });
    await page.getByRole('button', { name }).or(tab).first().click();
  }
};

/** Judges what stands there now, in every look, by every measure. */
const judge = async (): Promise<void> => {
  expect(await findSmallTargets(page)).toEqual([]);
  for (const [viewport, colorScheme] of LOOKS) {
    await resizeTo(page, viewport);
    await page.emulateMedia({ colorScheme });
    expect(await findFaults(page), `${viewport.width} px, ${colorScheme}`).toEqual([]);
  }
  await resizeTo(page, NARROW);
  expect(await findSideways(page), 'at 320 px').toEqual([]);
  await resizeTo(page, PHONE);
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
  expect(await findSideways(page), 'with text at 200 %').toEqual([]);
};

describe('[P1] the screens of every day', () => {
  it.each(SCREENS)('[P1] %s at %s: no fault, in any look', async (sample, hash) => {
    await open(sample, hash, []);
    await judge();
  });

  it.each(OPENED)('[P1] $sample, opened by $names: no fault either', async (opened) => {
    await open(opened.sample, opened.hash, opened.names);
    await judge();
  });
});
