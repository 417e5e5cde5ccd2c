import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.js';
import { serveContractPage } from './page/serve.js';
import type { ContractPage } from './page/serve.js';
import { suites } from './page/suites.js';
import { openContractPage } from './page/visit.js';

const START_MS_MAX = 1_200_000;

let browser: Browser;
let served: ContractPage;
let page: Page;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchChromium(), serveContractPage()]);
  page = await openContractPage(await browser.newContext(), served);
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

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
