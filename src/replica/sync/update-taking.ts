import type { BaseId, SessionId } from '../../core/base/brands.js';
import { compareBytes } from '../../core/base/hash.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { CarrierUpdateMessage, NewsMessage } from '../../core/links/messages.js';
import { putBack } from '../../core/links/leaving-out.js';
import { isAbout } from '../../core/links/reach.js';
import { basePrefixOf } from '../../core/links/step.js';
import type { CarrierError } from '../../ports/carrier.js';
import type { Context } from '../context.js';
import type { IncomingRun } from '../journal/foreign.js';
import type { Holdings } from '../journal/holdings.js';
import type { Link } from '../links/link.js';
import { knownWords } from './steps.js';

export type UpdateMessage = CarrierUpdateMessage | NewsMessage;

/** Reads a peer's updates of the common document and hands on what facts are in them (F10, F11). */
export interface UpdateTaking {
  readonly take: (link: Link, message: UpdateMessage) => Promise<void>;
}

/** What the sync does with what was read, or with what could not be. */
export interface UpdateUses {
  readonly takeRuns: (
    link: Link,
    runs: readonly IncomingRun[],
    message: UpdateMessage,
  ) => Promise<void>;
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
      if (carrier === null || !isForBase(message, carrier.base)) return tellWhole(link);
      if (!isUnderRecord(message, holdings)) return tellWhole(link);
      const update = wholeUpdate(message, holdings);
      if (update === null) return refuse(link, { kind: 'undecodable' });
      const read = await carrier.decodeUpdate(update);
      // What was closed meanwhile takes nothing more; what moved on needs another update.
      if (!link.isOpen || context.holdings === null) return;
      if (context.carrier !== carrier) return tellWhole(link);
      if (!read.ok) return refuse(link, read.error);
      if (message.kind === 'news' && read.value.length > 1) {
        return refuse(link, { kind: 'too-many' });
      }
      const runs = read.value.map((run): IncomingRun => {
        const firstSeq = seqIn(holdings.journal().cut, run.session) + 1 + run.firstPlace;
        const { session, facts } = run;
        const signatures = signaturesOf(message, session, firstSeq + facts.length - 1);
        return { session, firstSeq, facts, signatures };
      });
      return takeRuns(link, runs, message);
    },
  };
};

const isForBase = (message: UpdateMessage, base: BaseId): boolean =>
  message.kind === 'news'
    ? compareBytes(message.base, basePrefixOf(base)) === 0
    : message.base === base;

/** Whether both ends mean the same ids; a record that only one of them has yet is no offence. */
const isUnderRecord = (message: UpdateMessage, holdings: Holdings): boolean =>
  message.kind !== 'news' ||
  message.gaps.length === 0 ||
  isAbout(holdings.chain().tipHash, message.reached);

const wholeUpdate = (message: UpdateMessage, holdings: Holdings): Uint8Array | null =>
  message.kind === 'news'
    ? putBack(message.update, message.gaps, knownWords(holdings))
    : message.update;

/** What a message offers for one session; news sign the last fact. */
const signaturesOf = (
  message: UpdateMessage,
  session: SessionId,
  lastSeq: number,
): ReadonlyMap<number, Uint8Array> => {
  if (message.kind === 'news') return new Map([[lastSeq, message.signature]]);
  const own = message.signatures.filter((each) => each.session === session);
  return new Map(own.map(({ seq, signature }) => [seq, signature]));
};
