import { compareBy, compareText } from '../base/ordering.js';
import { LIMITS } from '../base/limits.js';
import type { SessionId } from '../base/brands.js';
import { type CutEntry, type Frontier, seqIn } from '../journal/frontier.js';

/**
 * What a proposal or a completion takes at most besides its cut and its quarantine points: sixteen
 * signatures or a long comment, sixteen predecessors, hashes and numbers, and the fact around it.
 */
const BESIDE_BYTES_MAX = 2_500;
const ENTRY_BYTES_MAX = 78;
const POINT_BYTES_MAX = 45;

/**
 * The part of a cut that one statement can name, whoever completes it, with the quarantine points
 * of its sessions: a fact holds so much and no more, and who opens sessions without end, or tells
 * two stories in each, must not end all pruning.
 *
 * The sessions with most facts come first; the others are left to the next snapshot. Sorted by
 * session, as the cut is.
 * Source: rules S1 and S3; LIMITS.factBytesMax.
 */
export const nameableCut = (
  advance: readonly CutEntry[],
  before: Frontier,
  quarantined: ReadonlySet<SessionId>,
): readonly CutEntry[] => {
  const pastOf = ({ session, seq }: CutEntry): number => seqIn(before, session) - seq;
  const most = [...advance].sort(
    (a, b) => pastOf(a) - pastOf(b) || compareText(a.session, b.session),
  );
  let bytesLeft = LIMITS.factBytesMax - BESIDE_BYTES_MAX;
  const named = most.filter(({ session }) => {
    bytesLeft -= ENTRY_BYTES_MAX + (quarantined.has(session) ? POINT_BYTES_MAX : 0);
    return bytesLeft >= 0;
  });
  if (named.length === advance.length) return advance;
  return named.sort(compareBy(({ session }) => session, compareText));
};
