import { type ReaderWorker, overWorker } from './worker-reader.js';

/**
 * Starts the reader's worker of the packed library: `upkeep-reader.js`, which lies beside this
 * module, and which bundlers copy since its address is written so. Stands in the place of
 * `reader-start.ts` there.
 *
 * Null where the page's policy does not let it start (Trusted Types among them): the page's own
 * thread reads then.
 */
export const startReaderWorker = (): ReaderWorker | null => {
  try {
    const url = new URL('./upkeep-reader.js', import.meta.url);
    return overWorker(new Worker(url, { type: 'module', name: 'upkeep-reader' }));
  } catch {
    return null;
  }
};
