import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { databaseNameOf, isDatabaseThere } from '../../src/adapters/idb-presence.js';
import { openIdbStore } from '../../src/adapters/idb-store.js';
import { valueOf } from './expectation.js';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the presence of a database', () => {
  it('[P1] is told without making one', async () => {
    expect(await isDatabaseThere('nobody')).toBe(false);
    expect(await isDatabaseThere('nobody')).toBe(false);
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(databaseNameOf('nobody'));
  });

  it('[P1] is told of a store that stands, open or closed, and does not disturb it', async () => {
    const store = valueOf(await openIdbStore('alice'));
    const lost = vi.fn();
    store.onLost(lost);
    expect(await isDatabaseThere('alice')).toBe(true);
    expect((await store.read('own')).ok).toBe(true);
    await store.close();
    expect(await isDatabaseThere('alice')).toBe(true);
    expect(lost).not.toHaveBeenCalled();
  });

  it('[F9] is taken for granted where the browser does not let us look', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('not here', 'SecurityError');
    });
    expect(await isDatabaseThere('bob')).toBe(true);
  });
});
