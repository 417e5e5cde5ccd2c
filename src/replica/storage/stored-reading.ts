import type { Cancel } from '../../ports/clock.js';
import type { Work } from '../../core/base/work.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { KEYS, deleteRow } from './rows.js';
import { inTurns, startSlices } from '../loop/slices.js';

/** The first screen is painted before anything is read that it does not show. */
const FIRST_MS = 200;

/**
 * Reads stored facts that nobody has asked for yet, in turns, between other work.
 *
 * The list of records comes first, where it is long: it is what most people open next.
 */
export interface StoredReading {
  /** Null where nothing is left to read; else resolves when that is so, or after `close`. */
  readonly whenRead: () => Promise<void> | null;
  readonly close: () => void;
}

export const createStoredReading = (
  context: Context,
  listing: (holdings: Holdings) => Work<void> | null = () => null,
): StoredReading => {
  let reading: Promise<void> | null = null;
  let isClosed = false;
  let goOn: (() => void) | null = null;
  let cancel: Cancel | null = null;

  const pause = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      goOn = resolve;
      cancel = context.ports.clock.after(delayMs, resolve);
    });

  /** Facts that do not read although their rows are what they were: the checkpoint is let go. */
  const read = async (holdings: Holdings): Promise<void> => {
    await pause(FIRST_MS);
    const slices = startSlices(context.ports.clock);
    const list = listing(holdings);
    try {
      if (list !== null && !isClosed) await inTurns(list, slices);
      while (!isClosed && context.holdings === holdings && readSome(holdings)) {
        await slices.rest();
      }
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      context.activity.add('task-failed', 'bad', null, { reason: reason.slice(0, 200) });
      await context.ports.store.commit([deleteRow('payloads', KEYS.checkpoint)], 'relaxed');
      isClosed = true;
    }
    reading = null;
  };

  return {
    whenRead: () => {
      const { holdings } = context;
      if (reading !== null || isClosed || holdings === null) return reading;
      const isUnread = [...holdings.journal().sessions().values()].some((log) => log.hasUnread);
      if (isUnread || listing(holdings) !== null) reading = read(holdings);
      return reading;
    },
    close: () => {
      isClosed = true;
      cancel?.();
      goOn?.();
    },
  };
};

const readSome = (holdings: Holdings): boolean => {
  for (const log of holdings.journal().sessions().values()) if (log.readSome()) return true;
  return false;
};
