import { type ReaderJob, runJob } from './reader-job.js';

/**
 * The worker that reads foreign updates: one job after the other, nothing kept between them.
 *
 * It knows neither Yjs nor any document, storage or network; the page ends it when it takes too
 * long.
 */
addEventListener('message', (event: MessageEvent<ReaderJob>) => {
  runJob(event.data, (report, transfer) => postMessage(report, { transfer }));
});
