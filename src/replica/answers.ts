import type { HeadId, RosterHash, StatementHash } from '../core/base/brands.js';
import { brandHex, isHex32 } from '../core/base/brands.js';
import type { CanonicalValue } from '../core/base/canonical.js';
import type { Change, Row } from '../ports/store.js';
import type { Context } from './context.js';
import { KEYS, putRow, readRow } from './rows.js';
import { stageNow } from './standing-of.js';

/** What a device answered, kept for ever: it answers a proposal once (rules C10, S12). */
export interface Answer {
  readonly answer: 'yes' | 'no';
  /** What a snapshot's statement builds on; null for a roster change. */
  readonly ground: string | null;
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

/** Every answer of this device, by statement. */
export type Answers = Map<StatementHash, Answer>;

/**
 * Whether this device said yes to another statement on the same ground that may still complete.
 *
 * A statement that is not known here any more (its facts were lost) counts as open: what this
 * device promised in writing outlives what it remembers of it (rule S12).
 */
export const isAnsweredElsewhere = (
  context: Context,
  answers: Answers,
  statement: StatementHash | null,
  ground: string,
): boolean => {
  const { holdings } = context;
  for (const [other, answer] of answers) {
    if (other === statement || answer.answer !== 'yes' || answer.ground !== ground) continue;
    const ceremony = holdings?.ceremonies().get(other);
    if (holdings == null || ceremony === undefined) return true;
    if (stageNow(holdings, ceremony, context.ports.clock.wallMs()) === 'open') return true;
  }
  return false;
};

export const answerRow = (
  statement: StatementHash,
  answer: Answer['answer'],
  ground: Ground | null,
): Change =>
  putRow('own', KEYS.answer(statement), {
    answer,
    ground: ground === null ? null : groundOf(ground),
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
  const { answer, ground } = value as { readonly [key: string]: CanonicalValue };
  const isSound = ground === null || typeof ground === 'string';
  return isSound && (answer === 'yes' || answer === 'no') ? { answer, ground } : null;
};
