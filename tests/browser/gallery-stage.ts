import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { launchChromium } from './chromium.js';
import { type Gallery, serveGallery } from './gallery-page.js';
import { PHONE } from './screen-checks.js';

/** The gallery as one file of tests has it: a page of its own for each test. */
export interface GalleryStage {
  readonly page: Page;
  /** What the page's policy stopped and what its scripts threw, in this test. */
  readonly complaints: readonly string[];
  /** Opens a screen, waits until it has its heading, and presses what leads on, in this order. */
  readonly open: (sample: string, hash: string, names?: readonly RegExp[]) => Promise<void>;
}

/** Sets the gallery up around the tests of the file that calls this. */
export const stageGallery = (): GalleryStage => {
  let browser: Browser;
  let gallery: Gallery;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    gallery = await serveGallery(inject('galleryFolder'));
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
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
    });
  });

  afterEach(() => context.close());

  return {
    get page() {
      return page;
    },
    get complaints() {
      return complaints;
    },
    open: async (sample, hash, names = []) => {
      await page.goto(gallery.urlOf(sample, hash));
      await page.getByRole('heading').first().waitFor();
      for (const name of names) {
        const tab = page.getByRole('tab', { name });
        const summary = page.locator('summary', { hasText: name });
        await page.getByRole('button', { name }).or(tab).or(summary).first().click();
      }
    },
  };
};
