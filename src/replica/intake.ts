import { brandHex } from '../core/base/brands.js';
import type { DeviceId, Hash, SessionId } from '../core/base/brands.js';
import { bytesToHex } from '../core/base/hash.js';
import { LIMITS } from '../core/base/limits.js';
import { type Result, assert, ok } from '../core/base/result.js';
import { type RosterRecord, memberOf } from '../core/authority/roster.js';
import { newcomersOf } from '../core/authority/transition.js';
import { type Body } from '../core/facts/bodies.js';
import { type Fact, encodeFact, factSigningBytes } from '../core/facts/codec.js';
import { type AdmittedFact, type AdmittedRun, admitRun, planRun } from '../core/facts/run.js';
import { sessionIdOf } from '../core/facts/session.js';
import { largestLamport } from '../core/journal/frontier.js';
import type { Change, Durability, StoreError } from '../ports/store.js';
import type { Context } from './context.js';
import { proofsOf, shownBy } from './clash-proofs.js';
import { type IncomingRun, admitForeign, isHarmless } from './foreign.js';
import {
  type GovernanceNews,
  type GovernanceOffer,
  admitGovernance,
  offerOf,
} from './governance.js';
import type { Holdings } from './holdings.js';
import { addProblem } from './problems.js';
import { KEYS, factRows, putRow } from './rows.js';
import { doubtsOf } from './stored-signatures.js';
import { wallNowMs } from './wall-time.js';

/** What taking in foreign bytes came to, for the link that they came over. */
export interface ForeignReport {
  readonly freshFacts: number;
  /** Offences: bytes that an honest device of this version never sends. */
  readonly offences: number;
  readonly error: StoreError | null;
}

/** The only two ways into the holdings: what this device says, and what others say. */
export interface Intake {
  /**
   * Writes own facts: signed, durable in the strict sense together with `extra`, then folded.
   * On an error nothing happened.
   */
  readonly own: (
    bodies: readonly Body[],
    extra?: readonly Change[],
  ) => Promise<Result<readonly AdmittedFact[], StoreError>>;
  readonly foreign: (
    runs: readonly IncomingRun[],
    offer: GovernanceOffer,
    from: DeviceId | null,
  ) => Promise<ForeignReport>;
}

/** Where this device's own session stands; null opens a new one with the next fact. */
export interface OwnSession {
  current: SessionId | null;
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
    const opened = openSession(context, session.current);
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
      ...extra,
      putRow('profile', KEYS.session, { id: opened.id, seq: run.lastSeq }),
    ];
    const done = await context.commit(changes, 'strict');
    if (!done.ok) return done;
    session.current = opened.id;
    const fresh = apply(context, holdings, [run], news);
    return ok(fresh.slice(all.length - bodies.length));
  };

  const foreign: Intake['foreign'] = async (incoming, offer, from) => {
    const holdings = holdingsOf();
    const { verifier } = context.ports;
    const outcome = await admitForeign(holdings, verifier, incoming);
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
    const changes = [
      ...(isCopied ? [putRow('profile', KEYS.session, { id: null })] : []),
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
    const done = changes.length === 0 ? ok(undefined) : await context.commit(changes, durability);
    if (!done.ok) return { freshFacts: 0, offences, error: done.error };
    if (isCopied) {
      session.current = null;
      context.activity.add('session-cloned', 'warn', holdings.me);
    }
    for (const { session: at, tip, signature } of outcome.mended) {
      holdings.journal().sign(at, { seq: tip.seq, signature });
      doubtsOf(holdings).delete(at);
    }
    const fresh = apply(context, holdings, outcome.admitted, news);
    return { freshFacts: fresh.length, offences: offences + news.refused.length, error: null };
  };

  return { own, foreign };
};

/** Takes verified objects into memory and the carrier; storing came first. */
const apply = (
  context: Context,
  holdings: Holdings,
  runs: readonly AdmittedRun[],
  news: GovernanceNews,
): readonly AdmittedFact[] => {
  for (const transition of news.transitions) {
    holdings.addTransition(transition);
    context.activity.add('roster-changed', 'good', null, { epoch: transition.record.epoch });
    const { epoch } = transition.record;
    for (const name of namesOfNewcomers(holdings, transition.record)) {
      context.activity.add('device-joined', 'good', null, { name, epoch });
    }
  }
  for (const completion of news.completions) {
    const isNew = !holdings.completions().has(completion.head);
    holdings.addCompletion(completion);
    const index = completion.completion.index;
    if (isNew) context.activity.add('snapshot-completed', 'good', null, { index });
  }
  for (const point of news.points) {
    holdings.addQuarantine(point);
    const author = holdings.journal().tip(point.session)?.author ?? null;
    context.activity.add('equivocation', 'bad', author, { seq: point.seq });
    addProblem(context, 'equivocation', author);
  }
  for (const share of news.shares)
    holdings.addShare(share.statement, share.signer, share.signature);
  const fresh = holdings.addRuns(runs);
  carry(context, holdings, runs);
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
  return fresh;
};

/** Puts runs into the carrier at their places after the cut. */
export const carry = (
  context: Context,
  holdings: Holdings,
  runs: readonly { readonly facts: readonly AdmittedFact[] }[],
): void => {
  const { carrier } = context;
  if (carrier === null || carrier.base !== holdings.base().id) return;
  carrier.append(
    runs.flatMap((run) => {
      const first = run.facts[0];
      if (first === undefined) return [];
      const { session, seq } = first.envelope;
      const firstPlace = seq - ((holdings.journal().cut.get(session)?.seq ?? -1) + 1);
      return [{ session, firstPlace, facts: run.facts.map((fact) => fact.bytes) }];
    }),
  );
};

const openSession = (
  context: Context,
  current: SessionId | null,
): { readonly id: SessionId; readonly body: Body | null } => {
  const holdings = context.holdings;
  assert(holdings !== null, 'an account is open');
  const isSound = current !== null && !holdings.quarantine().has(current);
  if (isSound) return { id: current, body: null };
  const nonce = brandHex<Hash>(bytesToHex(context.ports.randomness.bytes(32)));
  const id = sessionIdOf(holdings.account, holdings.me, nonce);
  const head = holdings.base().heads[0] ?? null;
  return { id, body: { kind: 'session.opened', nonce, head } };
};

const draftFacts = (context: Context, session: SessionId, bodies: readonly Body[]): Fact[] => {
  const holdings = context.holdings;
  assert(holdings !== null, 'an account is open');
  const { tip, tipHash } = holdings.chain();
  const facts: Fact[] = [];
  const before = holdings.journal().tip(session);
  const head = holdings.base().heads[0];
  const headLamport =
    head === undefined ? 0 : (holdings.completions().get(head)?.completion.lamport ?? 0);
  let previous =
    before === null ? null : { id: before.id, seq: before.seq, lamport: before.lamport };
  for (const body of bodies) {
    const floor = previous?.lamport ?? headLamport;
    const known = Math.max(floor, largestLamport(holdings.journal().frontier()));
    const lamport = Math.min(known + 1, floor + LIMITS.lamportStepMax);
    const fact = encodeFact(
      {
        account: holdings.account,
        session,
        author: holdings.me,
        seq: (previous?.seq ?? -1) + 1,
        prev: previous?.id ?? null,
        lamport: previous === null ? lamport : Math.max(lamport, previous.lamport + 1),
        wallMs: wallNowMs(context.ports.clock),
        epoch: tip.epoch,
        roster: tipHash,
      },
      body,
    );
    facts.push(fact);
    previous = { id: fact.id, seq: fact.envelope.seq, lamport: fact.envelope.lamport };
  }
  return facts;
};

const ownRun = (holdings: Holdings, facts: readonly Fact[], signature: Uint8Array): AdmittedRun => {
  const last = facts.at(-1);
  const first = facts[0];
  assert(last !== undefined && first !== undefined, 'there is something to say');
  const signatures = new Map([[last.envelope.seq, signature]]);
  const planned = planRun(holdings.journal().tip(first.envelope.session), facts, signatures, {
    account: holdings.account,
    lamportOfHead: (head) => holdings.completions().get(head)?.completion.lamport ?? null,
  });
  assert(planned.ok, `own facts are admissible (${planned.ok ? '' : planned.error.kind})`);
  const run = admitRun(planned.value, true);
  assert(run.ok, 'own facts are admitted');
  return run.value;
};

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
  if (before === null) return [];
  const came = newcomersOf(record, before).filter((device) => device !== holdings.me);
  return came.map((device) => memberOf(record, device)?.name ?? '');
};
