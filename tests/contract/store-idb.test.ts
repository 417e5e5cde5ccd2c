import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { databaseNameOf, openIdbStore } from '../../src/adapters/idb-store.js';
import type { Change, Store } from '../../src/ports/store.js';
import { valueOf } from './expectation.js';
import { storeContract } from './store-contract.js';

let profiles = 0;

const row: Change = { kind: 'put', table: 'own', key: 'fence', value: Uint8Array.of(1) };

const open = async (profile: string): Promise<{ store: Store; told: string[] }> => {
  const store = valueOf<Store>(await openIdbStore(profile));
  const told: string[] = [];
  store.onLost((error) => void told.push(error.kind));
  return { store, told };
};

/** Lets the next writes fail as a browser would: each aborts its transaction with this error. */
const failWrites = (times: number, error: DOMException): void => {
  const put = IDBObjectStore.prototype.put;
  const mock = vi.spyOn(IDBObjectStore.prototype, 'put');
  let left = times;
  mock.mockImplementation(function failing(this: IDBObjectStore, value, key) {
    if (left <= 0) return put.call(this, value, key);
    left -= 1;
    throw error;
  });
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('idb store, over an IndexedDB in Node', () => {
  for (const { title, run } of storeContract) {
    it(title, () => {
      const profile = `node-${(profiles += 1)}`;
      return run({ open: async () => valueOf(await openIdbStore(profile)) });
    });
  }
});

describe('idb store, when a write fails', () => {
  it('[F9] a write that fails once is tried again on a fresh connection', async () => {
    const { store, told } = await open('once');
    failWrites(1, new DOMException('', 'UnknownError'));
    const opened = vi.spyOn(indexedDB, 'open');
    expect((await store.commit([row], 'strict')).ok).toBe(true);
    expect(opened).toHaveBeenCalledTimes(1);
    expect(await store.get('own', 'fence')).toEqual({ ok: true, value: Uint8Array.of(1) });
    expect(told).toEqual([]);
  });

  it('[F9] a write that fails twice is reported and keeps nothing; the store goes on', async () => {
    const { store } = await open('twice');
    failWrites(2, new DOMException('disk on fire', 'UnknownError'));
    const later = { ...row, key: 'later' };
    const [failed, next] = await Promise.all([
      store.commit([row], 'strict'),
      store.commit([later], 'strict'),
    ]);
    expect(failed).toEqual({ ok: false, error: { kind: 'failed', message: 'disk on fire' } });
    expect(next.ok).toBe(true);
    expect(valueOf(await store.read('own'))).toEqual([{ key: 'later', value: row.value }]);
  });

  it('[F9] a full device is told by the error’s name, whichever way it comes', async () => {
    const { store } = await open('full');
    failWrites(2, new DOMException('', 'QuotaExceededError'));
    expect(await store.commit([row], 'strict')).toEqual({ ok: false, error: { kind: 'quota' } });
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function aborting(
      this: IDBObjectStore,
    ) {
      Object.assign(this.transaction, { error: new DOMException('', 'QuotaExceededError') });
      this.transaction.abort();
      return {} as IDBRequest<IDBValidKey>;
    });
    expect(await store.commit([row], 'strict')).toEqual({ ok: false, error: { kind: 'quota' } });
  });

  it('[F9] a commit that fails midway keeps none of its rows', async () => {
    const { store } = await open('midway');
    const bad = { ...row, key: {} as string };
    expect((await store.commit([row, bad], 'strict')).ok).toBe(false);
    expect(valueOf(await store.read('own'))).toEqual([]);
  });
});

describe('idb store, when two tabs have it open', () => {
  const later = { ...row, key: 'later' };

  it('[F5, P5] a tab that lost the pen while it slept writes nothing over what the other one wrote', async () => {
    const asleep = await open('asleep');
    expect((await asleep.store.commit([row], 'strict')).ok).toBe(true);
    const { store, told } = await open('asleep');
    expect((await store.commit([later], 'strict')).ok).toBe(true);
    const twice = { ...row, value: Uint8Array.of(2) };
    const refused = { ok: false, error: { kind: 'blocked' } };
    expect(await asleep.store.commit([twice], 'strict')).toEqual(refused);
    expect(await asleep.store.commit([twice], 'relaxed')).toEqual(refused);
    expect(asleep.told).toEqual(['blocked']);
    expect(valueOf(await store.read('own'))).toEqual(
      [row, later].map(({ key, value }) => ({ key, value })),
    );
    expect((await store.commit([twice], 'strict')).ok).toBe(true);
    expect(told).toEqual([]);
  });

  it('[F5, P5] who read before the other tab wrote its last gives no number a second time', async () => {
    const late = await open('late');
    await late.store.commit([row], 'strict');
    const { store, told } = await open('late');
    expect((await late.store.commit([later], 'strict')).ok).toBe(true);
    expect((await store.commit([row], 'strict')).ok).toBe(false);
    expect(told).toEqual(['blocked']);
    const again = await open('late');
    expect((await again.store.commit([row], 'strict')).ok).toBe(true);
  });
});

describe('idb store, when its connection ends', () => {
  it('[F9] a connection that is closed by force is opened again, unnoticed', async () => {
    const opening = vi.spyOn(indexedDB, 'open');
    const { store, told } = await open('forced');
    await store.commit([row], 'strict');
    const request = opening.mock.results[0]?.value as IDBOpenDBRequest;
    forceCloseDatabase(request.result as unknown as Parameters<typeof forceCloseDatabase>[0]);
    expect(await store.get('own', 'fence')).toEqual({ ok: true, value: row.value });
    expect((await store.commit([row], 'strict')).ok).toBe(true);
    expect(told).toEqual([]);
  });

  it('[F9] a deleted database is told once, unasked, and not made anew', async () => {
    const { store, told } = await open('deleted');
    await store.commit([row], 'strict');
    const unasked = new Promise((resolve) => store.onLost(resolve));
    indexedDB.deleteDatabase(databaseNameOf('deleted'));
    await unasked;
    expect(told).toEqual(['lost']);
    expect((await store.read('own')).ok).toBe(false);
    expect((await store.commit([row], 'strict')).ok).toBe(false);
    expect(told).toEqual(['lost']);
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(databaseNameOf('deleted'));
  });

  it('[F9] profiles are apart', async () => {
    const [first, second] = [await open('first'), await open('second')];
    await first.store.commit([row], 'strict');
    expect(valueOf(await second.store.read('own'))).toEqual([]);
  });
});

/** Lets the next openings fail as a browser's would, or all of them. */
const failOpenings = (times: number, name: string): void => {
  const open = indexedDB.open.bind(indexedDB);
  let left = times;
  vi.spyOn(indexedDB, 'open').mockImplementation((...asked) => {
    if (left <= 0) return open(...asked);
    left -= 1;
    throw new DOMException('Internal error opening backing store for indexedDB.open.', name);
  });
};

describe('idb store, when it does not open', () => {
  const openPatiently = async (profile: string) => {
    const waits: number[] = [];
    const opened = await openIdbStore(profile, async (ms) => void waits.push(ms));
    return { opened, waits };
  };

  it('[F9] an error that may pass is waited out three times, a little longer each time', async () => {
    const { store } = await open('passing');
    await store.commit([row], 'strict');
    await store.close();
    failOpenings(3, 'UnknownError');
    const { opened, waits } = await openPatiently('passing');
    expect(await valueOf(opened).get('own', 'fence')).toEqual({ ok: true, value: row.value });
    expect(waits.length).toBe(3);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
  });

  it('[F9] one that stays is told as it is; one that cannot pass, at once', async () => {
    failOpenings(Infinity, 'UnknownError');
    const stayed = await openPatiently('staying');
    expect(stayed.opened).toMatchObject({ ok: false, error: { kind: 'failed' } });
    expect(stayed.waits.length).toBe(3);
    vi.restoreAllMocks();
    failOpenings(Infinity, 'QuotaExceededError');
    const { opened, waits } = await openPatiently('full-up');
    expect([opened, waits]).toEqual([{ ok: false, error: { kind: 'quota' } }, []]);
  });

  it('[F9] a store that does not open again in passing is not called lost', async () => {
    const opening = vi.spyOn(indexedDB, 'open');
    const store = valueOf<Store>((await openPatiently('again')).opened);
    const told: string[] = [];
    store.onLost((error) => void told.push(error.kind));
    await store.commit([row], 'strict');
    const request = opening.mock.results[0]?.value as IDBOpenDBRequest;
    vi.restoreAllMocks();
    failOpenings(8, 'UnknownError');
    forceCloseDatabase(request.result as unknown as Parameters<typeof forceCloseDatabase>[0]);
    expect(await store.get('own', 'fence')).toMatchObject({ ok: false, error: { kind: 'failed' } });
    expect(await store.get('own', 'fence')).toEqual({ ok: true, value: row.value });
    expect(told).toEqual([]);
  });

  it('[F9, U7] one that a later version wrote is neither opened, nor lost, nor made anew', async () => {
    const { store } = await open('later');
    await store.commit([row], 'strict');
    await store.close();
    await new Promise<void>((resolve) => {
      const raising = indexedDB.open(databaseNameOf('later'), 99);
      raising.onsuccess = () => {
        raising.result.close();
        resolve();
      };
    });
    const { opened, waits } = await openPatiently('later');
    expect([opened, waits]).toEqual([{ ok: false, error: { kind: 'newer' } }, []]);
  });
});

/** A database as the first layout made it, with a row in it. */
const makeFirstLayout = (profile: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(databaseNameOf(profile), 1);
    opening.onerror = () => reject(new Error('not made'));
    opening.onupgradeneeded = () => {
      const names = 'facts signatures governance payloads own queue profile activity meta';
      for (const name of names.split(' ')) opening.result.createObjectStore(name);
      const { transaction } = opening;
      transaction?.objectStore('meta').put('made once', 'generation');
      transaction?.objectStore('own').put(Uint8Array.of(7), 'kept');
    };
    opening.onsuccess = () => {
      opening.result.close();
      resolve();
    };
  });

describe('idb store over a database of the first layout', () => {
  it('[F9, K2] keeps its rows and its generation, and has the tables that came since', async () => {
    await makeFirstLayout('first-layout');
    const { store, told } = await open('first-layout');
    expect(await store.get('own', 'kept')).toEqual({ ok: true, value: Uint8Array.of(7) });
    const value: Change = { kind: 'put', table: 'cache', key: 'a', value: Uint8Array.of(1) };
    expect((await store.commit([value], 'relaxed')).ok).toBe(true);
    await store.close();
    const again = await open('first-layout');
    expect(await again.store.get('cache', 'a')).toEqual({ ok: true, value: Uint8Array.of(1) });
    expect(told).toEqual([]);
    await again.store.close();
    const generation = await new Promise((resolve) => {
      const opening = indexedDB.open(databaseNameOf('first-layout'));
      opening.onsuccess = () => {
        const reading = opening.result.transaction('meta').objectStore('meta').get('generation');
        reading.onsuccess = () => resolve(reading.result);
      };
    });
    expect(generation).toBe('made once');
  });
});
