import { brandHex } from '../core/base/brands.js';
import type { DeviceId, Hash, SessionId } from '../core/base/brands.js';
import { bytesToHex } from '../core/base/hash.js';
import { LIMITS } from '../core/base/limits.js';
import { type Result, assert, ok } from '../core/base/result.js';
import { type Body } from '../core/facts/bodies.js';
import { type Fact, encodeFact, factSigningBytes } from '../core/facts/codec.js';
import {
  type ProofLink,
  type SignedBranch,
  buildEquivocationProof,
} from '../core/facts/equivocation.js';
import { type AdmittedFact, type AdmittedRun, admitRun, planRun } from '../core/facts/run.js';
import { sessionIdOf } from '../core/facts/session.js';
import { largestLamport } from '../core/journal/frontier.js';
import type { Change, Durability, StoreError } from '../ports/store.js';
import type { Context } from './context.js';
import { type Clash, type IncomingRun, admitForeign, isHarmless } from './foreign.js';
import {
  type GovernanceNews,
  type GovernanceOffer,
  admitGovernance,
  offerOf,
} from './governance.js';
import type { Holdings } from './holdings.js';
import { KEYS, factRows, putRow } from './rows.js';

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
      putRow('profile', KEYS.session, { id: opened.id }),
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
    const news = await admitGovernance(holdings, verifier, {
      transitions: [...offer.transitions, ...found.transitions],
      completions: [...offer.completions, ...found.completions],
      proofs: [...offer.proofs, ...found.proofs, ...proofs],
      shares: [...offer.shares, ...found.shares],
    });
    const changes = [
      ...outcome.admitted.flatMap((run) => [
        ...factRows(run.session, run.facts[0]?.envelope.seq ?? 0, run.facts),
        signatureRow(run),
      ]),
      ...news.changes,
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
    context.problems = [
      ...context.problems,
      { kind: 'equivocation', device: author, sinceMs: context.ports.clock.wallMs() },
    ];
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
        wallMs: Math.max(0, Math.floor(context.ports.clock.wallMs())),
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

const signatureRow = (run: AdmittedRun): Change =>
  putRow('signatures', KEYS.signature(run.session), [run.lastSeq, run.signature]);

/** Proofs of equivocation from branches that clash with what is held (rule F6). */
const proofsOf = (holdings: Holdings, clashes: readonly Clash[]): readonly Uint8Array[] => {
  const proofs: Uint8Array[] = [];
  for (const clash of clashes) {
    const log = holdings.journal().sessions().get(clash.session);
    const signedSeq = Math.max(...clash.signatures.keys());
    const theirs = clash.facts.filter((fact) => fact.envelope.seq <= signedSeq);
    const signature = clash.signatures.get(signedSeq);
    if (log?.signed == null || signature === undefined) continue;
    const held = log.facts.filter((fact) => fact.envelope.seq <= (log.signed?.seq ?? -1));
    const proof = buildEquivocationProof(
      branchOf(held, log.signed.signature),
      branchOf(theirs, signature),
    );
    if (proof.ok) proofs.push(proof.value);
  }
  return proofs;
};

const branchOf = (facts: readonly Fact[], signature: Uint8Array): SignedBranch => ({
  links: facts.map((fact): ProofLink => ({
    id: fact.id,
    envelope: fact.envelope,
    envelopeBytes: fact.envelopeBytes,
  })),
  signature,
});
