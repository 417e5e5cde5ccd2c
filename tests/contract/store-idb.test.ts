import 'fake-indexeddb/auto';
import { describe, it } from 'vitest';
import { openIdbStore } from '../../src/adapters/idb-store.js';
import { valueOf } from './expectation.js';
import { storeContract } from './store-contract.js';

let profiles = 0;

describe('idb store, over an IndexedDB in Node', () => {
  for (const { title, run } of storeContract) {
    it(title, () => {
      const profile = `node-${(profiles += 1)}`;
      return run({ open: async () => valueOf(await openIdbStore(profile)) });
    });
  }
});
