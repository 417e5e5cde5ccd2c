import type { Cancel, Clock } from '../ports/clock.js';

/** Called when another tab takes over; that tab waits until the promise settles, within limits. */
export type TakenOverListener = () => void | Promise<void>;

/** Lets one tab of a device profile write, and hands the pen over when a person asks for it. */
export interface WriterLock {
  /** Takes the pen when nobody holds it; never waits. */
  readonly acquire: () => Promise<'held' | 'elsewhere'>;
  /** Asks whoever holds the pen for it and resolves once this tab holds it. */
  readonly takeOver: () => Promise<void>;
  /** Told once for each time that the pen is taken away; must stop writing and close the store. */
  readonly onTakenOver: (listener: TakenOverListener) => Cancel;
  /** Lets the pen go and stops listening. */
  readonly close: () => void;
}

/** How long the holder has for each of two askings before the pen is taken from it, in ms. */
const ASKED_MS_MAX = 3000;
const ASKINGS = 2;

/**
 * The writer lock of a profile among the tabs of one browser.
 *
 * Over Web Locks, so a closed or crashed tab lets go by itself, and a BroadcastChannel, over which
 * a tab asks the holder to finish. A holder that does not answer (frozen, hung) is asked twice,
 * then loses the lock by force and is told when it wakes.
 * Source: rule P5 (README.md beside this file); Web Locks API, sections request and steal.
 */
export const createWriterLock = (profile: string, clock: Clock): WriterLock => {
  const name = `upkeep-${profile}-writer`;
  const channel = new BroadcastChannel(name);
  const listeners = new Set<TakenOverListener>();
  let letGo: (() => void) | null = null;

  const tellTakenOver = async (): Promise<void> => {
    await Promise.allSettled([...listeners].map(async (listener) => listener()));
  };
  const handOver = async (): Promise<void> => {
    const release = letGo;
    if (release === null) return;
    letGo = null;
    await tellTakenOver();
    release();
  };
  channel.onmessage = () => void handOver();

  const request = (options: LockOptions): Promise<boolean> =>
    new Promise((resolve) => {
      let held: (() => void) | null = null;
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        if (lock === null) return undefined;
        return new Promise((release) => {
          held = release;
          letGo = release;
        });
      };
      navigator.locks.request(name, options, hold).catch(() => {
        // The wait was given up, or the lock was taken by force.
        resolve(false);
        if (held === null || letGo !== held) return;
        letGo = null;
        void tellTakenOver();
      });
    });
  return {
    acquire: async () => {
      if (letGo !== null) return 'held';
      return (await request({ ifAvailable: true })) ? 'held' : 'elsewhere';
    },
    takeOver: async () => {
      if (letGo !== null) return;
      for (let asked = 0; asked < ASKINGS; asked += 1) {
        const patience = new AbortController();
        const cancel = clock.after(ASKED_MS_MAX, () => patience.abort());
        channel.postMessage('take-over');
        const isHeld = await request({ signal: patience.signal });
        cancel();
        if (isHeld) return;
      }
      await request({ steal: true });
    },
    onTakenOver: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      letGo?.();
      letGo = null;
      channel.close();
    },
  };
};
