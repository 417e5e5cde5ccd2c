import type { CanonicalValue } from '../../core/base/canonical.js';
import {
  type CheckResult,
  type HealthReport,
  type JournalMark,
  blamedIn,
  contradictionOf,
} from '../../core/health/checks.js';
import type { Row } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { HealthCheck } from './embedded-checks.js';
import type { Looks } from './looks.js';
import { inspectHoldings } from '../journal/inspection.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import type { OwnBundle } from '../upgrades/own-bundle.js';
import { KEYS, fieldsIn, numberIn, putRow, readRow, textIn } from '../storage/rows.js';

/** Looks whether this device is well, and what of it is the fault of the code that runs. */
export interface HealthService {
  /** Takes down how it is before a switch, so that what was broken is nobody's fault after it. */
  readonly note: () => Promise<void>;
  /** Looks at everything, as patiently as a trial is; gives what the running code is blamed for. */
  readonly prove: () => Promise<readonly CheckResult[]>;
  /**
   * Looks at everything once, the whole journal too, for a person; nothing is blamed for it. Null:
   * the code that looks does not come.
   */
  readonly look: () => Promise<HealthReport | null>;
  /** The last report about the bundle that runs, of this start or an earlier one; null: none. */
  readonly report: () => HealthReport | null;
  /** Under a bundle on trial: what the journal is before anything new came. */
  readonly opened: () => void;
  readonly load: (own: readonly Row[]) => void;
}

export const createHealthService = (
  context: Context,
  own: OwnBundle,
  peers: Pick<PeerChoice, 'ranked'>,
  embedded: readonly HealthCheck[],
): HealthService => {
  const { clock, store } = context.ports;
  const beginMs = clock.monotonicMs();
  let before: HealthReport | null = null;
  let marked: JournalMark | null = null;
  let found: JournalMark | null = null;
  let report: HealthReport | null = null;
  /** The bundle that it is about: another one has to be looked at anew. */
  let about: string | null = null;

  /** The code that looks comes when something is looked at; null where it does not come. */
  const look = async (
    how: (looks: Looks) => Promise<HealthReport>,
  ): Promise<HealthReport | null> => {
    const part = await import('./looks.js').catch(() => null);
    return part === null ? null : how(part.createLooks(context, own, peers, embedded));
  };

  /** What was not looked at this time stands as it was found last. */
  const keep = async ({ atMs, results }: HealthReport): Promise<HealthReport> => {
    const last = about === own.content() ? (report?.results ?? []) : [];
    const isLookedAt = new Set(results.map(({ name }) => name));
    const rest = last.filter(({ name }) => !isLookedAt.has(name));
    report = { atMs, results: [...results, ...rest] };
    about = own.content();
    await store.commit(
      [putRow('own', KEYS.health, { ...reportRow(report), content: about })],
      'relaxed',
    );
    context.changed();
    return report;
  };

  return {
    note: async () => {
      before = await look((looks) => looks.before());
      marked = markOf(context);
      if (before === null) return;
      const row = { ...reportRow(before), mark: marked === null ? null : { ...marked } };
      // A switch without it is judged more strictly, and no more: nothing waits for this row.
      await store.commit([putRow('own', KEYS.healthBefore, row)], 'strict');
    },
    prove: async () => {
      const isOnTrial = isTrialOn(own);
      const looked = await look((looks) =>
        looks.onTrial(beginMs, () => contradictionOf(marked, found)),
      );
      // All files of a bundle lay here, checked, when it went on trial: one that does not come is
      // its fault. Later the browser may have lost it, and it is fetched again.
      if (looked === null) return isOnTrial ? [PART_MISSING] : [];
      await keep(looked);
      return blamedIn(before, looked, isOnTrial);
    },
    look: async () => {
      const looked = await look((looks) => looks.atAll());
      return looked === null ? null : keep(looked);
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

const PART_MISSING: CheckResult = {
  ...{ name: 'code', isCritical: true, grade: 'failed', attempts: 1, durationMs: 0 },
  cause: 'a part of this version does not come',
};

const isTrialOn = (own: OwnBundle): boolean => (own.state()?.trial ?? null) !== null;

/** What the journal is now; null where there is none. */
const markOf = ({ holdings }: Context): JournalMark | null => {
  const { base, factSet, digest } = inspectHoldings(holdings);
  if (holdings === null || base === null || factSet === null || digest === null) return null;
  return { base, factSet, digest, fold: holdings.folded() };
};

const reportRow = ({ atMs, results }: HealthReport): { [field: string]: CanonicalValue } => ({
  atMs,
  results: results.map(({ name, isCritical, grade, cause, attempts, durationMs }) => ({
    ...{ name, isCritical, grade, cause, attempts, durationMs },
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
  const name = textIn(row, 'name');
  const grade = GRADES.find((each) => each === textIn(row, 'grade'));
  if (name === null || grade === undefined) return [];
  return [
    {
      ...{ name, grade, cause: textIn(row, 'cause') },
      // Versions before this was told had critical ones alone.
      isCritical: fieldsIn(row)['isCritical'] !== false,
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
