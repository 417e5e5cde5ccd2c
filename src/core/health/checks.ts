/**
 * What has to be well before a bundle counts as good. Source: rule H1.
 *
 * store: opens, writes, reads back; room: some is left; journal: samples of what is stored are
 * what was signed; crypto: signs and verifies, and refuses what is false; code: the page is of the
 * active bundle; digest: the same journal has the digest that it had before; uptime: the page has
 * been up for a while.
 */
export const CRITICAL_CHECKS = [
  'store',
  'room',
  'journal',
  'crypto',
  'code',
  'digest',
  'uptime',
] as const;

/** The name of a critical check of the app itself. */
export type CriticalCheck = (typeof CRITICAL_CHECKS)[number];

/** timed-out: it gave no answer, which says less than `failed` (rule H2). */
export type Grade = 'good' | 'failed' | 'timed-out';

/** What one check came to. */
export interface CheckResult {
  /** A check of the app's own, or one that an embedding gave, of at most 40 characters. */
  readonly name: string;
  /** Whether a bundle that brought it about is left for it (rule H2). */
  readonly isCritical: boolean;
  readonly grade: Grade;
  /** Why it is not good, for the log; null where it is. */
  readonly cause: string | null;
  readonly attempts: number;
  /** From its first attempt to its answer, ms. */
  readonly durationMs: number;
}

/** What a device found when it looked at itself. */
export interface HealthReport {
  /** When it was done; wall ms. */
  readonly atMs: number;
  readonly results: readonly CheckResult[];
}

/** How patient a check is; times in ms. */
export interface CheckPolicy {
  /** Of all attempts together. */
  readonly timeoutMs: number;
  /** Between two attempts. */
  readonly intervalMs: number;
  /** After the first attempt. */
  readonly retries: number;
}

export const TRIAL_POLICY: CheckPolicy = { timeoutMs: 300_000, intervalMs: 10_000, retries: 30 };
/** Before a switch a person waits. */
export const BEFORE_POLICY: CheckPolicy = { timeoutMs: 5_000, intervalMs: 0, retries: 0 };
/** So long a page has to be up before its bundle counts as good, ms. */
export const UPTIME_MS = 10_000;
/** So long after a bundle was found good it is looked at again and again, ms. Source: rule H2. */
export const PROBATION_MS = 24 * 3_600_000;

/** A disk that fills up hours after a switch does so under any code. */
const OF_THE_DEVICE: readonly string[] = ['store', 'room'];

/**
 * What the code that runs now is to blame for: what is not good and was not broken before it came.
 *
 * Without a report from before, everything is its fault: a switch that nobody looked at beforehand
 * is undone rather than trusted. Once the code was found good, the device's own troubles are its
 * own.
 */
export const blamedIn = (
  before: HealthReport | null,
  now: HealthReport,
  isOnTrial: boolean,
): readonly CheckResult[] => {
  const broken = new Set(notGoodIn(before).map(({ name }) => name));
  const isBlamed = ({ name, isCritical }: CheckResult): boolean =>
    isCritical && !broken.has(name) && (isOnTrial || !OF_THE_DEVICE.includes(name));
  return notGoodIn(now).filter(isBlamed);
};

/** Why a store does not open. */
export type OpeningFault = 'quota' | 'lost' | 'newer' | 'blocked' | 'failed';

/**
 * Whether the code that runs is to blame for a store that it cannot open.
 *
 * The check `store`, where there is no store to look at: on trial it is blamed for all but another
 * tab that stands in the way, later only for being older than what lies here. What did not open
 * before the code came is not its fault.
 */
export const isOpeningBlamed = (
  fault: OpeningFault,
  isOnTrial: boolean,
  wasBroken: boolean,
): boolean => !wasBroken && (isOnTrial ? fault !== 'blocked' : fault === 'newer');

const notGoodIn = (report: HealthReport | null): readonly CheckResult[] =>
  report?.results.filter(({ grade }) => grade !== 'good') ?? [];

/** What a switch back is recorded with. */
export const causeOf = ({ name, grade, cause }: CheckResult): string =>
  `health ${name} ${grade}: ${cause ?? ''}`;

/** Whether one more attempt fits into its time. */
export const mayTryAgain = (
  { timeoutMs, intervalMs, retries }: CheckPolicy,
  attempts: number,
  elapsedMs: number,
): boolean => attempts <= retries && elapsedMs + intervalMs < timeoutMs;

/** What a journal was at one moment, to compare it under other code. */
export interface JournalMark {
  readonly base: string;
  readonly factSet: string;
  /** The version whose kinds are folded: under another one the digest may differ. */
  readonly fold: number;
  readonly digest: string;
}

/** Why two marks speak against the code between them; null: they do not, or cannot be compared. */
export const contradictionOf = (
  before: JournalMark | null,
  now: JournalMark | null,
): string | null => {
  if (before === null || now === null) return null;
  const isSame =
    before.base === now.base && before.factSet === now.factSet && before.fold === now.fold;
  return isSame && before.digest !== now.digest
    ? `the same journal was ${before.digest.slice(0, 8)} and is ${now.digest.slice(0, 8)}`
    : null;
};
