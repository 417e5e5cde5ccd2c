import { type Result, err, ok } from '../../core/base/result.js';
import type { MigrationFault, MigrationRun } from '../../ports/bundles.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { ownBytes } from '../own-bytes.js';
import type { MigrationJob, MigrationReport } from './migration-job.js';

export type { MigrationReport } from './migration-job.js';

/** What a worker tells of itself: its script broke, or the browser never got to run it. */
export type WorkerFault = { readonly kind: 'failed' } | { readonly kind: 'unloaded' };

/** A candidate's script at work; it does one job and is stopped. */
export interface MigrationWorker {
  readonly post: (job: MigrationJob) => void;
  /** Calls back with each report, and with what went wrong; one listener only. */
  readonly listen: (listener: (report: MigrationReport | WorkerFault) => void) => void;
  readonly stop: () => void;
}

/** Starts a script where it reaches nothing of this device; null where that cannot be done. */
export type StartMigration = (script: Uint8Array) => MigrationWorker | null;

/** A browser that is short of something may start a worker in vain; so often it is asked. */
const STARTS_MAX = 3;
/** So long a script may take until it begins. */
const START_MS = 10_000;
/** So long it may take from its beginning. */
export const MIGRATION_MS_MAX = 30_000;

/**
 * Has a candidate's script take a copy of the state up and down again, and watches it.
 *
 * What hangs is ended; what it answers is foreign, so it is read part by part. A script that the
 * browser could not load is no fault of the script: it is started anew, and in the end untried.
 * Errors: untried, hangs, breaks, unreadable, too-large.
 * Source: rule U12.
 */
export const tryScript = async (
  start: StartMigration,
  script: Uint8Array,
  payload: Uint8Array,
  clock: Clock,
): Promise<Result<MigrationRun, MigrationFault>> => {
  for (let starts = 0; starts < STARTS_MAX; starts += 1) {
    const ran = await tryOnce(start, script, payload, clock);
    if (ran !== 'unloaded') return ran;
  }
  return err('untried');
};

const tryOnce = (
  start: StartMigration,
  script: Uint8Array,
  payload: Uint8Array,
  clock: Clock,
): Promise<Result<MigrationRun, MigrationFault> | 'unloaded'> => {
  const worker = start(script);
  if (worker === null) return Promise.resolve(err('untried'));
  return new Promise((resolve) => {
    let startedMs: number | null = null;
    let cancel: Cancel = () => undefined;
    const end = (result: Result<MigrationRun, MigrationFault> | 'unloaded'): void => {
      cancel();
      worker.stop();
      resolve(result);
    };
    const watch = (delayMs: number, fault: MigrationFault): void => {
      cancel();
      cancel = clock.after(delayMs, () => end(err(fault)));
    };
    watch(START_MS, 'hangs');
    worker.listen((report) => {
      if (report.kind === 'started' && startedMs === null) {
        startedMs = clock.monotonicMs();
        return watch(MIGRATION_MS_MAX, 'hangs');
      }
      if (report.kind === 'unloaded' && startedMs === null) return end('unloaded');
      if (report.kind === 'refused') return end(err(faultOf(report.reason)));
      const run = startedMs === null ? null : runOf(report, clock.monotonicMs() - startedMs);
      end(run === null ? err('breaks') : ok(run));
    });
    worker.post({ payload: ownBytes(payload) });
  });
};

const faultOf = (reason: unknown): MigrationFault =>
  reason === 'unreadable' || reason === 'too-large' ? reason : 'breaks';

/** Null for what no script of ours says. */
const runOf = (report: MigrationReport | WorkerFault, durationMs: number): MigrationRun | null => {
  if (report.kind !== 'done') return null;
  const { format, bytes, back } = report;
  const isWhole = [format, bytes].every((each) => Number.isSafeInteger(each) && each >= 0);
  // Its arrays are those of the window that made the worker, which may be another one.
  if (!isWhole || !ArrayBuffer.isView(back)) return null;
  const own = new Uint8Array(back.buffer, back.byteOffset, back.byteLength);
  return { format, bytes, back: own, durationMs: Math.max(0, Math.round(durationMs)) };
};
