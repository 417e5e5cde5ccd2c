import { trustWorkerUrl } from '../worker-url.js';
import workerPath from './reader-worker.js?worker&url';
import { type ReaderWorker, overWorker } from './worker-reader.js';

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
