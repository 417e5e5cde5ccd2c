import type { Work } from '../core/base/work.js';
import type { Clock } from '../ports/clock.js';

/** One turn of long work, ms: the rest of a frame of a slow phone is for its person. */
const SLICE_MS = 8;

/** Long work in turns, between which the page is alive. */
export interface Slices {
  /** Whether somebody else is to have a turn now. */
  readonly isOver: () => boolean;
  /** Lets them have it. */
  readonly next: () => Promise<void>;
}

/** Does work in turns. */
export const inTurns = async <T>(work: Work<T>, slices: Slices): Promise<T> => {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (slices.isOver()) await slices.next();
  }
};

/** All of it in one turn: for whoever has the thread to itself. */
export const UNCUT: Slices = { isOver: () => false, next: () => Promise.resolve() };

/** Begins the first turn. Source: UX.md section 4, no task over 50 ms. */
export const startSlices = (clock: Clock): Slices => {
  let startMs = clock.monotonicMs();
  return {
    isOver: () => clock.monotonicMs() - startMs >= SLICE_MS,
    next: async () => {
      await clock.pause();
      startMs = clock.monotonicMs();
    },
  };
};
