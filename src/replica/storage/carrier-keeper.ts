import type { BaseId } from '../../core/base/brands.js';
import type { Carrier } from '../../ports/carrier.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { piecesOf, placed } from '../journal/intake.js';
import { startSlices } from '../loop/slices.js';
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

  /** Puts in what the journal holds, in turns; false where the base moved on meanwhile. */
  const fill = async (carrier: Carrier, holdings: Holdings): Promise<boolean> => {
    const isWanted = (): boolean => context.holdings === holdings && wanted() === carrier.base;
    const slices = startSlices(context.ports.clock);
    if (!isWanted()) return false;
    const logs = holdings.journal().sessions();
    for (const piece of piecesOf([...logs.values()])) {
      if (slices.isOver()) {
        await slices.next();
        if (!isWanted()) return false;
      }
      carrier.append(placed(holdings, [piece]));
    }
    // What came in between, in one turn with what makes the carrier the one in use.
    const held = carrier.lengths();
    const rest = [...logs].map(([session, log]) => ({
      facts: log.since(log.firstSeq + (held.get(session) ?? 0)),
    }));
    carrier.append(placed(holdings, rest));
    return true;
  };

  /** Once more where the base moved on meanwhile. */
  const moveOn = async (): Promise<void> => {
    for (let base = wanted(); base !== null && context.carrier?.base !== base; base = wanted()) {
      const before = context.carrier;
      context.carrier = null;
      await before?.destroy();
      const unread = reading.whenRead();
      if (unread !== null) await unread;
      const carrier = await openFor(context, base);
      const { holdings } = context;
      if (holdings === null || !(await fill(carrier, holdings))) {
        await carrier.close();
        continue;
      }
      context.carrier = carrier;
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
