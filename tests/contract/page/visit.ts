import type { BrowserContext, Page } from 'playwright-core';
import type { ContractPage } from './serve.js';

/** Opens a tab on the page of the contract suites and waits until its adapters can be reached. */
export const openContractPage = async (
  context: BrowserContext,
  served: ContractPage,
): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(served.origin);
  await page.waitForFunction(() => window.upkeep !== undefined);
  return page;
};
