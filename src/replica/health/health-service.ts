import type { CanonicalValue } from '../../core/base/canonical.js';
import {
  BEFORE_POLICY,
  CRITICAL_CHECKS,
  type CheckName,
  type CheckPolicy,
  type CheckResult,
  type HealthReport,
  type JournalMark,
  TRIAL_POLICY,
  blamedIn,
  contradictionOf,
  mayTryAgain,
} from '../../core/health/checks.js';
import type { Row } from '../../ports/store.js';
import type { Context } from '../context.js';
import { type Check, type Finding, sleep, standingChecks, trialChecks } from './health-checks.js';
import { inspectHoldings } from '../journal/inspection.js';
import type { OwnBundle } from '../upgrades/own-bundle.js';
import { KEYS, fieldsIn, numberIn, putRow, readRow, textIn } from '../storage/rows.js';

/** Looks whether this device is well, and what of it is the fault of the code that runs. */
export interface HealthService {
  /** Takes down how it is before a switch, so that what was broken is nobody's fault after it. */
  readonly note: () => Promise<void>;
  /** Looks at everything, as patiently as a trial is; gives what the running code is blamed for. */
  readonly prove: () => Promise<readonly CheckResult[]>;
  /** The last report about the bundle that runs, of this start or an earlier one; null: none. */
  readonly report: () => HealthReport | null;
  /** Under a bundle on trial: what the journal is before anything new came. */
  readonly opened: () => void;
  readonly load: (own: readonly Row[]) => void;
}

export const createHealthService = (context: Context, own: OwnBundle): HealthService => {
  const { clock, store } = context.ports;
  const beginMs = clock.monotonicMs();
  let before: HealthReport | null = null;
  let marked: JournalMark | null = null;
  let found: JournalMark | null = null;
  let report: HealthReport | null = null;
  /** The bundle that it is about: another one has to be looked at anew. */
  let about: string | null = null;

  const look = async (checks: readonly Check[], policy: CheckPolicy): Promise<HealthReport> => {
    const results = await Promise.all(checks.map((check) => runCheck(context, check, policy)));
    return { atMs: clock.wallMs(), results };
  };

  return {
    note: async () => {
      before = await look(standingChecks(context, own), BEFORE_POLICY);
      marked = markOf(context);
      const row = { ...reportRow(before), mark: marked === null ? null : { ...marked } };
      // A switch without it is judged more strictly, and no more: nothing waits for this row.
      await store.commit([putRow('own', KEYS.healthBefore, row)], 'strict');
    },
    prove: async () => {
      const isOnTrial = isTrialOn(own);
      const checks = [
        ...standingChecks(context, own),
        ...trialChecks(context, beginMs, () => contradictionOf(marked, found)),
      ];
      report = await look(checks, TRIAL_POLICY);
      about = own.content();
      const row = { ...reportRow(report), content: about };
      await store.commit([putRow('own', KEYS.health, row)], 'relaxed');
      context.changed();
      return blamedIn(before, report, isOnTrial);
    },
    report: () => (about === own.content() ? report : null),
    opened: () => {
      if (isTrialOn(own)) found ??= markOf(context);
    },
    load: (rows) => {
      const rowOf = (key: string): CanonicalValue => {
        const row = rows.find((each) => each.key === key);
        return row === undefined ? null : readRow(row.value);
      };
      const held = rowOf(KEYS.healthBefore);
      before = reportIn(held);
      marked = markIn(fieldsIn(held)['mark'] ?? null);
      report = reportIn(rowOf(KEYS.health));
      about = textIn(rowOf(KEYS.health), 'content');
    },
  };
};

const isTrialOn = (own: OwnBundle): boolean => (own.state()?.trial ?? null) !== null;

/** What the journal is now; null where there is none. */
const markOf = ({ holdings }: Context): JournalMark | null => {
  const { base, factSet, digest } = inspectHoldings(holdings);
  if (holdings === null || base === null || factSet === null || digest === null) return null;
  return { base, factSet, digest, fold: holdings.folded() };
};

/** One check with its attempts. What throws has failed; what does not answer is timed out. */
const runCheck = async (
  { ports: { clock } }: Context,
  { name, look }: Check,
  policy: CheckPolicy,
): Promise<CheckResult> => {
  const beginMs = clock.monotonicMs();
  const elapsedMs = (): number => Math.round(clock.monotonicMs() - beginMs);
  for (let attempts = 1; ; attempts += 1) {
    const looking = look().catch((thrown: unknown): Finding => ({
      cause: String(thrown).slice(0, CAUSE_UNITS_MAX),
      isFinal: false,
    }));
    const answer = await firstOf(clock, looking, policy.timeoutMs - elapsedMs());
    const told = { name, attempts, durationMs: elapsedMs() };
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
const firstOf = <T>(
  clock: Context['ports']['clock'],
  answering: Promise<T>,
  leftMs: number,
): Promise<T | 'over'> =>
  new Promise((done) => {
    const cancel = clock.after(Math.max(0, Math.ceil(leftMs)), () => done('over'));
    void answering.then((answer) => {
      cancel();
      done(answer);
    });
  });

const reportRow = ({ atMs, results }: HealthReport): { [field: string]: CanonicalValue } => ({
  atMs,
  results: results.map(({ name, grade, cause, attempts, durationMs }) => ({
    ...{ name, grade, cause, attempts, durationMs },
  })),
});

const GRADES = ['good', 'failed', 'timed-out'] as const;

/** Null for a row that is not there, or that some other version wrote. */
const reportIn = (row: CanonicalValue): HealthReport | null => {
  const atMs = numberIn(row, 'atMs');
  const results = fieldsIn(row)['results'];
  if (atMs === null || !Array.isArray(results)) return null;
  return { atMs, results: (results as readonly CanonicalValue[]).flatMap(resultIn) };
};

const resultIn = (row: CanonicalValue): readonly CheckResult[] => {
  const name = CRITICAL_CHECKS.find((each): each is CheckName => each === textIn(row, 'name'));
  const grade = GRADES.find((each) => each === textIn(row, 'grade'));
  if (name === undefined || grade === undefined) return [];
  return [
    {
      ...{ name, grade, cause: textIn(row, 'cause') },
      attempts: numberIn(row, 'attempts') ?? 1,
      durationMs: numberIn(row, 'durationMs') ?? 0,
    },
  ];
};

const markIn = (row: CanonicalValue): JournalMark | null => {
  const [base, factSet, digest] = ['base', 'factSet', 'digest'].map((name) => textIn(row, name));
  const fold = numberIn(row, 'fold');
  if (!base || !factSet || !digest || fold === null) return null;
  return { base, factSet, digest, fold };
};
