import type { SessionId } from '../../core/base/brands.js';
import { factSigningBytes } from '../../core/facts/codec.js';
import type { SessionTip } from '../../core/journal/frontier.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { KEYS, putRow, readRow } from './rows.js';

/**
 * Looks once whether the signatures that the store kept still hold (rules F4, F9).
 *
 * What was verified before it was stored is believed when it is read, and a bit that turned in a
 * signature changes nothing that is shown. But others would refuse the run, and count an offence:
 * so it is looked for before the first word to anyone, and after the first screen.
 */
export interface StoredSignatures {
  /** Signs own sessions again, and doubts those of others until a peer sends their signature. */
  readonly check: () => Promise<void>;
}

export const createStoredSignatures = (context: Context): StoredSignatures => {
  const check = async (): Promise<void> => {
    const { holdings } = context;
    if (holdings === null) return;
    const ends = [...holdings.journal().sessions()].flatMap(([session, { signed }]) => {
      const tip = holdings.journal().tip(session);
      if (signed === null || tip === null || tip.seq !== signed.seq) return [];
      const message = factSigningBytes(tip.id);
      return { session, tip, check: { key: tip.author, message, signature: signed.signature } };
    });
    const verdicts = await context.ports.verifier.verify(ends.map((end) => end.check));
    for (const [index, { session, tip }] of ends.entries()) {
      if (verdicts[index] === true) continue;
      context.activity.add('session-damaged', 'bad', null, { session: session.slice(0, 8) });
      if (!(await signAgain(context, holdings, session, tip))) {
        doubtsOf(holdings).set(session, tip.seq);
      }
    }
  };
  return { check };
};

/** Only where the store says of the last fact that it is the one that was signed. */
const signAgain = async (
  context: Context,
  holdings: Holdings,
  session: SessionId,
  tip: SessionTip,
): Promise<boolean> => {
  if (context.keys === null || tip.author !== holdings.me) return false;
  const row = await context.ports.store.get('signatures', KEYS.signature(session));
  const read = row.ok && row.value !== null ? readRow(row.value) : null;
  const [, , id] = Array.isArray(read) ? (read as readonly unknown[]) : [];
  if (id !== tip.id) return false;
  const signature = await context.keys.signer.sign(factSigningBytes(tip.id));
  const change = putRow('signatures', KEYS.signature(session), [tip.seq, signature, tip.id]);
  if (!(await context.commit([change], 'relaxed')).ok) return false;
  holdings.journal().sign(session, { seq: tip.seq, signature });
  return true;
};

const doubtsByHoldings = new WeakMap<Holdings, Map<SessionId, number>>();

/** The sessions whose stored signature does not hold, and up to which seq it was to speak. */
export const doubtsOf = (holdings: Holdings): Map<SessionId, number> => {
  const held = doubtsByHoldings.get(holdings) ?? new Map<SessionId, number>();
  doubtsByHoldings.set(holdings, held);
  return held;
};

/** Whether this device cannot show that the end of a session is its author's. */
export const isDoubted = (holdings: Holdings, session: SessionId): boolean => {
  const seq = doubtsOf(holdings).get(session);
  return seq !== undefined && holdings.journal().sessions().get(session)?.signed?.seq === seq;
};
