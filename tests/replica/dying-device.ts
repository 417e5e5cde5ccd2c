import { type MemoryDisk, createMemoryDisk } from '../../src/adapters/memory/memory-store.js';
import { err } from '../../src/core/base/result.js';
import type { CarrierShelf } from '../../src/ports/carrier.js';
import type { KeyVault } from '../../src/ports/keys.js';
import { type Store, TABLES } from '../../src/ports/store.js';

/**
 * What becomes of one call that keeps something.
 *
 * fails: a commit is refused, once; the device lives on. lost: the device dies before the call took
 * effect. torn: it took effect, and its device dies before it hears so. repeated: the same, and its
 * person, who saw no answer, does it again after the restart.
 */
export type FaultMode = 'fails' | 'lost' | 'torn' | 'repeated';

export const FAULT_MODES: readonly FaultMode[] = ['fails', 'lost', 'torn', 'repeated'];

/** What a device keeps things with. */
export interface Keeping {
  readonly store: Store;
  readonly vault: KeyVault;
  readonly shelf: CarrierShelf;
}

/** One fault of one device, at its n-th call that keeps something (from 0). */
export interface Fault {
  readonly device: string;
  readonly mode: FaultMode;
  readonly wrap: (name: string, keeping: Keeping) => Keeping;
  readonly isDead: () => boolean;
  /** True once the fault came about; the device may live again. */
  readonly hasStruck: () => boolean;
  readonly revive: () => void;
  /** Calls back at the moment of death. */
  readonly onDeath: (listener: () => void) => void;
}

export const createFault = (device: string, call: number, mode: FaultMode): Fault => {
  let left = call;
  let isDead = false;
  let hasStruck = false;
  let died = (): void => undefined;
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

  const wrap = (name: string, { store, vault, shelf }: Keeping): Keeping => {
    if (name !== device) return { store, vault, shelf };
    let isThisDead = false;
    const die = <T>(): Promise<T> => {
      isThisDead = true;
      isDead = true;
      died();
      return never();
    };
    const alive = <T>(task: () => Promise<T>): Promise<T> => (isThisDead ? never() : task());
    /** A call that keeps something; only some can be refused. */
    const keep = async <T>(task: () => Promise<T>, refused: T | null = null): Promise<T> => {
      if (isThisDead) return never();
      if (hasStruck || (mode === 'fails' && refused === null)) return task();
      left -= 1;
      if (left !== -1) return task();
      hasStruck = true;
      if (mode === 'fails' && refused !== null) return refused;
      if (mode !== 'lost') await task();
      return die();
    };
    /** Nothing depends on a cache: dying over it is tried in one way. */
    const cache = <T>(task: () => Promise<T>): Promise<T> =>
      mode === 'lost' ? keep(task) : alive(task);
    return {
      store: {
        ...store,
        commit: (changes, durability) =>
          keep(
            () => store.commit(changes, durability),
            err({ kind: 'failed', message: 'as planned' }),
          ),
        read: (...args) => alive(() => store.read(...args)),
        keys: (...args) => alive(() => store.keys(...args)),
        get: (...args) => alive(() => store.get(...args)),
      },
      vault: {
        load: () => alive(vault.load),
        create: () => keep(vault.create),
        erase: () => keep(vault.erase),
      },
      shelf: {
        open: (base) => cache(() => shelf.open(base)),
        keepOnly: (base) => cache(() => shelf.keepOnly(base)),
      },
    };
  };

  return {
    ...{ device, mode, wrap },
    isDead: () => isDead,
    hasStruck: () => hasStruck,
    revive: () => {
      isDead = false;
    },
    onDeath: (listener) => {
      died = listener;
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

/** Puts a disk back to what it was at the time of that copy. */
export const putBack = (disk: MemoryDisk, past: MemoryDisk): void => {
  for (const table of TABLES) {
    const rows = disk.rowsOf(table);
    rows.clear();
    for (const [key, value] of past.rowsOf(table)) rows.set(key, value);
  }
};
