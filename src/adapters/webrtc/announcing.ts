/** Milliseconds until the first announcement after a room was joined or a phone woke. */
const ANNOUNCE_MS_MIN = 2_000;
/** Milliseconds between announcements once all was quiet for a while. */
const ANNOUNCE_MS_MAX = 60_000;

/** When to say again that one is there: what was lost on the way is made up for. */
export interface Announcing {
  /** There may be somebody to be found who did not hear: from now on it is said soon again. */
  readonly soon: () => void;
  readonly stop: () => void;
}

/** Announces 2, 4, 8, … s after the last change, and every minute in the end. */
export const createAnnouncing = (announce: () => void): Announcing => {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wait = (waitMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      announce();
      wait(Math.min(waitMs * 2, ANNOUNCE_MS_MAX));
    }, waitMs);
  };

  wait(ANNOUNCE_MS_MAX);
  return { soon: () => wait(ANNOUNCE_MS_MIN), stop: () => clearTimeout(timer) };
};
