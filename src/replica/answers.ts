import type { HeadId, RosterHash, StatementHash } from '../core/base/brands.js';
import { brandHex } from '../core/base/brands.js';
import type { Change, Row } from '../ports/store.js';
import { KEYS, putRow, readRow } from './rows.js';

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

/** One live approval per predecessor: answers on one ground exclude each other while both are open. */
export const groundOf = (ground: Ground): string =>
  `${ground.roster}:${ground.predecessors.join()}`;

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
export const readAnswers = (rows: readonly Row[]): Map<StatementHash, Answer> => {
  const answers = new Map<StatementHash, Answer>();
  for (const row of rows) {
    const value = row.key.startsWith(PREFIX) ? readRow(row.value) : null;
    if (typeof value !== 'object' || value === null || !('answer' in value)) continue;
    const { answer, ground } = value as { answer: Answer['answer']; ground: string | null };
    answers.set(brandHex<StatementHash>(row.key.slice(PREFIX.length)), { answer, ground });
  }
  return answers;
};
