import type { Cancel, Clock } from '../../ports/clock.js';

/** Waiting for things that are to last for a while before something is done about them. */
export interface Patience {
  /**
   * Whether it was asked for this long ago for the first time; else it calls back when it is time
   * to ask again. Monotonic ms of this run: a restart waits anew.
   */
  readonly isOver: (key: string, waitMs: number) => boolean;
  /** It did not last. */
  readonly forget: (key: string) => void;
  readonly close: () => void;
}

/** So many things are waited for at most; the first ones are then waited for anew. */
const KEYS_MAX = 500;

export const createPatience = (clock: Clock, due: () => void): Patience => {
  const sinceMs = new Map<string, number>();
  const wakeUps = new Map<string, Cancel>();

  const forget = (key: string): void => {
    sinceMs.delete(key);
    wakeUps.get(key)?.();
    wakeUps.delete(key);
  };

  return {
    isOver: (key, waitMs) => {
      const nowMs = clock.monotonicMs();
      const since = sinceMs.get(key) ?? nowMs;
      if (!sinceMs.has(key)) {
        const oldest = sinceMs.size >= KEYS_MAX ? sinceMs.keys().next().value : undefined;
        if (oldest !== undefined) forget(oldest);
        sinceMs.set(key, nowMs);
      }
      const leftMs = since + waitMs - nowMs;
      if (leftMs > 0 && !wakeUps.has(key)) {
        const wake = (): void => {
          wakeUps.delete(key);
          due();
        };
        wakeUps.set(key, clock.after(leftMs, wake));
      }
      return leftMs <= 0;
    },
    forget,
    close: () => {
      for (const cancel of wakeUps.values()) cancel();
      wakeUps.clear();
    },
  };
};
