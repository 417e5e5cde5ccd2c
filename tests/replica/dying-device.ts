import { type MemoryDisk, createMemoryDisk } from '../../src/adapters/memory/memory-store.js';
import { err } from '../../src/core/base/result.js';
import { type Store, TABLES } from '../../src/ports/store.js';

/** fails: the commit is refused, once. dies: it is kept, and its device never hears so. */
export type FaultMode = 'fails' | 'dies';

/** One fault of one device's store, at its n-th commit (from 0). */
export interface Fault {
  readonly device: string;
  readonly wrap: (name: string, store: Store) => Store;
  readonly isDead: () => boolean;
  /** True once the fault came about; the device may live again. */
  readonly hasStruck: () => boolean;
  readonly revive: () => void;
}

export const createFault = (device: string, commit: number, mode: FaultMode): Fault => {
  let left = commit;
  let isDead = false;
  let hasStruck = false;
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

  const wrap = (name: string, store: Store): Store => {
    if (name !== device) return store;
    let isThisDead = false;
    return {
      ...store,
      commit: async (changes, durability) => {
        if (isThisDead) return never();
        left -= 1;
        if (left !== -1 || hasStruck) return store.commit(changes, durability);
        hasStruck = true;
        if (mode === 'fails') return err({ kind: 'failed', message: 'as planned' });
        await store.commit(changes, durability);
        isThisDead = true;
        isDead = true;
        return never();
      },
      read: (...args) => (isThisDead ? never() : store.read(...args)),
      get: (...args) => (isThisDead ? never() : store.get(...args)),
    };
  };

  return {
    device,
    wrap,
    isDead: () => isDead,
    hasStruck: () => hasStruck,
    revive: () => {
      isDead = false;
    },
  };
};

/** A disk with the same rows, so that many runs start from one past. */
export const copyOfDisk = (disk: MemoryDisk): MemoryDisk => {
  const copy = createMemoryDisk();
  for (const table of TABLES) {
    for (const [key, value] of disk.rowsOf(table)) copy.rowsOf(table).set(key, value.slice());
  }
  return copy;
};
