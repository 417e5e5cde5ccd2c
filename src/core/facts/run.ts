import type { DeviceId, FactId, SessionId } from '../base/brands.js';
import { assert, err, ok, type Result } from '../base/result.js';
import type { SignatureCheck } from '../base/signature-check.js';
import { factSigningBytes, type Fact } from './codec.js';
import { checkHeld, checkLinks, type LinkError, type RunContext } from './links.js';
import { tipOfFact, type SessionTip } from './session.js';

export type { RunContext } from './links.js';
export type { SessionTip } from './session.js';

declare const admitted: unique symbol;
declare const planned: unique symbol;

/** A fact that is well formed, authentic, of this account and contiguous in its session. */
export type AdmittedFact = Fact & { readonly [admitted]: true };

export type AdmitError =
  | LinkError
  /** None of the facts that are new here is covered by an offered signature. */
  | { readonly kind: 'unsigned'; readonly session: SessionId; readonly seq: number }
  /** Everything that is signed is held already: no offence. */
  | { readonly kind: 'nothing-new'; readonly session: SessionId }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad-signature'; readonly author: DeviceId; readonly id: FactId };

/** What is left to do before a run is believed: one signature check. */
export interface RunPlan {
  readonly session: SessionId;
  readonly author: DeviceId;
  /** The facts that are new here, up to the last one that a signature was offered for. */
  readonly facts: readonly Fact[];
  readonly lastSeq: number;
  readonly signature: Uint8Array;
  readonly check: SignatureCheck;
  /** How many facts at the end of what was offered no signature covers; they are left out. */
  readonly unsignedTail: number;
  readonly [planned]: true;
}

/** One session's new facts, contiguous, and the checked signature of the last. */
export interface AdmittedRun {
  readonly session: SessionId;
  readonly author: DeviceId;
  readonly facts: readonly AdmittedFact[];
  readonly lastSeq: number;
  readonly signature: Uint8Array;
  readonly tip: SessionTip;
}

/**
 * Decides what of a run of one session may be admitted, once its last signature is found valid.
 *
 * Facts stand by rising seq, without gaps. What the tip covers is compared and skipped.
 * Everything after the last fact with an offered signature is cut off and counted in unsignedTail.
 * Only that last signature is checked and kept; hash links carry it to all facts before (rule F4).
 *
 * Errors: AdmitError, the first that is found. `head-unknown` means: wait for that head.
 * `nothing-new` means: everything is held. `equivocation` is a claim until signatures are checked.
 * Source: rules F1, F3, F4.
 */
export const planRun = (
  tip: SessionTip | null,
  facts: readonly Fact[],
  signatures: ReadonlyMap<number, Uint8Array>,
  context: RunContext,
): Result<RunPlan, AdmitError> => {
  const first = facts[0];
  if (first === undefined) return err({ kind: 'empty' });
  const session = first.envelope.session;
  const signed = facts.slice(0, signedCount(facts, signatures));
  const linked = checkLinks(session, signed, context.account);
  if (!linked.ok) return linked;
  const held = checkHeld(tip, signed, context);
  if (!held.ok) return held;
  const fresh = signed.filter((fact) => fact.envelope.seq > (tip?.seq ?? -1));
  const last = fresh.at(-1);
  if (last === undefined) return err(nothingToAdmit(session, tip, facts));
  const signature = signatures.get(last.envelope.seq);
  assert(signature !== undefined, 'a run ends in a signed fact');
  const author = last.envelope.author;
  const check = { key: author, message: factSigningBytes(last.id), signature };
  const unsignedTail = facts.length - signed.length;
  const lastSeq = last.envelope.seq;
  const plan = { session, author, facts: fresh, lastSeq, signature, check, unsignedTail };
  return ok(plan as unknown as RunPlan);
};

/**
 * Makes admitted facts of a planned run; nothing else does.
 *
 * `isValid` is the verifier's answer to the plan's check. For runs that our own store kept after
 * they were admitted it is true without asking again (rule F9).
 * Errors: `bad-signature`.
 */
export const admitRun = (plan: RunPlan, isValid: boolean): Result<AdmittedRun, AdmitError> => {
  const last = plan.facts.at(-1);
  assert(last !== undefined, 'a planned run has facts');
  const { session, author, lastSeq, signature } = plan;
  if (!isValid) return err({ kind: 'bad-signature', author, id: last.id });
  const facts = plan.facts as readonly AdmittedFact[];
  return ok({ session, author, facts, lastSeq, signature, tip: tipOfFact(last) });
};

/** How many facts there are up to the last one with an offered signature. */
const signedCount = (
  facts: readonly Fact[],
  signatures: ReadonlyMap<number, Uint8Array>,
): number => {
  let count = facts.length;
  while (count > 0 && !signatures.has((facts[count - 1] as Fact).envelope.seq)) count -= 1;
  return count;
};

const nothingToAdmit = (
  session: SessionId,
  tip: SessionTip | null,
  facts: readonly Fact[],
): AdmitError => {
  const next = facts.find((fact) => fact.envelope.seq > (tip?.seq ?? -1));
  return next === undefined
    ? { kind: 'nothing-new', session }
    : { kind: 'unsigned', session, seq: next.envelope.seq };
};
