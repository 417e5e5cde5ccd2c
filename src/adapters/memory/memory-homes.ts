import { err, ok } from '../../core/base/result.js';
import type { KeyVault } from '../../ports/keys.js';
import type { NewHomes } from '../../ports/new-homes.js';
import { freeProfile } from '../home-names.js';
import { type MemoryDisk, createMemoryDisk, createMemoryStore } from './memory-store.js';

/**
 * Further profiles of one device in memory, FOR TESTS ONLY: `bob-2` beside `bob`.
 *
 * `disks` are those of all profiles by their names; opening one adds its disk.
 */
export const createMemoryHomes = (
  profile: string,
  disks: Map<string, MemoryDisk>,
  vaultOf: (profile: string) => KeyVault,
): NewHomes => {
  const written = new Set<string>();
  return {
    nextProfile: () => freeProfile(profile, async (name) => disks.has(name)),
    vault: vaultOf,
    open: async (name) => {
      if (written.has(name)) return err({ kind: 'blocked' });
      written.add(name);
      const disk = disks.get(name) ?? createMemoryDisk();
      disks.set(name, disk);
      const store = createMemoryStore(disk);
      const close = async (): Promise<void> => {
        await store.close();
        written.delete(name);
      };
      return ok({ ...store, close });
    },
  };
};
