import type { DeviceId } from '../../core/base/brands.js';
import { type Result, assert, ok } from '../../core/base/result.js';
import { type RosterRecord, memberOf } from '../../core/authority/roster.js';
import { newcomersOf } from '../../core/authority/transition.js';
import type { Body } from '../../core/facts/bodies.js';
import { factSigningBytes } from '../../core/facts/codec.js';
import type { Fact } from '../../core/facts/codec.js';
import type { AdmittedFact, AdmittedRun } from '../../core/facts/run.js';
import type { CarriedRun } from '../../ports/carrier.js';
import type { Change, Durability, StoreError } from '../../ports/store.js';
import type { Context } from '../context.js';
import { proofsOf, shownBy } from './clash-proofs.js';
import { type IncomingRun, admitForeign, isHarmless } from './foreign.js';
import {
  type GovernanceNews,
  type GovernanceOffer,
  admitGovernance,
  offerOf,
} from '../membership/governance.js';
import type { Holdings } from './holdings.js';
import { type OwnSession, draftFacts, openSession, ownRun, sessionRow } from './own-session.js';
import type { Details } from '../loop/activity.js';
import { addProblem } from '../loop/problems.js';
import { KEYS, factRows, putRow } from '../storage/rows.js';
import { startSlices } from '../loop/slices.js';
import { doubtsOf } from '../storage/stored-signatures.js';

/** What taking in foreign bytes came to, for the link that they came over. */
export interface ForeignReport {
  readonly freshFacts: number;
  /** Nothing was written and nothing taken in: all of it was held already, or refused. */
  readonly isNothingNew: boolean;
  /** Offences: bytes that an honest device of this version never sends. */
  readonly offences: number;
  readonly error: StoreError | null;
}

/** The only two ways into the holdings: what this device says, and what others say. */
export interface Intake {
  /**
   * Writes own facts: signed, durable in the strict sense together with `extra`, then folded. Where
   * `extra` depends on the facts it is told which they will be, one for each body.
   * On an error nothing happened.
   */
  readonly own: (
    bodies: readonly Body[],
    extra?: readonly Change[] | ((facts: readonly Fact[]) => readonly Change[]),
  ) => Promise<Result<readonly AdmittedFact[], StoreError>>;
  readonly foreign: (
    runs: readonly IncomingRun[],
    offer: GovernanceOffer,
    from: DeviceId | null,
  ) => Promise<ForeignReport>;
}

export const createIntake = (context: Context, session: OwnSession): Intake => {
  const holdingsOf = (): Holdings => {
    assert(context.holdings !== null, 'an account is open');
    return context.holdings;
  };

  const own: Intake['own'] = async (bodies, extra = []) => {
    const holdings = holdingsOf();
    assert(context.keys !== null, 'this device has keys');
    const { signer } = context.keys;
    const opened = openSession(context, session);
    const all = opened.body === null ? bodies : [opened.body, ...bodies];
    const facts = draftFacts(context, opened.id, all);
    const last = facts.at(-1);
    if (last === undefined) return ok([]);
    const signature = await signer.sign(factSigningBytes(last.id));
    const run = ownRun(holdings, facts, signature);
    const news = await admitGovernance(holdings, context.ports.verifier, offerOf(facts));
    const changes = [
      ...factRows(opened.id, run.facts[0]?.envelope.seq ?? 0, run.facts),
      signatureRow(run),
      ...news.changes,
      ...(typeof extra === 'function' ? extra(facts.slice(all.length - bodies.length)) : extra),
      sessionRow(opened.id, session, run.lastSeq),
    ];
    const done = await context.commit(changes, 'strict');
    if (!done.ok) return done;
    session.current = opened.id;
    session.lastSeq = run.lastSeq;
    const fresh = await apply(context, holdings, [run], news);
    return ok(fresh.slice(all.length - bodies.length));
  };

  const foreign: Intake['foreign'] = async (incoming, offer, from) => {
    const holdings = holdingsOf();
    const { verifier } = context.ports;
    const slices = startSlices(context.ports.clock);
    const outcome = await admitForeign(holdings, verifier, incoming, slices);
    const facts = outcome.admitted.flatMap((run) => run.facts);
    const found = offerOf(facts);
    const proofs = proofsOf(holdings, outcome.clashes);
    for (const { session: at, seq } of outcome.clashes) {
      if ((holdings.quarantine().get(at)?.seq ?? seq + 1) <= seq) continue;
      const author = holdings.journal().tip(at)?.author ?? null;
      context.activity.add('fact-refused', 'warn', author, { reason: 'equivocation', seq });
    }
    const news = await admitGovernance(holdings, verifier, {
      transitions: [...offer.transitions, ...found.transitions],
      completions: [...offer.completions, ...found.completions],
      proofs: [...offer.proofs, ...found.proofs, ...proofs],
      shares: [...offer.shares, ...found.shares],
    });
    // Facts of this very session that this store lacks: it is a copy, or older than it was (rule
    // F5).
    const isKept = (run: AdmittedRun): boolean =>
      run.lastSeq >= (context.harmed.get(run.session) ?? -1);
    const isCopied = outcome.admitted.some((run) => run.session === session.current);
    const lostUnder = isCopied ? holdings.chain().tipHash : session.lostUnder;
    const changes = [
      ...(isCopied ? [sessionRow(null, { ...session, lostUnder })] : []),
      ...shownBy(context, found.proofs),
      ...outcome.admitted
        .filter(isKept)
        .flatMap((run) => [
          ...factRows(run.session, run.facts[0]?.envelope.seq ?? 0, run.facts),
          signatureRow(run),
        ]),
      ...news.changes,
      ...outcome.mended.map(({ session: at, tip, signature }) =>
        putRow('signatures', KEYS.signature(at), [tip.seq, signature, tip.id]),
      ),
    ];
    for (const { error } of outcome.refused) {
      if (!isHarmless(error))
        context.activity.add('fact-refused', 'warn', from, { reason: error.kind });
    }
    for (const reason of news.refused) {
      context.activity.add('object-refused', 'warn', from, { reason });
    }
    const offences = outcome.refused.filter(({ error }) => !isHarmless(error)).length;
    const durability: Durability = news.changes.length > 0 ? 'strict' : 'relaxed';
    const { transitions, completions, points, shares } = news;
    const came = [outcome.admitted, transitions, completions, points, shares, changes];
    if (came.every(({ length }) => length === 0)) {
      const offended = offences + news.refused.length;
      return { freshFacts: 0, isNothingNew: true, offences: offended, error: null };
    }
    const done = changes.length === 0 ? ok(undefined) : await context.commit(changes, durability);
    if (!done.ok) return { freshFacts: 0, isNothingNew: true, offences, error: done.error };
    if (isCopied) {
      [session.current, session.lostUnder] = [null, lostUnder];
      context.activity.add('session-cloned', 'warn', holdings.me);
    }
    for (const { session: at, tip, signature } of outcome.mended) {
      holdings.journal().sign(at, { seq: tip.seq, signature });
      doubtsOf(holdings).delete(at);
    }
    const fresh = await apply(context, holdings, outcome.admitted, news);
    return {
      freshFacts: fresh.length,
      isNothingNew: changes.length === 0 && fresh.length === 0,
      offences: offences + news.refused.length,
      error: null,
    };
  };

  return { own, foreign };
};

/**
 * Takes verified objects into memory and the carrier; storing came first.
 *
 * Who looks between two turns sees a part of many facts, in the order of their sessions.
 */
const apply = async (
  context: Context,
  holdings: Holdings,
  runs: readonly AdmittedRun[],
  news: GovernanceNews,
): Promise<readonly AdmittedFact[]> => {
  const slices = startSlices(context.ports.clock);
  const { transitions, completions } = news;
  const fresh = transitions.filter(({ hash }) => !holdings.transitions().has(hash));
  const made = completions.filter(({ head }) => !holdings.completions().has(head));
  holdings.addGovernance(transitions, completions);
  for (const transition of fresh) {
    context.activity.add('roster-changed', 'good', null, { epoch: transition.record.epoch });
    const { epoch } = transition.record;
    for (const name of namesOfNewcomers(holdings, transition.record)) {
      context.activity.add('device-joined', 'good', null, { name, epoch });
    }
    const override = adminOverrideIn(holdings, transition.record);
    if (override !== null) {
      context.activity.add('maintenance:admin_override', 'good', transition.record.admin, override);
    }
  }
  for (const { completion } of made) {
    const { index } = completion;
    context.activity.add('snapshot-completed', 'good', null, { index });
  }
  for (const point of news.points) {
    holdings.addQuarantine(point);
    const author = holdings.journal().tip(point.session)?.author ?? null;
    context.activity.add('equivocation', 'bad', author, { seq: point.seq });
    addProblem(context, 'equivocation', author);
  }
  for (const share of news.shares)
    holdings.addShare(share.statement, share.signer, share.signature);
  const facts = holdings.addRuns(runs, slices.isOver);
  while (!holdings.foldOn(slices.isOver)) await slices.next();
  for (const piece of piecesOf(runs)) {
    await slices.rest();
    carry(context, holdings, [piece]);
  }
  for (const { fact, verdict } of holdings.takeRefused()) {
    if (verdict.kind === 'allowed') continue;
    const tone = verdict.kind === 'wait' ? 'plain' : 'warn';
    context.activity.add(`fact-${verdict.kind}`, tone, fact.envelope.author, {
      reason: verdict.reason,
      kind: fact.envelope.kind,
      fact: fact.id.slice(0, 8),
    });
  }
  context.changed();
  return facts;
};

/** So many facts go into the carrier at a time. */
const CARRIED_AT_ONCE = 200;

/** Facts of runs in parts of what one turn carries. */
export const piecesOf = (
  runs: readonly Pick<AdmittedRun, 'facts'>[],
): readonly Pick<AdmittedRun, 'facts'>[] =>
  runs.flatMap(({ facts }) =>
    Array.from({ length: Math.ceil(facts.length / CARRIED_AT_ONCE) }, (_, at) => ({
      facts: facts.slice(at * CARRIED_AT_ONCE, (at + 1) * CARRIED_AT_ONCE),
    })),
  );

/** Puts runs into the carrier at their places after the cut. */
export const carry = (
  context: Context,
  holdings: Holdings,
  runs: readonly { readonly facts: readonly AdmittedFact[] }[],
): void => {
  const { carrier } = context;
  if (carrier === null || carrier.base !== holdings.base().id) return;
  carrier.append(placed(holdings, runs));
};

/** Runs as a carrier takes them. */
export const placed = (
  holdings: Holdings,
  runs: readonly { readonly facts: readonly AdmittedFact[] }[],
): readonly CarriedRun[] =>
  runs.flatMap((run) => {
    const first = run.facts[0];
    if (first === undefined) return [];
    const { session, seq } = first.envelope;
    const firstPlace = seq - ((holdings.journal().cut.get(session)?.seq ?? -1) + 1);
    return [{ session, firstPlace, facts: run.facts.map((fact) => fact.bytes) }];
  });

/** With the id of the signed fact: no later fact's link tells whether its bytes stayed the same. */
export const signatureRow = (
  run: Pick<AdmittedRun, 'session' | 'facts' | 'lastSeq' | 'signature'>,
): Change =>
  putRow('signatures', KEYS.signature(run.session), [
    ...[run.lastSeq, run.signature],
    run.facts.at(-1)?.id ?? null,
  ]);

/** Every device is told who came in (N9); where the record before is not held, of nobody. */
const namesOfNewcomers = (holdings: Holdings, record: RosterRecord): readonly string[] => {
  const before = record.previous === null ? null : holdings.chain().recordAt(record.previous);
  // Who came in on a branch was told of with its record.
  if (before === null || record.merges.length > 0) return [];
  const came = newcomersOf(record, before).filter((device) => device !== holdings.me);
  return came.map((device) => memberOf(record, device)?.name ?? '');
};

/** Who is the admin in whose place by a record (rule A8); null where that stays the same. */
const adminOverrideIn = (holdings: Holdings, record: RosterRecord): Details | null => {
  const { admin, epoch } = record;
  const before = record.previous === null ? null : holdings.chain().recordAt(record.previous);
  if (before === null || before.admin === admin) return null;
  const nameIn = (list: RosterRecord): string => memberOf(list, list.admin)?.name ?? '';
  return { name: nameIn(record), from: nameIn(before), old: before.admin, epoch };
};
