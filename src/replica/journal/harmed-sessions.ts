import type { SessionId } from '../../core/base/brands.js';
import { tipOfFact } from '../../core/facts/session.js';
import { runsBeyond } from '../../core/journal/journal.js';
import type { Change } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { Holdings } from './holdings.js';
import { carry, signatureRow } from './intake.js';
import { openStore } from '../storage/opening.js';
import { factRows, readRow } from '../storage/rows.js';

/**
 * Sessions whose rows cannot be read because what they follow is missing (rules F9, S7).
 *
 * While the payload of the base is not there, the facts above its cut read as damaged, although
 * nothing is wrong with them. Until it is back their rows are left as they are, whatever peers send
 * of them meanwhile; then they are read again.
 */
export interface HarmedSessions {
  /** Of the sessions that did not read back those that may, once a payload is back. */
  readonly load: (holdings: Holdings, damaged: readonly SessionId[]) => Promise<void>;
  /** Reads the rows again once all payloads are there. True when facts came of it. */
  readonly settle: () => Promise<boolean>;
}

/** `readAgain` runs once after facts were read a second time. */
export const createHarmedSessions = (
  context: Context,
  readAgain: () => Promise<void>,
): HarmedSessions => {
  const load: HarmedSessions['load'] = async (holdings, damaged) => {
    if (damaged.length === 0 || !isAwaitingPayload(holdings)) return;
    const rows = await context.ports.store.read('signatures');
    const seqs = new Map(rows.ok ? rows.value.map(({ key, value }) => [key, seqOf(value)]) : []);
    for (const session of damaged) context.harmed.set(session, seqs.get(session) ?? -1);
  };

  const settle = async (): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null || context.harmed.size === 0 || isAwaitingPayload(holdings)) return false;
    const opened = await openStore(context.ports.store, holdings.me);
    if (!opened.ok || opened.value.holdings === null) return false;
    const runs = runsBeyond(opened.value.holdings.journal(), seqsIn(holdings)).flatMap((run) => {
      const last = run.facts.at(-1);
      if (last === undefined || !context.harmed.has(run.session)) return [];
      return { ...run, author: last.envelope.author, tip: tipOfFact(last) };
    });
    const done = await keepWhatCame(context, holdings, opened.value.damaged);
    if (!done) return false;
    context.harmed.clear();
    const fresh = holdings.addRuns(runs);
    carry(context, holdings, runs);
    if (fresh.length > 0) context.run(readAgain);
    return fresh.length > 0;
  };

  return { load, settle };
};

/** What peers sent of sessions that are damaged all the same was only held in memory. */
const keepWhatCame = async (
  context: Context,
  holdings: Holdings,
  damaged: readonly SessionId[],
): Promise<boolean> => {
  const changes = damaged.flatMap((session): Change[] => {
    const log = holdings.journal().sessions().get(session);
    const last = log?.facts.at(-1);
    if (log?.signed == null || last?.envelope.seq !== log.signed.seq) return [];
    const { seq: lastSeq, signature } = log.signed;
    return [
      ...factRows(session, log.firstSeq, log.facts),
      signatureRow({ session, facts: log.facts, lastSeq, signature }),
    ];
  });
  return changes.length === 0 || (await context.commit(changes, 'relaxed')).ok;
};

const isAwaitingPayload = (holdings: Holdings): boolean =>
  holdings.tips().some((head) => !holdings.payloadStates().has(head));

const seqsIn = (holdings: Holdings): ReadonlyMap<SessionId, number> =>
  new Map([...holdings.journal().frontier()].map(([session, { seq }]) => [session, seq]));

const seqOf = (row: Uint8Array): number => {
  const read = readRow(row);
  const [seq] = Array.isArray(read) ? (read as readonly unknown[]) : [];
  return typeof seq === 'number' ? seq : -1;
};
