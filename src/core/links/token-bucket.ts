/** How much may come in: so much a second in the long run, and so much at once before that. */
export interface Allowance {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left of an allowance at a time; below zero it is owed. */
export interface Bucket {
  readonly left: number;
  /** Monotonic ms of the reading. */
  readonly atMs: number;
}

/** A bucket that nothing was taken from. */
export const fullBucket = (allowance: Allowance, nowMs: number): Bucket => ({
  left: allowance.burst,
  atMs: nowMs,
});

/** The bucket after a cost: it may go below zero, and time that jumps back gives nothing. */
export const takeFrom = (
  bucket: Bucket,
  allowance: Allowance,
  cost: number,
  nowMs: number,
): Bucket => {
  const passedMs = Math.max(0, nowMs - bucket.atMs);
  const filled = Math.min(allowance.burst, bucket.left + (passedMs * allowance.perSecond) / 1000);
  return { left: filled - cost, atMs: Math.max(nowMs, bucket.atMs) };
};

/** How many ms until nothing is owed any more. */
export const owedMs = (bucket: Bucket, allowance: Allowance): number =>
  bucket.left >= 0 ? 0 : Math.ceil((-bucket.left * 1000) / allowance.perSecond);
