import type { HeadId, RosterHash, StatementHash } from '../../core/base/brands.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import { LIMITS } from '../../core/base/limits.js';
import type { Change, Row } from '../../ports/store.js';
import type { Context } from '../context.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';
import { stageNow } from './standing-of.js';

/** What a device answered, kept for ever: it answers a proposal once (rules C10, S12). */
export interface Answer {
  readonly answer: 'yes' | 'no';
  /** What a snapshot's statement builds on; null for a roster change. */
  readonly ground: string | null;
  /** Wall ms until which a yes rules out another; absent: while the decision is open. */
  readonly untilMs?: number;
}

interface Ground {
  readonly roster: RosterHash;
  readonly predecessors: readonly HeadId[];
}

/**
 * One live approval per predecessor: answers on one ground exclude each other while both are open.
 */
export const groundOf = (ground: Ground): string =>
  `${ground.roster}:${ground.predecessors.join()}`;

/**
 * How long a yes binds: until the decision lapses as its signer sees it now, within a limit.
 *
 * Whoever asks again later, for longer, binds nobody who answered before.
 */
export const bindsUntil = (expiresMs: number, nowMs: number): number =>
  Math.min(expiresMs, Math.floor(nowMs) + LIMITS.yesBindsMsMax);

/** Whether what this device answered binds it no longer. */
export const hasLapsed = (answer: Answer | undefined, nowMs: number): boolean =>
  answer?.untilMs !== undefined && nowMs > answer.untilMs;

/** Every answer of this device, by statement. */
export type Answers = Map<StatementHash, Answer>;

/**
 * Whether this device said yes to another statement on the same ground that may still complete.
 *
 * A statement that is not known here any more (its facts were lost) counts as open until then: what
 * this device promised in writing outlives what it remembers of it (rule S12).
 */
export const isAnsweredElsewhere = (
  context: Context,
  answers: Answers,
  statement: StatementHash | null,
  ground: string,
): boolean => {
  const { holdings } = context;
  const nowMs = context.ports.clock.wallMs();
  for (const [other, answer] of answers) {
    if (other === statement || answer.answer !== 'yes' || answer.ground !== ground) continue;
    if (hasLapsed(answer, nowMs)) continue;
    const ceremony = holdings?.ceremonies().get(other);
    if (holdings == null || ceremony === undefined) return true;
    if (stageNow(holdings, ceremony, nowMs) === 'open') return true;
  }
  return false;
};

export const answerRow = (
  statement: StatementHash,
  answer: Answer['answer'],
  ground: Ground | null,
  untilMs?: number,
): Change =>
  putRow('own', KEYS.answer(statement), {
    answer,
    ground: ground === null ? null : groundOf(ground),
    ...(untilMs === undefined ? {} : { until: untilMs }),
  });

const PREFIX = 'answer:';

/** Reads the answers back; a row that is not one is skipped. */
export const readAnswers = (rows: readonly Row[]): Answers => {
  const answers: Answers = new Map();
  for (const row of rows) {
    const statement = row.key.slice(PREFIX.length);
    const isAnswer = row.key.startsWith(PREFIX) && isHex32(statement);
    const answer = isAnswer ? answerFrom(readRow(row.value)) : null;
    if (answer !== null) answers.set(brandHex<StatementHash>(statement), answer);
  }
  return answers;
};

const answerFrom = (value: CanonicalValue): Answer | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { answer, ground, until } = value as { readonly [key: string]: CanonicalValue };
  const isSound = ground === null || typeof ground === 'string';
  if (!isSound || (answer !== 'yes' && answer !== 'no')) return null;
  return { answer, ground, ...(typeof until === 'number' ? { untilMs: until } : {}) };
};
