import type { Cancel } from '../../ports/clock.js';
import { writeCheckpoint } from './checkpoint-codec.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { KEYS, putBytes } from './rows.js';
import { sealing } from './seals.js';
import { inTurns, startSlices } from '../loop/slices.js';
import type { StoredReading } from './stored-reading.js';

/** With fewer facts than these since the last one, a checkpoint would spare nothing. */
export const CHECKPOINT_FACTS = 1_000;

/** So long after facts came: they come in bursts, and a checkpoint costs what all of them do. */
const IDLE_MS = 2_000;

/**
 * Writes down what the facts were folded into, so that the next start need not fold them (F9).
 *
 * A cache on which nothing depends: lost, damaged or behind, it is passed over, and what fails here
 * is told to nobody.
 */
export interface CheckpointKeeper {
  /** How many facts the checkpoint speaks of that this start took up; 0 without one. */
  readonly load: (holdings: Holdings, takenUp: number) => void;
  /** Writes one after a while if there is enough to tell. */
  readonly follow: () => void;
  readonly close: () => void;
}

export const createCheckpointKeeper = (
  context: Context,
  reading: StoredReading,
  factsMin: number = CHECKPOINT_FACTS,
): CheckpointKeeper => {
  let told = 0;
  let footing: string | null = null;
  let waiting: Cancel | null = null;
  let isClosed = false;

  /** On another footing the last one counts for nothing. */
  const isDue = (holdings: Holdings): boolean => {
    const facts = holdings.journal().factCount();
    if (facts < factsMin) return false;
    return holdings.footing() !== footing || facts - told >= Math.max(factsMin, facts / 8);
  };

  const write = async (): Promise<void> => {
    const { holdings } = context;
    if (holdings === null || isClosed || !isDue(holdings)) return;
    const rows = await context.ports.store.read('facts');
    if (!rows.ok || isClosed) return;
    // In turns: this queue keeps everything out that would change what is written.
    const slices = startSlices(context.ports.clock);
    const seals = await inTurns(sealing(holdings.journal(), rows.value), slices);
    // Told or not, it is not tried again before as many facts came once more.
    told = holdings.journal().factCount();
    footing = holdings.footing();
    if (seals === null) return;
    const writing = writeCheckpoint({ footing, seals, kept: holdings.kept() });
    const bytes = await inTurns(writing, slices);
    if (isClosed) return;
    await context.ports.store.commit([putBytes('payloads', KEYS.checkpoint, bytes)], 'relaxed');
  };

  const begin = (): void => {
    waiting = null;
    const unread = reading.whenRead();
    if (unread === null) context.run(write);
    else void unread.then(() => context.run(write));
  };

  return {
    load: (holdings, takenUp) => {
      told = takenUp;
      footing = takenUp === 0 ? null : holdings.footing();
    },
    follow: () => {
      const { holdings } = context;
      if (holdings === null || waiting !== null || isClosed || !isDue(holdings)) return;
      waiting = context.ports.clock.after(IDLE_MS, begin);
    },
    close: () => {
      isClosed = true;
      waiting?.();
    },
  };
};
