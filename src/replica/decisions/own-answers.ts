import type { StatementHash } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import { parseBody } from '../../core/facts/bodies.js';
import type { Row } from '../../ports/store.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { type OwnSession, mayLackOwn } from '../journal/own-session.js';
import { type Answer, bindsUntil, groundOf, hasLapsed, readAnswers } from './answers.js';
import { stageNow } from './standing-of.js';

/**
 * What this device answered (rules C10, S12): by the rows of its store, and where one is missing or
 * does not read back, by its own facts, which went into the same commit.
 */
export interface OwnAnswers {
  readonly load: (own: readonly Row[]) => void;
  readonly note: (statement: StatementHash, answer: Answer) => void;
  /** Whether it answered that statement at all. */
  readonly has: (statement: StatementHash) => boolean;
  /** Null where it answered nothing; forgotten where it did and nothing says what. */
  readonly of: (ceremony: Ceremony) => Answer | null;
  /** Why a yes to that statement, or to a new one, might break an earlier one on that ground. */
  readonly blockerOf: (statement: StatementHash | null, ground: string) => AnswerBlocker | null;
}

export type AnswerBlocker =
  { readonly kind: 'answered-another' } | { readonly kind: 'answer-forgotten' };

const ANSWERED = { kind: 'answered-another' } as const;
const UNREAD = { kind: 'answer-forgotten' } as const;

export const createOwnAnswers = (
  context: Context,
  session: Pick<OwnSession, 'lostUnder'>,
): OwnAnswers => {
  const rows = new Map<StatementHash, Answer>();

  const isRead = (statement: StatementHash): boolean =>
    (rows.get(statement)?.answer ?? 'forgotten') !== 'forgotten';

  const of: OwnAnswers['of'] = (ceremony) => {
    const row = rows.get(ceremony.statement) ?? null;
    if (row !== null && row.answer !== 'forgotten') return row;
    return (context.holdings && saidOf(context.holdings, ceremony)) ?? row;
  };

  /** By rows that read back. What is not known here any more counts as open while it binds. */
  const isBoundByRows = (holdings: Holdings, statement: StatementHash | null, ground: string) => {
    const nowMs = context.ports.clock.wallMs();
    for (const [other, answer] of rows) {
      if (other === statement || answer.answer !== 'yes' || answer.ground !== ground) continue;
      if (hasLapsed(answer, nowMs)) continue;
      const ceremony = holdings.ceremonies().get(other);
      if (ceremony === undefined || stageNow(holdings, ceremony, nowMs) === 'open') return true;
    }
    return false;
  };

  /** By what is open on that ground, of answers without a row that reads back. */
  const boundByFacts = (
    holdings: Holdings,
    statement: StatementHash | null,
    ground: string,
  ): AnswerBlocker | null => {
    const nowMs = context.ports.clock.wallMs();
    let blocker: AnswerBlocker | null = null;
    for (const ceremony of holdings.ceremonies().values()) {
      const { matter, statement: other } = ceremony;
      if (other === statement || isRead(other) || matter.purpose !== 'snapshot') continue;
      const said = of(ceremony);
      if (said === null || said.answer === 'no' || hasLapsed(said, nowMs)) continue;
      if (groundOf(matter.subject) !== ground) continue;
      if (stageNow(holdings, ceremony, nowMs) !== 'open') continue;
      if (said.answer === 'yes') return ANSWERED;
      blocker = UNREAD;
    }
    return blocker;
  };

  /** By answers to what is not held here: nobody can tell what they build on. */
  const boundUnseen = (holdings: Holdings): AnswerBlocker | null => {
    const isUnseen = (statement: StatementHash): boolean =>
      !isRead(statement) &&
      !holdings.ceremonies().has(statement) &&
      !holdings.completions().has(statement);
    if (yesesOf(holdings, context.ports.clock.wallMs()).some(isUnseen)) return ANSWERED;
    // Where all own facts are here, none of them is about what still binds.
    return mayLackOwn(holdings, session) && [...rows.keys()].some(isUnseen) ? UNREAD : null;
  };

  return {
    load: (own) => readAnswers(own).forEach((answer, statement) => rows.set(statement, answer)),
    note: (statement, answer) => void rows.set(statement, answer),
    has: (statement) => rows.has(statement),
    of,
    blockerOf: (statement, ground) => {
      const { holdings } = context;
      if (holdings === null) return null;
      if (isBoundByRows(holdings, statement, ground)) return ANSWERED;
      return boundByFacts(holdings, statement, ground) ?? boundUnseen(holdings);
    },
  };
};

/** What own facts say of it; when its signer saw it expire is told by nothing but the row. */
const saidOf = ({ me }: Holdings, { refusals, approvals, ...asked }: Ceremony): Answer | null => {
  if (refusals.has(me)) return { answer: 'no', ground: null };
  const yes = approvals.get(me);
  if (yes === undefined) return null;
  const ground = asked.matter.purpose === 'snapshot' ? groundOf(asked.matter.subject) : null;
  const { expiresMs } = asked;
  const untilMs = yes.wallMs === null ? expiresMs : bindsUntil(expiresMs, yes.wallMs);
  return { answer: 'yes', ground, untilMs };
};

/** The snapshots that own facts say yes to under the list in force, while that may bind. */
const yesesOf = (holdings: Holdings, nowMs: number): readonly StatementHash[] => {
  const { tipHash } = holdings.chain();
  return holdings.kept().snapshotActs.flatMap((act) => {
    if (act.author !== holdings.me || act.kind !== 'snapshot.approved') return [];
    if (act.roster !== tipHash || nowMs > act.wallMs + LIMITS.yesBindsMsMax) return [];
    const body = parseBody(act.kind, act.body);
    return body.ok && body.value.kind === 'snapshot.approved' ? [body.value.statement] : [];
  });
};
