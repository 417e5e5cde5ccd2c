import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.js';
import { serveContractPage } from './page/serve.js';
import type { ContractPage } from './page/serve.js';
import { suites } from './page/suites.js';

const START_MS_MAX = 1_200_000;

let browser: Browser;
let served: ContractPage;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchChromium(), serveContractPage()]);
  context = await browser.newContext();
  page = await openPage(context);
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

const openPage = async (where: BrowserContext): Promise<Page> => {
  const opened = await where.newPage();
  await opened.goto(served.origin);
  await opened.waitForFunction(() => window.upkeep !== undefined);
  return opened;
};

for (const { name, titles } of suites) {
  describe(`${name}, in Chromium`, () => {
    for (const [index, title] of titles.entries()) {
      it(title, async () => {
        const failure = await page.evaluate(([suite, at]) => window.upkeep.runCase(suite, at), [
          name,
          index,
        ] as const);
        expect(failure).toBe(null);
      });
    }
  });
}
