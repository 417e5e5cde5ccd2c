/** Counts what a sender may still send. */
export interface RateBucket {
  /** Takes one; false when none is left at this time, in milliseconds of any steady clock. */
  readonly take: (nowMs: number) => boolean;
}

/** Creates a bucket that holds `burst` and refills by `perSecond`, never above `burst`. */
export const createRateBucket = (perSecond: number, burst: number): RateBucket => {
  let left = burst;
  let lastMs: number | undefined;
  return {
    take: (nowMs) => {
      const passedMs = Math.max(0, nowMs - (lastMs ?? nowMs));
      lastMs = nowMs;
      left = Math.min(burst, left + (passedMs * perSecond) / 1000);
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
};
