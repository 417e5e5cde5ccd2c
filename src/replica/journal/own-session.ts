import { brandHex } from '../../core/base/brands.js';
import type { Hash, RosterHash, SessionId } from '../../core/base/brands.js';
import { bytesToHex } from '../../core/base/hash.js';
import { LIMITS } from '../../core/base/limits.js';
import { assert } from '../../core/base/result.js';
import type { Body } from '../../core/facts/bodies.js';
import { type Fact, encodeFact } from '../../core/facts/codec.js';
import { type AdmittedRun, admitRun, planRun } from '../../core/facts/run.js';
import { sessionIdOf } from '../../core/facts/session.js';
import { largestLamport } from '../../core/journal/frontier.js';
import type { Context } from '../context.js';
import type { Holdings } from './holdings.js';
import { KEYS, putRow } from '../storage/rows.js';
import { wallNowMs } from '../loop/wall-time.js';

/**
 * Where this device's own session stands; null opens a new one with the next fact, as does a
 * session whose facts up to the last seq that was given are not all here (rule F5), one that a
 * record ended while its author stays, and one that no cut passes any more.
 */
export interface OwnSession {
  current: SessionId | null;
  /** Of the current session; -1 where nothing was written since the start. */
  lastSeq?: number;
  /** The record in force when it was last found that own facts may be lost; null: never. */
  lostUnder: RosterHash | null;
}

/**
 * Whether own facts that are not held here may bind this device under the list in force. Of such
 * facts nobody else has one where it is the only member.
 */
export const mayLackOwn = (
  holdings: Holdings,
  { lostUnder }: Pick<OwnSession, 'lostUnder'>,
): boolean => {
  const { tip, tipHash } = holdings.chain();
  return lostUnder === tipHash && tip.members.length > 1;
};

/** The session to write in next, with the body that opens it where it is new. */
export const openSession = (
  context: Context,
  { current, lastSeq = -1 }: Pick<OwnSession, 'current' | 'lastSeq'>,
): { readonly id: SessionId; readonly body: Body | null } => {
  const holdings = context.holdings;
  assert(holdings !== null, 'an account is open');
  const tip = current === null ? null : holdings.journal().tip(current);
  const isWhole = tip !== null && tip.seq >= lastSeq;
  // Epochs never fall along a session; in a fork this device acts under the record before it.
  const isOfEpoch = (tip?.epoch ?? 0) <= holdings.chain().tip.epoch;
  const isFree = current !== null && !holdings.quarantine().has(current);
  const isSound = isFree && isWhole && isOfEpoch && !isBarred(holdings, current);
  // Where a record ended this one alone, what is written in it would be for nothing (rule A4).
  const isClosed = (session: SessionId): boolean =>
    holdings.chain().closedAt(session, holdings.me) !== null;
  if (isSound && !isClosed(current)) return { id: current, body: null };
  const nonce = brandHex<Hash>(bytesToHex(context.ports.randomness.bytes(32)));
  const id = sessionIdOf(holdings.account, holdings.me, nonce);
  if (isSound && isClosed(id)) return { id: current, body: null };
  const head = holdings.base().heads[0] ?? null;
  return { id, body: { kind: 'session.opened', nonce, head } };
};

/**
 * Whether no cut passes what is written in it next: it holds a fact under a list that is a rival of
 * what the base covers, which is undecided by every statement's own list (rule S3).
 */
const isBarred = (holdings: Holdings, session: SessionId): boolean => {
  const { outside } = holdings.chain();
  if (outside.size === 0) return false;
  const facts = holdings.journal().sessions().get(session)?.facts ?? [];
  return facts.some(({ envelope }) => outside.has(envelope.roster));
};

/** What is kept of it: with what may be lost, as no later fact of this device makes up for that. */
export const sessionRow = (current: SessionId | null, { lostUnder }: OwnSession, seq?: number) =>
  putRow('profile', KEYS.session, {
    id: current,
    ...(seq === undefined ? {} : { seq }),
    ...(lostUnder === null ? {} : { lost: lostUnder }),
  });

/** Facts with these bodies, after the last of that session. */
export const draftFacts = (
  context: Context,
  session: SessionId,
  bodies: readonly Body[],
): Fact[] => {
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

/** Own facts as a run that is admitted like anybody's. */
export const ownRun = (
  holdings: Holdings,
  facts: readonly Fact[],
  signature: Uint8Array,
): AdmittedRun => {
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
