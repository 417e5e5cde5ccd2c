import type { Cancel, Clock } from '../ports/clock.js';

/** The longest delay that setTimeout keeps; a longer one would fire at once. In milliseconds. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/**
 * The clock of a browser tab or worker, and of Node.
 *
 * Delays of any length are kept: long ones are cut into several timeouts, and one that fires early
 * (timers are rounded) is set again. A frozen tab runs what is due when it wakes.
 * Errors: a negative or not finite delay counts as 0.
 */
export const createBrowserClock = (): Clock => ({
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, run) => startTimer(delayMs > 0 && Number.isFinite(delayMs) ? delayMs : 0, run),
  pause,
});

/** A message to itself: it waits behind what came before, and no longer in a hidden tab. */
const pause = (): Promise<void> =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });

const startTimer = (delayMs: number, run: () => void): Cancel => {
  const dueMs = performance.now() + delayMs;
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const leftMs = Math.min(Math.max(0, Math.ceil(dueMs - performance.now())), TIMEOUT_MS_MAX);
    timer = setTimeout(() => (performance.now() < dueMs ? arm() : run()), leftMs);
  };
  arm();
  return () => clearTimeout(timer);
};
