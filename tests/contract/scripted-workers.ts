import { runJob, type ReaderReport } from '../../src/adapters/carrier/reader-job.js';
import { createWorkerReader, type ReaderWorker } from '../../src/adapters/carrier/worker-reader.js';
import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import { workersIn, type WatchdogBench, type WorkerManner } from './watchdog-contract.js';

type Heard = ReaderReport | { readonly kind: 'failed' };

/** A worker without a thread: it does its jobs, or does not, when the caller has let go. */
const scriptedWorker = (manner: Exclude<WorkerManner, 'forbidden'>): ReaderWorker => {
  let listener: (heard: Heard) => void = () => undefined;
  let isStopped = false;
  const say = (heard: Heard): void => {
    queueMicrotask(() => {
      if (!isStopped) listener(heard);
    });
  };
  return {
    listen: (next) => {
      listener = next;
    },
    stop: () => {
      isStopped = true;
    },
    post: (job) => {
      if (manner === 'sound') return runJob(job, say);
      if (manner === 'missing') return say({ kind: 'failed' });
      if (manner === 'silent') return undefined;
      say({ kind: 'started' });
      if (manner === 'breaks') say({ kind: 'failed' });
    },
  };
};

/** A bench over scripted workers and a clock that stands still until `pass`. */
export const scriptedBench = (): WatchdogBench => {
  const clock = createManualClock();
  let counts: WatchdogBench['counts'] = () => ({ started: 0, stopped: 0 });
  return {
    makeReader: (...manners) => {
      const workers = workersIn(manners, scriptedWorker);
      counts = workers.counts;
      return createWorkerReader(workers.start, clock);
    },
    counts: () => counts(),
    pass: async (byMs) => {
      await quiet();
      clock.advance(byMs);
      await quiet();
    },
  };
};

/** Lets everything that waits for promises run; no time passes. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
