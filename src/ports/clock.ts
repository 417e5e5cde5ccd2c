/** Ends a timer; calling it twice does nothing. */
export type Cancel = () => void;

/**
 * Time, as one device sees it.
 *
 * Wall time is what the person's clock shows and may jump either way; monotonic time never falls
 * within one run of the app and restarts at an unknown value with the next.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly wallMs: () => number;
  /** Milliseconds since some fixed point of this run. */
  readonly monotonicMs: () => number;
  /** Runs the callback once, not before delayMs of monotonic time have passed. */
  readonly after: (delayMs: number, run: () => void) => Cancel;
  /** Lets all else that waits for this thread have its turn: a finger, a frame, a channel. */
  readonly pause: () => Promise<void>;
}
