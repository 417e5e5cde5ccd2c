import type { AccountId, DeviceId, FactId, HeadId, SessionId } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import { err, ok, type Result } from '../base/result.js';
import { parseBody, type BodyError } from './bodies.js';
import type { Fact } from './codec.js';
import { sessionIdOf, type SessionTip } from './session.js';

/** What a run is checked against besides its session's tip. */
export interface RunContext {
  readonly account: AccountId;
  /** The largest lamport that the head's body states; null when that head is not held here. */
  readonly lamportOfHead: (head: HeadId) => number | null;
  /** The id of a fact below the tip, where it is held; without it only the tip is compared. */
  readonly idAt?: (session: SessionId, seq: number) => FactId | null;
}

/** Why facts are not the continuation of one session; `seq` is where. */
export type LinkError =
  | { readonly kind: 'foreign-account'; readonly account: AccountId }
  | { readonly kind: 'mixed-sessions'; readonly session: SessionId; readonly seq: number }
  | { readonly kind: 'foreign-author'; readonly author: DeviceId; readonly seq: number }
  | { readonly kind: 'gap'; readonly expectedSeq: number; readonly seq: number }
  | {
      readonly kind: 'broken-link';
      readonly seq: number;
      readonly expected: FactId;
      readonly prev: FactId | null;
    }
  /** Another fact stands here already; `offered` may be known only by the link that names it. */
  | {
      readonly kind: 'equivocation';
      readonly session: SessionId;
      readonly seq: number;
      readonly held: FactId;
      readonly offered: FactId;
    }
  | { readonly kind: 'epoch-fell'; readonly seq: number }
  | { readonly kind: 'lamport-fell'; readonly seq: number }
  | {
      readonly kind: 'lamport-jump';
      readonly seq: number;
      readonly lamport: number;
      readonly lamportMax: number;
    }
  /** The session's first fact is not session.opened. */
  | { readonly kind: 'not-opened'; readonly factKind: string }
  | { readonly kind: 'malformed-opening'; readonly reason: BodyError }
  /** The nonce gives another session id, for this account and author. */
  | { readonly kind: 'foreign-session'; readonly session: SessionId; readonly derived: SessionId }
  | { readonly kind: 'head-unknown'; readonly head: HeadId };

type Checked = Result<void, LinkError>;
const PASSED: Checked = ok(undefined);

/** Checks the offered facts among themselves: one account, session and author, no gap, linked. */
export const checkLinks = (
  session: SessionId,
  facts: readonly Fact[],
  account: AccountId,
): Checked => {
  let before: Fact | null = null;
  for (const fact of facts) {
    const { seq, author } = fact.envelope;
    if (fact.envelope.account !== account) {
      return err({ kind: 'foreign-account', account: fact.envelope.account });
    }
    if (fact.envelope.session !== session) {
      return err({ kind: 'mixed-sessions', session: fact.envelope.session, seq });
    }
    if (before !== null) {
      const expectedSeq: number = before.envelope.seq + 1;
      if (author !== before.envelope.author) return err({ kind: 'foreign-author', author, seq });
      if (seq !== expectedSeq) return err({ kind: 'gap', expectedSeq, seq });
      const next = checkStep(before.id, before.envelope, fact);
      if (!next.ok) return next;
    }
    before = fact;
  }
  return PASSED;
};

/** Checks linked facts against what is held of their session. */
export const checkHeld = (
  tip: SessionTip | null,
  facts: readonly Fact[],
  context: RunContext,
): Checked => {
  const first = facts[0];
  if (first === undefined) return PASSED;
  const { seq, session, author } = first.envelope;
  const expectedSeq = (tip?.seq ?? -1) + 1;
  if (seq > expectedSeq) return err({ kind: 'gap', expectedSeq, seq });
  if (tip === null) return checkOpening(first, context);
  if (author !== tip.author) return err({ kind: 'foreign-author', author, seq });
  for (const fact of facts) {
    const at = fact.envelope.seq;
    if (at > tip.seq) break;
    const held = at === tip.seq ? tip.id : (context.idAt?.(session, at) ?? null);
    if (held !== null && held !== fact.id) {
      return err({ kind: 'equivocation', session, seq: at, held, offered: fact.id });
    }
  }
  return seq === expectedSeq ? checkContinuation(tip, first) : PASSED;
};

/** A new fact that follows another fact than the one held shows that there are two of them. */
const checkContinuation = (tip: SessionTip, first: Fact): Checked => {
  const { session, prev } = first.envelope;
  if (prev !== null && prev !== tip.id) {
    return err({ kind: 'equivocation', session, seq: tip.seq, held: tip.id, offered: prev });
  }
  return checkStep(tip.id, tip, first);
};

/** Rule F1: linked by hash; epochs and lamports never fall; a lamport grows by at most the step. */
const checkStep = (
  expected: FactId,
  before: { readonly epoch: number; readonly lamport: number },
  fact: Fact,
): Checked => {
  const { seq, prev, epoch, lamport } = fact.envelope;
  if (prev !== expected) return err({ kind: 'broken-link', seq, expected, prev });
  if (epoch < before.epoch) return err({ kind: 'epoch-fell', seq });
  if (lamport < before.lamport) return err({ kind: 'lamport-fell', seq });
  return checkLamport(fact, before.lamport);
};

const checkLamport = (fact: Fact, before: number): Checked => {
  const { seq, lamport } = fact.envelope;
  const lamportMax = before + LIMITS.lamportStepMax;
  return lamport <= lamportMax ? PASSED : err({ kind: 'lamport-jump', seq, lamport, lamportMax });
};

/** Rule F1: the opening's nonce gives the session's id, its head how high lamports may start. */
const checkOpening = (first: Fact, context: RunContext): Checked => {
  const { account, author, session, kind } = first.envelope;
  if (kind !== 'session.opened') return err({ kind: 'not-opened', factKind: kind });
  const body = parseBody(kind, first.bodyBytes);
  if (!body.ok) return err({ kind: 'malformed-opening', reason: body.error });
  if (body.value.kind !== 'session.opened') return err({ kind: 'not-opened', factKind: kind });
  const derived = sessionIdOf(account, author, body.value.nonce);
  if (derived !== session) return err({ kind: 'foreign-session', session, derived });
  const { head } = body.value;
  const lamportOfHead = head === null ? 0 : context.lamportOfHead(head);
  if (lamportOfHead === null) return err({ kind: 'head-unknown', head: head as HeadId });
  return checkLamport(first, lamportOfHead);
};
