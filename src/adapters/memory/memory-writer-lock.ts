import type { TakenOverListener, WriterLock } from '../writer-lock.js';

/** Who among the tabs of one profile holds the pen. */
export interface MemoryPen {
  holder: { readonly handOver: () => Promise<void> } | null;
}

/** A pen that nobody holds. */
export const createMemoryPen = (): MemoryPen => ({ holder: null });

/** A writer lock among tabs that share a pen in memory, for tests. A holder is never forced. */
export const createMemoryWriterLock = (pen: MemoryPen): WriterLock => {
  const listeners = new Set<TakenOverListener>();
  const tab = {
    handOver: async (): Promise<void> => {
      await Promise.allSettled([...listeners].map(async (listener) => listener()));
      if (pen.holder === tab) pen.holder = null;
    },
  };
  return {
    acquire: async () => {
      pen.holder ??= tab;
      return pen.holder === tab ? 'held' : 'elsewhere';
    },
    takeOver: async () => {
      while (pen.holder !== null && pen.holder !== tab) await pen.holder.handOver();
      pen.holder = tab;
    },
    onTakenOver: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      if (pen.holder === tab) pen.holder = null;
    },
  };
};
