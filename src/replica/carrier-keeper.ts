import type { BaseId } from '../core/base/brands.js';
import type { Carrier } from '../ports/carrier.js';
import type { Context } from './context.js';
import { carry } from './intake.js';
import type { StoredReading } from './stored-reading.js';

/**
 * Keeps the carrier of the present base open and filled (rule F10).
 *
 * Nothing waits for it: until it is open facts go as runs. So a device shows what it holds before
 * the document's code and bytes are read.
 */
export interface CarrierKeeper {
  /** Lets go of the carrier of another base, and begins to open that of the present one. */
  readonly follow: () => void;
  /** Resolves when nothing is being opened; what is open is closed, and none is opened again. */
  readonly close: () => Promise<void>;
}

export const createCarrierKeeper = (context: Context, reading: StoredReading): CarrierKeeper => {
  let moving: Promise<void> | null = null;
  let isClosed = false;
  let isFailing = false;

  const wanted = (): BaseId | null => (isClosed ? null : (context.holdings?.base().id ?? null));

  /** Once more where the base moved on meanwhile. */
  const moveOn = async (): Promise<void> => {
    for (let base = wanted(); base !== null && context.carrier?.base !== base; base = wanted()) {
      const before = context.carrier;
      context.carrier = null;
      await before?.destroy();
      const unread = reading.whenRead();
      if (unread !== null) await unread;
      const carrier = await openFor(context, base);
      if (context.holdings === null || wanted() !== base) {
        await carrier.close();
        continue;
      }
      context.carrier = carrier;
      carry(context, context.holdings, [...context.holdings.journal().sessions().values()]);
      await context.ports.shelf.keepOnly(base);
    }
    isFailing = false;
  };

  /** What cannot be opened is tried again when something changes; only the first time is told. */
  const failed = (thrown: unknown): void => {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    if (!isFailing) {
      context.activity.add('task-failed', 'bad', null, { reason: reason.slice(0, 200) });
    }
    isFailing = true;
  };

  const move = async (): Promise<void> => {
    try {
      await moveOn();
    } catch (thrown) {
      failed(thrown);
    }
    moving = null;
    // The base may have moved between the last look and here.
    if (!isFailing && wanted() !== null && wanted() !== context.carrier?.base) follow();
  };

  const follow = (): void => {
    moving ??= move();
  };

  return {
    follow,
    close: async () => {
      isClosed = true;
      await moving;
      await context.carrier?.close();
    },
  };
};

/** One that holds more than the journal is of another past: it is made anew. */
const openFor = async (context: Context, base: BaseId): Promise<Carrier> => {
  const carrier = await context.ports.shelf.open(base);
  const sessions = context.holdings?.journal().sessions();
  if (sessions === undefined) return carrier;
  const isAhead = [...carrier.lengths()].some(
    ([session, length]) => length > (sessions.get(session)?.count ?? 0),
  );
  if (!isAhead) return carrier;
  await carrier.destroy();
  return context.ports.shelf.open(base);
};
