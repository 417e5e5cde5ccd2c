import type { CarrierShelf } from '../../ports/carrier.js';
import type { Clock } from '../../ports/clock.js';
import type { Breathe } from './persistence.js';
import { startReaderWorker } from './reader-start.js';
import { createWorkerReader } from './worker-reader.js';
import { createYjsCarrierShelf } from './yjs-carrier-shelf.js';

/** The carriers of a browser's device: kept in IndexedDB, foreign updates read by a worker. */
export const createBrowserShelf = (profile: string, clock: Clock): CarrierShelf =>
  createYjsCarrierShelf(
    profile,
    createWorkerReader(startReaderWorker, clock),
    createBreathing(clock),
  );

/** One turn of long work, ms. */
const TURN_MS = 8;

const createBreathing = (clock: Clock): Breathe => {
  let startMs = clock.monotonicMs();
  return async () => {
    if (clock.monotonicMs() - startMs < TURN_MS) return;
    await clock.pause();
    startMs = clock.monotonicMs();
  };
};
