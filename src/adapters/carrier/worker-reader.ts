import type { BaseId } from '../../core/base/brands.js';
import { err, ok, type Result } from '../../core/base/result.js';
import type { CarriedRun, CarrierError } from '../../ports/carrier.js';
import type { Cancel, Clock } from '../../ports/clock.js';
import { ownBytes } from '../own-bytes.js';
import type { ReadUpdate } from './document.js';
import type { ReaderJob, ReaderReport } from './reader-job.js';
import { cutRuns, readUpdate } from './update-reader.js';

/** A worker as this reader needs it; at most one job is with it at a time. */
export interface ReaderWorker {
  readonly post: (job: ReaderJob) => void;
  /** Calls back with each report, and when it could not be loaded or broke; one listener only. */
  readonly listen: (listener: (report: ReaderReport | { readonly kind: 'failed' }) => void) => void;
  readonly stop: () => void;
}

/** A browser's worker as the reader sees it. */
export const overWorker = (worker: Worker): ReaderWorker => ({
  post: (job) => worker.postMessage(job, [job.update.buffer]),
  listen: (listener) => {
    worker.onmessage = (event: MessageEvent<ReaderReport>) => listener(event.data);
    worker.onerror = () => listener({ kind: 'failed' });
    worker.onmessageerror = () => listener({ kind: 'failed' });
  },
  stop: () => worker.terminate(),
});

/** Reads foreign updates away from the page's thread. */
export interface UpdateReader {
  readonly read: ReadUpdate;
  /** Lets the worker go once what was begun is done; the next read starts another. */
  readonly rest: () => Promise<void>;
}

/** So long a job may take from its start. */
const WATCHDOG_MS = 250;
/** So long a worker may take until it begins, its loading included. */
const START_MS = 2_000;
/** After a worker that could not be started the next try waits so long. */
const RETRY_MS = 60_000;

type Outcome = Result<readonly CarriedRun[], CarrierError>;

/**
 * A reader over a worker, which is started with the first update and used for all that follow.
 *
 * One update is read after the other. A job that runs longer than 250 ms is ended with its worker,
 * and the next one gets a new worker. Where no worker can be started the caller's thread reads,
 * with the same bounded steps.
 * Errors: `reader-timeout` for a job that was ended; `undecodable` for one that broke its worker.
 * Source: rule F11.
 */
export const createWorkerReader = (
  start: () => ReaderWorker | null,
  clock: Clock,
): UpdateReader => {
  let worker: ReaderWorker | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let retryAtMs = Number.NEGATIVE_INFINITY;

  const stop = (): void => {
    worker?.stop();
    worker = null;
  };

  const giveUpStarting = (): void => {
    stop();
    retryAtMs = clock.monotonicMs() + RETRY_MS;
  };

  const readNext = async (base: BaseId, update: Uint8Array): Promise<Outcome> => {
    if (worker === null && clock.monotonicMs() >= retryAtMs) {
      worker = start();
      if (worker === null) giveUpStarting();
    }
    if (worker === null) return readUpdate(base, update);
    const done = await runWatched(worker, { base, update: ownBytes(update) }, clock);
    switch (done.kind) {
      case 'never-started':
        giveUpStarting();
        return readUpdate(base, update);
      case 'late':
        stop();
        return err({ kind: 'reader-timeout' });
      case 'broken':
        stop();
        return err({ kind: 'undecodable' });
      case 'done':
        return done.result.ok ? ok(cutRuns(update, done.result.value)) : done.result;
    }
  };

  return {
    read: (base, update) => {
      const outcome = last.then(() => readNext(base, update));
      last = outcome.catch(() => undefined);
      return outcome;
    },
    rest: async () => {
      await last;
      stop();
    },
  };
};

type Done =
  | Extract<ReaderReport, { readonly kind: 'done' }>
  /** It could not be loaded, or did not begin in time. */
  | { readonly kind: 'never-started' }
  | { readonly kind: 'late' }
  /** It began, and failed otherwise than by its answer. */
  | { readonly kind: 'broken' };

/** Gives one job to a worker and waits for the first of its answer, its failure or its time. */
const runWatched = (worker: ReaderWorker, job: ReaderJob, clock: Clock): Promise<Done> =>
  new Promise((resolve) => {
    let hasStarted = false;
    const finish = (done: Done): void => {
      cancel();
      resolve(done);
    };
    let cancel = afterHalves(clock, START_MS, () => finish({ kind: 'never-started' }));
    worker.listen((report) => {
      if (report.kind === 'done') return finish(report);
      if (report.kind === 'failed')
        return finish({ kind: hasStarted ? 'broken' : 'never-started' });
      hasStarted = true;
      cancel();
      cancel = afterHalves(clock, WATCHDOG_MS, () => finish({ kind: 'late' }));
    });
    worker.post(job);
  });

/**
 * Counts a time in two halves: after one that rang late because the page itself stood still, a
 * report that lies waiting is heard before the other is over.
 */
const afterHalves = (clock: Clock, delayMs: number, run: () => void): Cancel => {
  let cancel = clock.after(delayMs / 2, () => {
    cancel = clock.after(delayMs / 2, run);
  });
  return () => cancel();
};
