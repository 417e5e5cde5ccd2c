import type { SessionId } from '../../core/base/brands.js';
import { type Result, err, ok } from '../../core/base/result.js';
import { type Fact, type FactError, factSigningBytes, parseFact } from '../../core/facts/codec.js';
import {
  type AdmitError,
  type AdmittedRun,
  type RunPlan,
  admitRun,
  planRun,
} from '../../core/facts/run.js';
import type { SessionTip } from '../../core/facts/session.js';
import type { Verifier } from '../../ports/verifier.js';
import type { Holdings } from './holdings.js';
import type { Slices } from '../loop/slices.js';
import { isDoubted } from '../storage/stored-signatures.js';

/** Facts of one session as they came: contiguous from firstSeq, with the signatures offered. */
export interface IncomingRun {
  readonly session: SessionId;
  readonly firstSeq: number;
  readonly facts: readonly Uint8Array[];
  readonly signatures: ReadonlyMap<number, Uint8Array>;
}

export type ForeignError =
  | FactError
  | AdmitError
  /** The run is labelled with another session than its facts are of. */
  | { readonly kind: 'other-session'; readonly session: SessionId }
  /** One message holds several runs of one session: only the first is judged. */
  | { readonly kind: 'repeated-session'; readonly session: SessionId };

/** What became of incoming runs. */
export interface ForeignOutcome {
  readonly admitted: readonly AdmittedRun[];
  readonly refused: readonly { readonly run: IncomingRun; readonly error: ForeignError }[];
  /** Facts that were parsed of runs that clash with what is held: the makings of a proof. */
  readonly clashes: readonly Clash[];
  /** Signatures of what is held, for sessions whose stored signature does not hold. */
  readonly mended: readonly SignatureRow[];
}

/** A signature and the fact that it is of. */
export interface SignatureRow {
  readonly session: SessionId;
  readonly tip: SessionTip;
  readonly signature: Uint8Array;
}

export interface Clash {
  readonly session: SessionId;
  readonly seq: number;
  readonly facts: readonly Fact[];
  readonly signatures: ReadonlyMap<number, Uint8Array>;
}

/**
 * Admits what came from outside: parse, link, verify (rules F1 to F4).
 *
 * All run-end signatures are verified in one batch. Nothing is stored or folded here. Others have
 * their turn in between; nothing may change the holdings until it is over.
 */
export const admitForeign = async (
  holdings: Holdings,
  verifier: Verifier,
  incoming: readonly IncomingRun[],
  slices: Slices,
): Promise<ForeignOutcome> => {
  const plans: { readonly run: IncomingRun; readonly plan: RunPlan }[] = [];
  const refused: { run: IncomingRun; error: ForeignError }[] = [];
  const clashes: Clash[] = [];
  const judged = new Set<SessionId>();
  const offered: SignatureRow[] = [];
  for (const run of incoming) {
    // Each run is judged against what is held, so two of one session would pass unaware of each
    // other, and the lesser would be stored over the greater.
    if (judged.has(run.session)) {
      refused.push({ run, error: { kind: 'repeated-session', session: run.session } });
      continue;
    }
    judged.add(run.session);
    const parsed = await parseFacts(run.facts, slices);
    if (!parsed.ok) {
      refused.push({ run, error: parsed.error });
      continue;
    }
    const planned = planIncoming(holdings, run, parsed.value);
    if (planned.ok) plans.push({ run, plan: planned.value });
    else if (planned.error.kind === 'equivocation') {
      const { seq } = planned.error;
      clashes.push({ session: run.session, seq, facts: parsed.value, signatures: run.signatures });
    } else {
      offered.push(...offeredFor(holdings, run));
      refused.push({ run, error: planned.error });
    }
  }
  const verdicts = await verifier.verify(plans.map(({ plan }) => plan.check));
  const admitted: AdmittedRun[] = [];
  plans.forEach(({ run, plan }, index) => {
    const result = admitRun(plan, verdicts[index] === true);
    if (result.ok) admitted.push(result.value);
    else refused.push({ run, error: result.error });
  });
  return { admitted, refused, clashes, mended: await verified(verifier, offered) };
};

/** What a run says of the signature of a session that is held, and cannot be shown. */
const offeredFor = (holdings: Holdings, run: IncomingRun): readonly SignatureRow[] => {
  const tip = holdings.journal().tip(run.session);
  const signature = tip === null ? undefined : run.signatures.get(tip.seq);
  if (tip === null || signature === undefined || !isDoubted(holdings, run.session)) return [];
  return [{ session: run.session, tip, signature }];
};

const verified = async (
  verifier: Verifier,
  rows: readonly SignatureRow[],
): Promise<readonly SignatureRow[]> => {
  if (rows.length === 0) return [];
  const checks = rows.map(({ tip, signature }) => ({
    ...{ key: tip.author, message: factSigningBytes(tip.id), signature },
  }));
  const verdicts = await verifier.verify(checks);
  return rows.filter((_, index) => verdicts[index] === true);
};

const planIncoming = (
  holdings: Holdings,
  run: IncomingRun,
  facts: readonly Fact[],
): Result<RunPlan, ForeignError> => {
  const stray = facts.find((fact) => fact.envelope.session !== run.session);
  if (stray !== undefined) return err({ kind: 'other-session', session: run.session });
  const journal = holdings.journal();
  return planRun(journal.tip(run.session), facts, run.signatures, {
    account: holdings.account,
    lamportOfHead: (head) => holdings.completions().get(head)?.completion.lamport ?? null,
    idAt: journal.idAt,
  });
};

const parseFacts = async (
  all: readonly Uint8Array[],
  slices: Slices,
): Promise<Result<readonly Fact[], FactError>> => {
  const facts: Fact[] = [];
  for (const bytes of all) {
    if (slices.isOver()) await slices.next();
    const fact = parseFact(bytes);
    if (!fact.ok) return err(fact.error);
    facts.push(fact.value);
  }
  return ok(facts);
};

/** Errors that are no offence: the peer merely sent what is held, or too early. */
export const isHarmless = (error: ForeignError): boolean =>
  error.kind === 'nothing-new' || error.kind === 'head-unknown' || error.kind === 'gap';
