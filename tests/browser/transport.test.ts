import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attachRendezvous, type Rendezvous } from '../../src/server/rendezvous.js';
import { transportContract, type TransportPair } from '../contract/transport-contract.js';
import { launchChromium } from './chromium.js';
import { openPageTransport, servePage, type PageServer } from './transport-page.js';

let browser: Browser;
let pages: PageServer;
let rendezvous: Rendezvous;

beforeAll(async () => {
  pages = await servePage();
  rendezvous = attachRendezvous(pages.server);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await rendezvous?.close();
  await pages?.close();
});

const makePair = async (): Promise<TransportPair> => {
  const contexts = [await browser.newContext(), await browser.newContext()];
  const [left, right] = await Promise.all(
    contexts.map((context) => openPageTransport(context, pages.url, [pages.socketUrl])),
  );
  return {
    left: left!,
    right: right!,
    close: async () => {
      expect([...left!.errors, ...right!.errors]).toEqual([]);
      for (const context of contexts) await context.close();
    },
  };
};

describe('transport contract, between two browser contexts', () => {
  for (const { title, run } of transportContract) it(title, () => run(makePair));
});
