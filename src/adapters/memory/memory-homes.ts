import { ok } from '../../core/base/result.js';
import type { KeyVault } from '../../ports/keys.js';
import type { NewHomes } from '../../ports/new-homes.js';
import { type MemoryDisk, createMemoryStore } from './memory-store.js';

/** Further profiles of one device in memory, FOR TESTS ONLY: `bob-2` beside `bob`. */
export const createMemoryHomes = (
  profile: string,
  diskOf: (profile: string) => MemoryDisk,
  vaultOf: (profile: string) => KeyVault,
): NewHomes => ({
  nextProfile: async () => `${profile}-2`,
  vault: vaultOf,
  open: async (name) => ok(createMemoryStore(diskOf(name))),
});
