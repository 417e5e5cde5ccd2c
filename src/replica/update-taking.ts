import { seqIn } from '../core/journal/frontier.js';
import type { CarrierUpdateMessage } from '../core/links/messages.js';
import type { CarrierError } from '../ports/carrier.js';
import type { Context } from './context.js';
import type { IncomingRun } from './foreign.js';
import type { Link } from './link.js';

/** Reads a peer's updates of the common document and hands on what facts are in them (F10, F11). */
export interface UpdateTaking {
  readonly take: (link: Link, message: CarrierUpdateMessage) => Promise<void>;
}

/** What the sync does with what was read, or with what could not be. */
export interface UpdateUses {
  readonly takeRuns: (link: Link, runs: readonly IncomingRun[]) => Promise<void>;
  readonly tellWhole: (link: Link) => void;
}

export const createUpdateTaking = (
  context: Context,
  { takeRuns, tellWhole }: UpdateUses,
): UpdateTaking => {
  /** What took too long to read, as from an honest peer of a slow device, may come as runs. */
  const refuse = (link: Link, { kind: reason }: CarrierError): void => {
    link.offences += 1;
    context.activity.add('update-refused', 'warn', link.peer, { reason });
    if (reason !== 'reader-timeout') return;
    link.takesUpdates = false;
    tellWhole(link);
  };

  return {
    take: async (link, message) => {
      const { carrier, holdings } = context;
      if (holdings === null) return;
      // An update for another base is no offence: the bases are on their way to each other.
      if (carrier === null || message.base !== carrier.base) return tellWhole(link);
      const read = await carrier.decodeUpdate(message.update);
      // What was closed meanwhile takes nothing more; what moved on needs another update.
      if (!link.isOpen || context.holdings === null) return;
      if (context.carrier !== carrier) return tellWhole(link);
      if (!read.ok) return refuse(link, read.error);
      const runs = read.value.map((run): IncomingRun => {
        const offset = seqIn(holdings.journal().cut, run.session) + 1;
        const signatures = new Map<number, Uint8Array>();
        for (const each of message.signatures) {
          if (each.session === run.session) signatures.set(each.seq, each.signature);
        }
        return {
          session: run.session,
          firstSeq: offset + run.firstPlace,
          facts: run.facts,
          signatures,
        };
      });
      return takeRuns(link, runs);
    },
  };
};
