import type { Clock } from '../../ports/clock.js';
import type { EventQueue } from '../event-queue.js';

/** 2026-01-01 UTC: when simulations begin. */
export const WALL_START_MS = 1_767_225_600_000;

/** What one life of a device has of time; `isAlive` ends every timer at once, as a crash does. */
export const createSimClock = (
  queue: EventQueue,
  skewMs: () => number,
  isAlive: () => boolean,
): Clock => {
  const bornMs = queue.nowMs();
  return {
    wallMs: () => WALL_START_MS + queue.nowMs() + skewMs(),
    monotonicMs: () => queue.nowMs() - bornMs,
    after: (delayMs, run) =>
      queue.after(delayMs, () => {
        if (isAlive()) run();
      }),
    // Nothing takes time within an event.
    pause: () => Promise.resolve(),
  };
};
