import type { HeadId, RosterHash, StatementHash } from '../../core/base/brands.js';
import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { CanonicalValue } from '../../core/base/canonical.js';
import { LIMITS } from '../../core/base/limits.js';
import type { Change, Row } from '../../ports/store.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';

/** What a device answered, kept for ever: it answers a proposal once (rules C10, S12). */
export interface Answer {
  /** Forgotten: it did answer, and what was kept of it does not read back. */
  readonly answer: 'yes' | 'no' | 'forgotten';
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
export const hasLapsed = (answer: Answer | null, nowMs: number): boolean =>
  answer?.untilMs !== undefined && nowMs > answer.untilMs;

export const answerRow = (
  statement: StatementHash,
  answer: 'yes' | 'no',
  ground: Ground | null,
  untilMs?: number,
): Change =>
  putRow('own', KEYS.answer(statement), {
    answer,
    ground: ground === null ? null : groundOf(ground),
    ...(untilMs === undefined ? {} : { until: untilMs }),
  });

const PREFIX = 'answer:';

/** Reads the answers back; the name of one that is harmed still says what was answered. */
export const readAnswers = (rows: readonly Row[]): ReadonlyMap<StatementHash, Answer> => {
  const answers = new Map<StatementHash, Answer>();
  for (const row of rows) {
    const statement = row.key.slice(PREFIX.length);
    if (!row.key.startsWith(PREFIX) || !isHex32(statement)) continue;
    answers.set(brandHex<StatementHash>(statement), answerFrom(readRow(row.value)) ?? FORGOTTEN);
  }
  return answers;
};

const FORGOTTEN: Answer = { answer: 'forgotten', ground: null };

const answerFrom = (value: CanonicalValue): Answer | null => {
  if (typeof value !== 'object' || value === null) return null;
  const { answer, ground, until } = value as { readonly [key: string]: CanonicalValue };
  const isSound = ground === null || typeof ground === 'string';
  if (!isSound || (answer !== 'yes' && answer !== 'no')) return null;
  return { answer, ground, ...(typeof until === 'number' ? { untilMs: until } : {}) };
};
