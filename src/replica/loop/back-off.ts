/** So long what failed once waits before it is tried again, ms. */
export const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 6 * 3_600_000;

/** So long what failed so often waits, ms: twice as long each time, six hours at most. */
export const backOffMs = (failures: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));

/** So long at most before what a full disk refused is fetched again: somebody may make room. */
const ROOM_WAIT_MS_MAX = 300_000;

/** So long what a full disk refused so often waits, ms. */
export const roomWaitMs = (refusals: number): number =>
  Math.min(ROOM_WAIT_MS_MAX, backOffMs(refusals));
