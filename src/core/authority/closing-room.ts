import { LIMITS } from '../base/limits.js';
import {
  compareBy,
  compareInTurn,
  compareNumbers,
  compareText,
  sortedBy,
} from '../base/ordering.js';
import { type Frontier, seqIn } from '../journal/frontier.js';
import { CLOSING_POINTS_LEAST } from './closing-plan.js';
import { encodeRosterRecord, type ClosingPoint, type RosterRecord } from './roster.js';

/** What one entry of each list takes at most in the facts about a record. */
const ENVELOPE_BYTES_MAX = 132;
const PROMISE_BYTES_MAX = 300;
const SHARE_BYTES_MAX = 104;
const BROKEN_WORD_BYTES_MAX = 560;
const POINT_BYTES_MAX = 78;
/** A comment of the greatest length, names of parts, numbers. */
const WORDS_BYTES_MAX = 1_000;
/** The fact around a body. */
const AROUND_BYTES_MAX = 320;

/** What decides how many sessions a record may name. */
export interface ClosingCase {
  /** The record, whatever it closes. */
  readonly record: RosterRecord;
  /** Who decides on it. */
  readonly deciders: Pick<RosterRecord, 'members' | 'governanceThreshold'>;
  readonly newcomers: number;
  /** Members that its completion shows to have broken their word. */
  readonly brokenWords: number;
  /** What the base covers here. */
  readonly covered: Frontier;
}

/**
 * The part of a closing frontier that one record can name, so that the facts which propose and
 * complete it hold it: who opens sessions without end is taken out all the same.
 *
 * First come sessions that went on since the base, those that it knows before others and of these
 * the ones with most facts. Those that it covers whole come last: they count as the base says,
 * named or not. A session that is left out counts as empty beyond it. Sorted by session.
 * Source: rules A4 and C9; LIMITS.factBytesMax.
 */
export const nameableClosing = (
  points: readonly ClosingPoint[],
  known: ClosingCase,
): readonly ClosingPoint[] => {
  const pointsMax = pointsMaxOf(known);
  if (points.length <= pointsMax) return points;
  const { covered } = known;
  const rankOf = ({ session, seq }: ClosingPoint): number => {
    if (!covered.has(session)) return 1;
    return seq > seqIn(covered, session) ? 0 : 2;
  };
  const factsOf = ({ session, seq }: ClosingPoint): number => seq - seqIn(covered, session);
  const first = sortedBy(
    points,
    compareInTurn<ClosingPoint>(
      compareBy(rankOf, compareNumbers),
      compareBy((point) => -factsOf(point), compareNumbers),
      bySession,
    ),
  );
  return sortedBy(first.slice(0, pointsMax), bySession);
};

const bySession = compareBy((point: ClosingPoint) => point.session as string, compareText);

const pointsMaxOf = ({ record, deciders, newcomers, brokenWords }: ClosingCase): number => {
  const recordBytes = encodeRosterRecord({ ...record, closing: [] }).length;
  const promises = deciders.governanceThreshold * PROMISE_BYTES_MAX;
  const votes = deciders.governanceThreshold * SHARE_BYTES_MAX;
  const consents = newcomers * SHARE_BYTES_MAX;
  const besideBytes = Math.max(
    record.members.length * ENVELOPE_BYTES_MAX + consents + WORDS_BYTES_MAX,
    promises + consents + WORDS_BYTES_MAX,
    promises + votes + consents + brokenWords * BROKEN_WORD_BYTES_MAX,
  );
  const bytesLeft = LIMITS.factBytesMax - AROUND_BYTES_MAX - recordBytes - besideBytes;
  return Math.max(CLOSING_POINTS_LEAST, Math.floor(bytesLeft / POINT_BYTES_MAX));
};
