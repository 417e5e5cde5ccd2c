import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium, launchPersistent } from '../browser/chromium.js';
import type { Change, Durability } from '../../src/ports/store.js';
import { serveContractPage } from './page/serve.js';
import type { ContractPage } from './page/serve.js';
import { openContractPage } from './page/visit.js';

const START_MS_MAX = 1_200_000;
const QUOTA_BYTES = 2 * 1024 * 1024;

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

describe('idb store in Chromium, when the device fails', () => {
  it('[F9] a full device is told as quota, with nothing half-written, and recovers', async () => {
    const session = await context.newCDPSession(page);
    const setQuota = (quotaSize?: number): Promise<unknown> =>
      session.send('Storage.overrideQuotaForOrigin', {
        origin: served.origin,
        ...(quotaSize === undefined ? {} : { quotaSize }),
      });
    // Before the first write: the browser remembers for a while how much room it saw.
    await setQuota(QUOTA_BYTES);
    const store = await page.evaluateHandle(async () => {
      const opened = await window.upkeep.openIdbStore('full');
      if (!opened.ok) throw new Error(opened.error.kind);
      return opened.value;
    });
    const commitLarge = (durability: Durability): Promise<string> =>
      store.evaluate(async (opened, how) => {
        const changes = Array.from({ length: 64 }, (_, at): Change => ({
          kind: 'put',
          table: at % 2 === 0 ? 'facts' : 'own',
          key: `row ${at}`,
          value: crypto.getRandomValues(new Uint8Array(65_536)),
        }));
        const result = await opened.commit(changes, how);
        return result.ok ? 'ok' : result.error.kind;
      }, durability);
    const countRows = (): Promise<readonly number[]> =>
      store.evaluate(async (opened) => {
        const tables = await Promise.all([opened.read('facts'), opened.read('own')]);
        return tables.map((rows) => (rows.ok ? rows.value.length : -1));
      });

    expect(await commitLarge('strict')).toBe('quota');
    expect(await commitLarge('relaxed')).toBe('quota');
    expect(await countRows()).toEqual([0, 0]);
    await setQuota();
    expect(await commitLarge('strict')).toBe('ok');
    expect(await countRows()).toEqual([32, 32]);
  });

  const losses: readonly [string, () => Promise<unknown>][] = [
    [
      'another tab deletes it',
      async () => {
        const other = await openContractPage(context, served);
        await other.evaluate(
          () =>
            new Promise<void>((resolve, reject) => {
              const deleting = indexedDB.deleteDatabase('upkeep-gone');
              deleting.onsuccess = () => resolve();
              deleting.onerror = () => reject(new Error('not deleted'));
            }),
        );
      },
    ],
    [
      'the browser clears the site',
      async () => {
        const session = await context.newCDPSession(page);
        const { origin } = served;
        await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
      },
    ],
  ];
  for (const [how, lose] of losses) {
    it(`[F9] a database that is gone is reported and never made anew: ${how}`, async () => {
      const store = await page.evaluateHandle(async () => {
        const opened = await window.upkeep.openIdbStore('gone');
        if (!opened.ok) throw new Error(opened.error.kind);
        const row: Change = { kind: 'put', table: 'own', key: 'fence', value: Uint8Array.of(1) };
        await opened.value.commit([row], 'strict');
        const lost = new Promise<string>((resolve) => {
          opened.value.onLost((error) => resolve(error.kind));
        });
        return { store: opened.value, row, lost };
      });
      await lose();
      const told = await store.evaluate(async ({ store: opened, row, lost }) => {
        const kinds = [await lost];
        for (const result of [
          await opened.commit([row], 'strict'),
          await opened.read('own'),
          await opened.get('own', 'fence'),
        ]) {
          kinds.push(result.ok ? 'ok' : result.error.kind);
        }
        const names = (await indexedDB.databases()).map(({ name }) => name);
        return { kinds, names };
      });
      expect(told).toEqual({ kinds: ['lost', 'lost', 'lost', 'lost'], names: [] });
    });
  }

  it('[F9] a database that another made anew after deleting ours is not taken for it', async () => {
    const kinds = await page.evaluate(async () => {
      const row: Change = { kind: 'put', table: 'own', key: 'fence', value: Uint8Array.of(1) };
      const first = await window.upkeep.openIdbStore('anew');
      if (!first.ok) throw new Error(first.error.kind);
      await first.value.commit([row], 'strict');
      const deleting = indexedDB.deleteDatabase('upkeep-anew');
      const second = await window.upkeep.openIdbStore('anew');
      if (!second.ok) throw new Error(second.error.kind);
      const results = [
        await first.value.get('own', 'fence'),
        await second.value.get('own', 'fence'),
      ];
      return [
        deleting.error,
        ...results.map((result) => (result.ok ? result.value : result.error)),
      ];
    });
    expect(kinds).toEqual([null, { kind: 'lost' }, null]);
  });

  it('[F9] a newer tab that raises the version ends the older store, not stuck, and nothing is called lost', async () => {
    const kind = await page.evaluate(async () => {
      const store = await window.upkeep.openIdbStore('newer');
      if (!store.ok) throw new Error(store.error.kind);
      await new Promise<void>((resolve, reject) => {
        const raising = indexedDB.open('upkeep-newer', 99);
        raising.onsuccess = () => resolve();
        raising.onerror = () => reject(new Error('not raised'));
      });
      const read = await store.value.read('own');
      const again = await window.upkeep.openIdbStore('newer');
      return [read, again].map((result) => (result.ok ? 'ok' : result.error.kind));
    });
    expect(kind).toEqual(['newer', 'newer']);
  });
});

describe('idb store in Chromium, when the browser is killed', () => {
  for (const durability of ['strict', 'relaxed'] as const) {
    it(`[F9] nothing acknowledged is lost, nothing is halved: ${durability}`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'upkeep-killed-'));
      try {
        const acknowledged = await writeUntilKilled(directory, durability);
        const { facts, own } = await rowsAfterwards(directory);
        expect(facts).toEqual(own);
        expect(facts).toEqual(facts.map((_, at) => String(at).padStart(6, '0')));
        expect(facts.length).toBeGreaterThanOrEqual(acknowledged);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    });
  }
});

const ACKNOWLEDGED_MIN = 60;

/** Commits pairs of rows without a pause, kills the browser, and tells how many were certain. */
const writeUntilKilled = async (directory: string, durability: Durability): Promise<number> => {
  const killed = await launchPersistent(directory);
  const tab = await openContractPage(killed, served);
  let acknowledged = 0;
  let enough = (): void => undefined;
  const isEnough = new Promise<void>((resolve) => {
    enough = resolve;
  });
  await tab.exposeFunction('acknowledge', (count: number) => {
    acknowledged = count;
    if (count >= ACKNOWLEDGED_MIN) enough();
  });
  const gone = new Promise<void>((resolve) => killed.once('close', () => resolve()));
  const writing = tab.evaluate(writeForEver, durability).catch(() => undefined);
  await isEnough;
  await killAllOf(directory);
  await Promise.all([gone, writing]);
  return acknowledged;
};

/** Runs in the page. */
const writeForEver = async (durability: Durability): Promise<void> => {
  const opened = await window.upkeep.openIdbStore('killed');
  if (!opened.ok) throw new Error(opened.error.kind);
  const { acknowledge } = window as unknown as { acknowledge: (count: number) => void };
  for (let count = 0; ; count += 1) {
    const row = { kind: 'put', key: String(count).padStart(6, '0') } as const;
    const value = crypto.getRandomValues(new Uint8Array(4096));
    const changes: Change[] = [
      { ...row, table: 'facts', value },
      { ...row, table: 'own', value },
    ];
    const result = await opened.value.commit(changes, durability);
    if (!result.ok) throw new Error(result.error.kind);
    acknowledge(count + 1);
  }
};

/** Ends, without any warning, every process that was started for this profile directory. */
const killAllOf = async (directory: string): Promise<void> => {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,args=']);
  for (const line of stdout.split('\n').filter((text) => text.includes(directory))) {
    try {
      process.kill(Number.parseInt(line, 10), 'SIGKILL');
    } catch {
      // It has ended with its parent.
    }
  }
};

const rowsAfterwards = async (
  directory: string,
): Promise<{ readonly facts: readonly string[]; readonly own: readonly string[] }> => {
  const again = await launchPersistent(directory);
  try {
    const tab = await openContractPage(again, served);
    return await tab.evaluate(async () => {
      const opened = await window.upkeep.openIdbStore('killed');
      if (!opened.ok) throw new Error(opened.error.kind);
      const [facts, own] = await Promise.all([
        opened.value.read('facts'),
        opened.value.read('own'),
      ]);
      if (!facts.ok || !own.ok) throw new Error('rows cannot be read');
      return { facts: facts.value.map(({ key }) => key), own: own.value.map(({ key }) => key) };
    });
  } finally {
    await again.close();
  }
};
