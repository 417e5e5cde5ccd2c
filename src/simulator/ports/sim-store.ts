import { type Result, err, ok } from '../../core/base/result.js';
import type { Change, Durability, Row, Store, StoreError } from '../../ports/store.js';
import type { EventQueue } from '../event-queue.js';
import type { SimDisk } from './sim-disk.js';

/** What becomes of one call of a store. */
export type StoreFate =
  | { readonly kind: 'good'; readonly delayMs: number }
  | { readonly kind: 'fails'; readonly error: StoreError }
  /** The device dies in this call; `isKept` says whether the commit reached the disk. */
  | { readonly kind: 'dies'; readonly isKept: boolean };

/** What a store needs of the simulation around it. */
export interface StoreHost {
  readonly queue: EventQueue;
  readonly isAlive: () => boolean;
  readonly fateOf: (call: 'commit' | 'read' | 'get') => StoreFate;
  /** Called before a commit reaches the disk, with the time at which it was asked for. */
  readonly committing: (
    changes: readonly Change[],
    durability: Durability,
    askedMs: number,
  ) => void;
  readonly die: () => void;
}

const GOOD_NOW: StoreFate = { kind: 'good', delayMs: 0 };

/**
 * One life's store on a disk.
 *
 * Calls end in the order in which they came, at once or after a delay; a dead device never hears.
 */
export const createSimStore = (disk: SimDisk, host: StoreHost): Store => {
  const listeners = new Set<(error: StoreError) => void>();
  let freeMs = 0;
  let ended: StoreError | null = null;

  const call = <T>(
    kind: 'commit' | 'read' | 'get',
    run: () => T,
  ): Promise<Result<T, StoreError>> => {
    if (!host.isAlive()) return never();
    if (ended !== null) return Promise.resolve(err(ended));
    const fate = host.fateOf(kind);
    const nowMs = host.queue.nowMs();
    if (fate.kind === 'good' && fate.delayMs === 0 && freeMs <= nowMs) {
      return Promise.resolve(ok(run()));
    }
    const { delayMs } = fate.kind === 'good' ? fate : (GOOD_NOW as { delayMs: number });
    freeMs = Math.max(freeMs, nowMs + delayMs);
    return new Promise((done) => {
      host.queue.after(freeMs - nowMs, () => {
        if (!host.isAlive()) return;
        if (fate.kind === 'good') return done(ok(run()));
        if (fate.kind === 'fails') return done(err(lose(fate.error)));
        if (fate.isKept && kind === 'commit') run();
        host.die();
      });
    });
  };

  /** A database that vanished stays away for the rest of this life. */
  const lose = (error: StoreError): StoreError => {
    if (error.kind !== 'lost' || ended !== null) return error;
    ended = error;
    for (const listener of [...listeners]) listener(error);
    return error;
  };

  return {
    commit: (changes, durability) => {
      const askedMs = host.queue.nowMs();
      return call('commit', () => {
        host.committing(changes, durability, askedMs);
        disk.apply(changes, durability);
      });
    },
    read: (table, from, to) => call('read', () => rowsBetween(disk.rowsOf(table), from, to)),
    keys: (table, from, to) =>
      call('read', () => rowsBetween(disk.rowsOf(table), from, to).map(({ key }) => key)),
    get: (table, key) => call('get', () => disk.rowsOf(table).get(key) ?? null),
    onLost: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      ended ??= { kind: 'failed', message: 'the store is closed' };
    },
  };
};

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

const rowsBetween = (
  rows: ReadonlyMap<string, Uint8Array>,
  from: string | undefined,
  to: string | undefined,
): readonly Row[] =>
  [...rows]
    .filter(([key]) => (from === undefined || key >= from) && (to === undefined || key < to))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => ({ key, value }));
