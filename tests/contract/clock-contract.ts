import type { Clock } from '../../src/ports/clock.js';
import { expectEqual, expectTrue } from './expectation.js';
import type { ContractCase } from './expectation.js';

export interface ClockBench {
  readonly clock: Clock;
  /** Lets that much time begin to pass: moves a manual clock; a real one needs nothing. */
  readonly pass: (byMs: number) => void;
}

/** What every Clock does. */
export const clockContract: readonly ContractCase<ClockBench>[] = [
  {
    title: '[X1] a callback runs once its delay has passed, not before',
    run: async ({ clock, pass }) => {
      const startMs = clock.monotonicMs();
      const ranMs = await new Promise<number>((resolve) => {
        clock.after(5, () => resolve(clock.monotonicMs()));
        pass(5);
      });
      expectTrue(ranMs - startMs >= 5, `at least 5 ms passed, not ${ranMs - startMs}`);
    },
  },
  {
    title: '[X1] callbacks run in the order in which they fall due, each once',
    run: async ({ clock, pass }) => {
      const ran: string[] = [];
      await new Promise<void>((resolve) => {
        clock.after(40, () => resolve(void ran.push('last')));
        clock.after(1, () => void ran.push('first'));
        clock.after(20, () => void ran.push('second'));
        pass(40);
      });
      expectEqual(ran, ['first', 'second', 'last']);
    },
  },
  {
    title: '[X1] a pause ends by itself, after what was asked of the thread before it',
    run: async ({ clock }) => {
      let isDone = false;
      queueMicrotask(() => (isDone = true));
      await clock.pause();
      expectTrue(isDone, 'what came before had its turn');
    },
  },
  {
    title: '[X1] a cancelled callback never runs, and cancelling again does nothing',
    run: async ({ clock, pass }) => {
      let ran = 0;
      const cancel = clock.after(1, () => void (ran += 1));
      cancel();
      cancel();
      await new Promise<void>((resolve) => {
        const cancelLate = clock.after(10, () => {
          cancelLate();
          resolve();
        });
        pass(10);
      });
      expectEqual(ran, 0);
    },
  },
  {
    title: '[X1] a delay beyond 24 days does not fire at once',
    run: async ({ clock, pass }) => {
      let ran = 0;
      const cancel = clock.after(2 ** 31, () => void (ran += 1));
      await new Promise<void>((resolve) => {
        clock.after(10, resolve);
        pass(10);
      });
      cancel();
      expectEqual(ran, 0);
    },
  },
  {
    title: '[X1] wall time is in milliseconds since 1970 and monotonic time does not fall',
    run: async ({ clock, pass }) => {
      expectTrue(clock.wallMs() > 1_600_000_000_000, 'wall time is a time of these years');
      const before = clock.monotonicMs();
      pass(1);
      expectTrue(clock.monotonicMs() >= before, 'monotonic time does not fall');
    },
  },
];
