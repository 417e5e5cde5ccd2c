import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.js';
import { serveContractPage } from './page/serve.js';
import type { ContractPage } from './page/serve.js';
import { openContractPage } from './page/visit.js';

const START_MS_MAX = 1_200_000;

let browser: Browser;
let served: ContractPage;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchChromium(), serveContractPage()]);
}, START_MS_MAX);

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await openContractPage(context, served);
});

afterEach(() => context.close());

describe('writer lock in Chromium, between tabs', () => {
  it('[P5] of two tabs one writes; a take-over waits until the other has finished', async () => {
    const other = await openContractPage(context, served);
    const story: string[] = [];
    await page.exposeFunction('tell', (word: string) => void story.push(word));
    const first = await page.evaluateHandle(() =>
      window.upkeep.createWriterLock('shared', window.upkeep.createBrowserClock()),
    );
    const second = await other.evaluateHandle(() =>
      window.upkeep.createWriterLock('shared', window.upkeep.createBrowserClock()),
    );
    await first.evaluate((lock) =>
      lock.onTakenOver(async () => {
        const { tell } = window as unknown as { tell: (word: string) => Promise<void> };
        await tell('first has finished');
      }),
    );
    expect(await first.evaluate((lock) => lock.acquire())).toBe('held');
    expect(await second.evaluate((lock) => lock.acquire())).toBe('elsewhere');
    await second.evaluate((lock) => lock.takeOver());
    story.push('second writes');
    expect(await first.evaluate((lock) => lock.acquire())).toBe('elsewhere');
    expect(story).toEqual(['first has finished', 'second writes']);
  });

  it('[P5] a tab that closes lets go by itself, and profiles do not meet', async () => {
    const other = await openContractPage(context, served);
    const acquire = (tab: Page, profile: string): Promise<string> =>
      tab.evaluate(
        (name) =>
          window.upkeep.createWriterLock(name, window.upkeep.createBrowserClock()).acquire(),
        profile,
      );
    expect(await acquire(other, 'shared')).toBe('held');
    expect(await acquire(page, 'shared')).toBe('elsewhere');
    expect(await acquire(page, 'mine')).toBe('held');
    await other.close();
    await page.evaluate(() =>
      window.upkeep.createWriterLock('shared', window.upkeep.createBrowserClock()).takeOver(),
    );
  });

  it('[P5] a tab that does not answer loses the lock after two askings, told once', async () => {
    const outcome = await page.evaluate(async () => {
      const clock = window.upkeep.createManualClock();
      const hung = window.upkeep.createWriterLock('hung', clock);
      let told = 0;
      hung.onTakenOver(() => {
        told += 1;
        return new Promise<void>(() => undefined);
      });
      await hung.acquire();
      const taker = window.upkeep.createWriterLock('hung', clock);
      let isHeld = false;
      const taking = taker.takeOver().then(() => {
        isHeld = true;
      });
      let askings = 0;
      while (!isHeld) {
        if (clock.waiting() > 0) {
          askings += 1;
          clock.advance(3000);
        }
        await new Promise((resolve) => {
          setTimeout(resolve);
        });
      }
      await taking;
      return { askings, told, hung: await hung.acquire(), taker: await taker.acquire() };
    });
    expect(outcome).toEqual({ askings: 2, told: 1, hung: 'elsewhere', taker: 'held' });
  });

  it('[P5] a holder that hears nothing is told when the lock is taken by force', async () => {
    const told = await page.evaluate(async () => {
      const lock = window.upkeep.createWriterLock('forced', window.upkeep.createBrowserClock());
      await lock.acquire();
      const taken = new Promise<string>((resolve) => {
        lock.onTakenOver(() => resolve('told'));
      });
      void navigator.locks.request('upkeep-forced-writer', { steal: true }, () => undefined);
      return taken;
    });
    expect(told).toBe('told');
  });

  it('[P5] a tab that is asked for the pen while it opens closes first, and opens no more', async () => {
    const other = await openContractPage(context, served);
    const story: string[] = [];
    await context.exposeFunction('tell', (word: string) => void story.push(word));
    const opening = await page.evaluateHandle(() => {
      const { tell } = window as unknown as { tell: (word: string) => Promise<void> };
      const asked = new Promise<void>((resolve) => {
        new BroadcastChannel('upkeep-early-writer').onmessage = () => resolve();
      });
      // What its code is, it is told only once the pen was asked for: until then it opens.
      let opens = (): void => undefined;
      const isOpening = new Promise<void>((resolve) => (opens = resolve));
      const bundles = {
        state: async () => {
          opens();
          await asked;
          await tell('first was asked');
          return {
            loader: { version: 1, inPlace: null, coming: null, strangers: [] },
            ...{ active: null, running: null, idle: null, trial: null, floor: null },
            ...{ quarantined: [], history: [] },
          };
        },
        subscribe: () => () => void tell('first has closed'),
      } as unknown as NonNullable<
        Parameters<typeof window.upkeep.openBrowserReplica>[0]['bundles']
      >;
      const options = { profile: 'early', rendezvousUrls: [], bundles };
      const onTakenOver = () => void tell('first was told');
      const onPen = () => void tell('first has the pen');
      return {
        isOpening,
        opened: window.upkeep.openBrowserReplica({ ...options, onTakenOver, onPen }),
      };
    });
    await opening.evaluate(({ isOpening }) => isOpening);
    const second = await other.evaluateHandle(async () => {
      let has = (): void => undefined;
      const pen = new Promise<void>((resolve) => (has = resolve));
      const options = { profile: 'early', rendezvousUrls: [], onPen: () => has() };
      const opened = await window.upkeep.openBrowserReplica(options);
      if (!opened.ok) throw new Error(opened.error.message);
      opened.value.takeOver();
      return { stage: opened.value.view().stage, pen };
    });
    await second.evaluate(({ pen }) => pen);
    story.push('second has the pen');
    const stage = await opening.evaluate(async ({ opened }) => {
      const first = await opened;
      return first.ok ? first.value.view().stage : first.error.kind;
    });
    expect([await second.evaluate((tab) => tab.stage), stage]).toEqual(['elsewhere', 'elsewhere']);
    expect(story).toEqual(['first was asked', 'first has closed', 'second has the pen']);
    // Whoever gave it away may have it back, once the other one is closed or asked.
    await other.close();
    await opening.evaluate(async ({ opened }) => {
      const first = await opened;
      if (first.ok) first.value.takeOver();
    });
    await expect.poll(() => story.at(-1)).toBe('first has the pen');
  });
});

describe('WebCrypto vault in Chromium', () => {
  it('[F9] the keys survive a reload, are the browser’s own, and never leave it', async () => {
    const made = await page.evaluate(async () => {
      const keys = await window.upkeep.createWebCryptoVault('kept').create();
      return keys.signer.device;
    });
    await page.reload();
    await page.waitForFunction(() => window.upkeep !== undefined);
    const found = await page.evaluate(async () => {
      const keys = await window.upkeep.createWebCryptoVault('kept').load();
      const row = await new Promise<Record<string, unknown>>((resolve, reject) => {
        const opening = indexedDB.open('upkeep-kept-keys');
        opening.onerror = () => reject(new Error('no keys'));
        opening.onsuccess = () => {
          const store = opening.result.transaction('keys').objectStore('keys');
          const reading = store.getAllKeys();
          reading.onsuccess = () => {
            const getting = store.get('device');
            getting.onsuccess = () => resolve({ ...getting.result, names: reading.result });
          };
        };
      });
      const secrets = [row['signing'], row['agreement']] as CryptoKey[];
      const exports = await Promise.allSettled(
        secrets.flatMap((key) =>
          (['pkcs8', 'raw', 'jwk'] as const).map((format) => crypto.subtle.exportKey(format, key)),
        ),
      );
      return {
        device: keys?.signer.device,
        storage: keys?.signer.storage,
        form: row['form'],
        names: row['names'],
        extractable: secrets.map((key) => key.extractable),
        exported: exports.filter(({ status }) => status === 'fulfilled').length,
      };
    });
    expect(found).toEqual({
      device: made,
      storage: 'soft',
      form: 'native',
      names: ['device'],
      extractable: [false, false],
      exported: 0,
    });
  });
});
