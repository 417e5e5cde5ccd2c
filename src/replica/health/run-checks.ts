import {
  type CheckPolicy,
  type CheckResult,
  type HealthReport,
  mayTryAgain,
} from '../../core/health/checks.js';
import type { Clock } from '../../ports/clock.js';

/** Null: it is well. `isFinal`: looking again cannot change it. */
export type Finding = { readonly cause: string; readonly isFinal: boolean } | null;

/** One look at one thing. */
export interface Check {
  readonly name: string;
  readonly isCritical: boolean;
  /** Null: as patient as whoever looks. */
  readonly policy: CheckPolicy | null;
  readonly look: () => Promise<Finding>;
}

/** What a check says that is not well. */
export const failing = (cause: string, isFinal = false): Finding => ({ cause, isFinal });

/** Looks at all of them at once; each as patiently as it says itself, else as `policy` does. */
export const runChecks = async (
  clock: Clock,
  checks: readonly Check[],
  policy: CheckPolicy,
): Promise<HealthReport> => {
  const results = await Promise.all(checks.map((check) => runCheck(clock, check, policy)));
  return { atMs: clock.wallMs(), results };
};

/** One check with its attempts. What throws has failed; what does not answer is timed out. */
const runCheck = async (
  clock: Clock,
  { name, isCritical, look, policy: own }: Check,
  asker: CheckPolicy,
): Promise<CheckResult> => {
  const policy = own ?? asker;
  const beginMs = clock.monotonicMs();
  const elapsedMs = (): number => Math.round(clock.monotonicMs() - beginMs);
  for (let attempts = 1; ; attempts += 1) {
    const looking = look().catch((thrown: unknown): Finding => ({
      cause: String(thrown).slice(0, CAUSE_UNITS_MAX),
      isFinal: false,
    }));
    const answer = await firstOf(clock, looking, policy.timeoutMs - elapsedMs());
    const told = { name, isCritical, attempts, durationMs: elapsedMs() };
    if (answer === null) return { ...told, grade: 'good', cause: null };
    if (answer === 'over') return { ...told, grade: 'timed-out', cause: 'no answer in time' };
    if (answer.isFinal || !mayTryAgain(policy, attempts, elapsedMs())) {
      return { ...told, grade: 'failed', cause: answer.cause };
    }
    await sleep(clock, policy.intervalMs);
  }
};

const CAUSE_UNITS_MAX = 200;

/** The answer, or that the time was over first. */
const firstOf = <T>(clock: Clock, answering: Promise<T>, leftMs: number): Promise<T | 'over'> =>
  new Promise((done) => {
    const cancel = clock.after(Math.max(0, Math.ceil(leftMs)), () => done('over'));
    void answering.then((answer) => {
      cancel();
      done(answer);
    });
  });

/** Resolves after so many ms, a part of one counting as one. */
export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((done) => void clock.after(Math.ceil(ms), done));
