import type { Work } from '../../core/base/work.js';
import type { Clock } from '../../ports/clock.js';

/** One turn of long work, ms: the rest of a frame of a slow phone is for its person. */
const SLICE_MS = 8;

/** Long work in turns, between which the page is alive. */
export interface Slices {
  /** Whether somebody else is to have a turn now. */
  readonly isOver: () => boolean;
  /** Lets them have it. */
  readonly next: () => Promise<void>;
  /** Lets them have it where this turn is over. */
  readonly rest: () => Promise<void>;
}

/** Does work in turns. */
export const inTurns = async <T>(work: Work<T>, slices: Slices): Promise<T> => {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (slices.isOver()) await slices.next();
  }
};

/** What is done until there is nothing to do; true where it did something. */
interface Step {
  readonly settle: () => Promise<boolean | void>;
}

/** Takes steps one after the other until one did something; true where one did. */
export const settleFirst = async (steps: readonly Step[], slices: Slices): Promise<boolean> => {
  for (const step of steps) {
    if ((await step.settle()) === true) return true;
    await slices.rest();
  }
  return false;
};

/** All of it in one turn: for whoever has the thread to itself. */
export const UNCUT: Slices = {
  isOver: () => false,
  next: () => Promise.resolve(),
  rest: () => Promise.resolve(),
};

/** Begins the first turn. Source: UX.md section 4, no task over 50 ms. */
export const startSlices = (clock: Clock): Slices => {
  let startMs = clock.monotonicMs();
  const isOver = (): boolean => clock.monotonicMs() - startMs >= SLICE_MS;
  const next = async (): Promise<void> => {
    await clock.pause();
    startMs = clock.monotonicMs();
  };
  return { isOver, next, rest: () => (isOver() ? next() : Promise.resolve()) };
};
