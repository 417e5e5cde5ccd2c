/** What an account's snapshots keep to; times in milliseconds. Source: rules S5, S8 and S11. */
export interface SnapshotPolicy {
  /** A snapshot is proposed by itself from so many bytes of journal on; null: never for that. */
  readonly journalBytes: number | null;
  readonly facts: number | null;
  /** Identity epochs since the last snapshot. */
  readonly epochs: number | null;
  /** So long after the last one; off by default. */
  readonly scheduleMs: number | null;
  /** Between two snapshots of which the later comes by itself. */
  readonly leastDistanceMs: number;
  /** Who is next in turn proposes where the one before did not for so long. */
  readonly turnMs: number;
  /** Members that were seen within that time take turns. */
  readonly seenMs: number;
  /** So many identity epochs without a snapshot are a warning. */
  readonly warnEpochs: number;
  /** Others prune once so many durable devices hold the payload; all of them where fewer are. */
  readonly durableHolders: number;
  /** A lease reaches no further than that from when it was taken. */
  readonly leaseMs: number;
  /** Clocks differ: a lease counts so much longer than it says. */
  readonly leaseGraceMs: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export const DEFAULT_SNAPSHOT_POLICY: SnapshotPolicy = {
  journalBytes: 100 * 1024 * 1024,
  facts: 50_000,
  epochs: 100,
  scheduleMs: null,
  leastDistanceMs: 7 * DAY_MS,
  turnMs: 10 * MINUTE_MS,
  seenMs: DAY_MS,
  warnEpochs: 500,
  durableHolders: 1,
  leaseMs: DAY_MS,
  leaseGraceMs: 5 * MINUTE_MS,
};
