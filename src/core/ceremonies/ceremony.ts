import type { AccountId, DeviceId, Hash, RosterHash, StatementHash } from '../base/brands.js';
import { compareBy, sortedBy } from '../base/ordering.js';
import { type Body, parseBody } from '../facts/bodies.js';
import { type Stamp, compareStamps } from '../journal/registers.js';
import type { Act } from '../journal/state.js';
import { type RosterMatter, type SnapshotMatter, joinMatters, proposalOf } from './matter.js';
import type { Stage } from './protocol.js';

export interface Approval {
  readonly signature: Uint8Array;
  readonly comment: string;
  readonly wallMs: number | null;
  /** Root of the bundle that it says it was given on; null where it does not (rule C7). */
  readonly bundle: Hash | null;
}

export interface Refusal {
  readonly reason: string;
  readonly differs: readonly string[];
  readonly wallMs: number;
}

/** One member's word that a dangerous change shall not happen (rule A9). */
export interface Veto {
  readonly reason: string;
  readonly wallMs: number;
}

export type AbandonCause = 'withdrawn' | 'expired' | 'superseded';

/** One decision in the making: all proposals of one statement and every answer to it (rule C1). */
export interface Ceremony {
  readonly statement: StatementHash;
  readonly roster: RosterHash;
  readonly matter: SnapshotMatter | RosterMatter;
  /** The proposer whose proposal stands first in (lamport, session, seq) order. */
  readonly proposer: DeviceId;
  readonly proposedMs: number;
  readonly comment: string;
  /** When the last of its proposals expires. */
  readonly expiresMs: number;
  /** Verified shares only. */
  readonly approvals: ReadonlyMap<DeviceId, Approval>;
  readonly refusals: ReadonlyMap<DeviceId, Refusal>;
  /** Members that want it not to happen, and why; whose veto counts is authority's question. */
  readonly vetoes: ReadonlyMap<DeviceId, Veto>;
  /** Who proposed it and has not let go of it. */
  readonly heldBy: ReadonlySet<DeviceId>;
  /** Set once every device that proposed it has let go of it. */
  readonly abandoned: AbandonCause | null;
}

/** Shares whose signatures were checked, by statement and signer. */
export type VerifiedShares = ReadonlyMap<StatementHash, ReadonlyMap<DeviceId, Uint8Array>>;

interface OpenCeremony {
  readonly ceremony: Ceremony;
  matter: Ceremony['matter'];
  expiresMs: number;
  /** Who proposed it and has not let go of it. */
  readonly proposers: Set<DeviceId>;
  abandoned: AbandonCause | null;
  readonly approvals: Map<DeviceId, Approval>;
  readonly refusals: Map<DeviceId, Refusal>;
  readonly vetoes: Map<DeviceId, Veto>;
}

/**
 * Folds ceremony facts into decisions, in any order, with any repetition.
 *
 * An approval counts only when its share was verified; a device that refused never counts as
 * approving; answers to a statement that nobody proposed here wait in their facts. An answer is of
 * the ceremony's own purpose and roster. Only who proposed lets go of a proposal, and a decision
 * that several proposed stays while one of them holds on: nobody ends what others asked for.
 */
export const foldCeremonies = (
  account: AccountId,
  acts: readonly Act[],
  shares: VerifiedShares,
): ReadonlyMap<StatementHash, Ceremony> => {
  const open = new Map<StatementHash, OpenCeremony>();
  const inOrder = sortedBy(acts, compareBy(stampOf, compareStamps));
  for (const act of inOrder) addProposal(account, open, act);
  for (const act of inOrder) addAnswer(open, act);
  const ceremonies = new Map<StatementHash, Ceremony>();
  for (const [statement, each] of open) {
    addShares(each, shares.get(statement));
    ceremonies.set(statement, {
      ...each.ceremony,
      matter: each.matter,
      approvals: each.approvals,
      refusals: each.refusals,
      vetoes: each.vetoes,
      expiresMs: each.expiresMs,
      heldBy: each.proposers,
      abandoned: each.proposers.size > 0 ? null : each.abandoned,
    });
  }
  return ceremonies;
};

const stampOf = ({ lamport, dot }: Act): Stamp => ({ lamport, ...dot });

const addProposal = (
  account: AccountId,
  open: Map<StatementHash, OpenCeremony>,
  act: Act,
): void => {
  const proposal = proposalOf(account, act);
  if (proposal === null) return;
  const { body, read } = proposal;
  const held = open.get(read.statement);
  if (held !== undefined) {
    held.proposers.add(act.author);
    held.matter = joinMatters(held.matter, read.matter);
    held.expiresMs = Math.max(held.expiresMs, body.expires);
    return;
  }
  const approvals = new Map<DeviceId, Approval>();
  const refusals = new Map<DeviceId, Refusal>();
  const vetoes = new Map<DeviceId, Veto>();
  const proposers = new Set([act.author]);
  open.set(read.statement, {
    ...{ approvals, refusals, vetoes, matter: read.matter },
    expiresMs: body.expires,
    proposers,
    abandoned: null,
    ceremony: {
      statement: read.statement,
      roster: act.roster,
      matter: read.matter,
      proposer: act.author,
      proposedMs: act.wallMs,
      comment: body.comment,
      expiresMs: body.expires,
      ...{ approvals, refusals, vetoes },
      heldBy: proposers,
      abandoned: null,
    },
  });
};

/** Bytes of facts never change: each is read once, however often all is folded. */
const answerByBody = new WeakMap<Uint8Array, { readonly kind: string; answer: Answer | null }>();
type Answer = Extract<Body, { readonly statement: StatementHash }>;

const answerOf = (act: Act): Answer | null => {
  const held = answerByBody.get(act.body);
  if (held?.kind === act.kind) return held.answer;
  const parsed = parseBody(act.kind, act.body);
  const body = parsed.ok ? (parsed.value as Body) : null;
  const answer = body !== null && 'statement' in body ? body : null;
  answerByBody.set(act.body, { kind: act.kind, answer });
  return answer;
};

const addAnswer = (open: ReadonlyMap<StatementHash, OpenCeremony>, act: Act): void => {
  const body = answerOf(act);
  if (body === null) return;
  const each = open.get(body.statement);
  if (each === undefined || !isOfCeremony(act, each.ceremony)) return;
  switch (body.kind) {
    case 'snapshot.approved':
    case 'roster.approved': {
      const { signature, comment, bundle } = body;
      if (!each.approvals.has(act.author)) {
        each.approvals.set(act.author, { signature, comment, bundle, wallMs: act.wallMs });
      }
      return;
    }
    case 'snapshot.refused':
    case 'roster.refused': {
      const differs = body.kind === 'snapshot.refused' ? body.differs : [];
      if (!each.refusals.has(act.author)) {
        each.refusals.set(act.author, { reason: body.reason, differs, wallMs: act.wallMs });
      }
      return;
    }
    case 'roster.vetoed': {
      const { reason } = body;
      if (!each.vetoes.has(act.author)) each.vetoes.set(act.author, { reason, wallMs: act.wallMs });
      return;
    }
    case 'snapshot.abandoned':
    case 'roster.abandoned':
      if (each.proposers.delete(act.author)) each.abandoned = body.cause;
      return;
  }
};

/** What a snapshot keeps of acts goes by their roster, so others never count, pruned or not. */
const isOfCeremony = (act: Act, ceremony: Ceremony): boolean =>
  act.roster === ceremony.roster && act.kind.startsWith(`${ceremony.matter.purpose}.`);

/**
 * Keeps verified approvals only, with the signature that was verified, whatever their fact holds;
 * adds shares that came without their fact, drops who refused.
 */
const addShares = (
  each: OpenCeremony,
  shares: ReadonlyMap<DeviceId, Uint8Array> | undefined,
): void => {
  for (const device of [...each.approvals.keys()]) {
    if (!shares?.has(device) || each.refusals.has(device)) each.approvals.delete(device);
  }
  for (const [device, signature] of shares ?? []) {
    if (each.refusals.has(device)) continue;
    const said = each.approvals.get(device) ?? { comment: '', wallMs: null, bundle: null };
    each.approvals.set(device, { ...said, signature });
  }
};

/**
 * Where a decision is now. A completion outranks all; then what people said; then time, which only
 * this device's clock tells and which stops honest devices, never a valid completion (rule C10).
 */
export const stageOf = (
  ceremony: Ceremony,
  known: {
    readonly isCompleted: boolean;
    readonly isSuperseded: boolean;
    readonly nowMs: number;
  },
): Stage => {
  if (known.isCompleted) return 'completed';
  if (known.isSuperseded) return 'superseded';
  if (ceremony.abandoned !== null) return ceremony.abandoned;
  return known.nowMs > ceremony.expiresMs ? 'expired' : 'open';
};
