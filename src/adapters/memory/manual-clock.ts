import { assert } from '../../core/base/result.js';
import type { Clock } from '../../ports/clock.js';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves both times on; runs what falls due on the way, in order of due time, then of setting. */
  readonly advance: (byMs: number) => void;
  /** Moves the wall time alone, either way, as a person may who sets the device's clock. */
  readonly jumpWall: (byMs: number) => void;
  /** How many timers wait. */
  readonly waiting: () => number;
  /** Milliseconds until the first timer is due; null when none waits. */
  readonly nextDelayMs: () => number | null;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * A clock for tests: deterministic, and never waiting.
 *
 * A timer that is set while others run counts from the time at which its setter was due, and runs
 * in the same advance when it falls within it.
 */
export const createManualClock = (wallStartMs = 1_700_000_000_000): ManualClock => {
  const timers = new Set<Timer>();
  let monotonicMs = 0;
  let wallOffsetMs = wallStartMs;
  let ordersGiven = 0;
  const first = (): Timer | undefined => firstDue(timers);
  return {
    wallMs: () => monotonicMs + wallOffsetMs,
    monotonicMs: () => monotonicMs,
    after: (delayMs, run) => {
      const timer = { dueMs: monotonicMs + Math.max(0, delayMs), order: ordersGiven++, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pause: () => Promise.resolve(),
    advance: (byMs) => {
      assert(byMs >= 0, 'monotonic time never falls');
      const endMs = monotonicMs + byMs;
      for (let timer = first(); timer !== undefined && timer.dueMs <= endMs; timer = first()) {
        timers.delete(timer);
        monotonicMs = Math.max(monotonicMs, timer.dueMs);
        timer.run();
      }
      monotonicMs = Math.max(monotonicMs, endMs);
    },
    jumpWall: (byMs) => {
      wallOffsetMs += byMs;
    },
    waiting: () => timers.size,
    nextDelayMs: () => {
      const timer = first();
      return timer === undefined ? null : Math.max(0, timer.dueMs - monotonicMs);
    },
  };
};

const firstDue = (timers: ReadonlySet<Timer>): Timer | undefined => {
  let found: Timer | undefined;
  for (const timer of timers) {
    const isEarlier =
      found === undefined ||
      timer.dueMs < found.dueMs ||
      (timer.dueMs === found.dueMs && timer.order < found.order);
    if (isEarlier) found = timer;
  }
  return found;
};
