import { trustWorkerUrl } from '../worker-url.js';
import type { ReaderReport } from './reader-job.js';
import workerPath from './reader-worker.js?worker&url';
import type { ReaderWorker } from './worker-reader.js';

/**
 * Starts the reader's worker from this build, through the policy of the page; null where the
 * browser, its policy or a development server does not let it start.
 *
 * Source: rule P6, `worker-src 'self'`; UX.md section 5 (`upkeep-worker`).
 */
export const startReaderWorker = (): ReaderWorker | null => {
  try {
    const url = trustWorkerUrl(new URL(workerPath, document.baseURI));
    return overWorker(new Worker(url, { type: 'module' }));
  } catch {
    return null;
  }
};

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
