import { compareBy, compareText } from '../base/ordering.js';
import { LIMITS } from '../base/limits.js';
import { type CutEntry, type Frontier, seqIn } from '../journal/frontier.js';

/**
 * What a proposal or a completion takes at most besides its cut and its quarantine points: sixteen
 * signatures or a long comment, sixteen predecessors, hashes and numbers, and the fact around it.
 */
const BESIDE_BYTES_MAX = 2_500;
const ENTRY_BYTES_MAX = 78;
const POINT_BYTES_MAX = 45;

/**
 * The part of a cut that one statement can name, whoever completes it: a fact holds so much and no
 * more, and who opens sessions without end must not end all pruning.
 *
 * The sessions with most facts come first; the others are left to the next snapshot. Sorted by
 * session, as the cut is.
 * Source: rules S1 and S3; LIMITS.factBytesMax.
 */
export const nameableCut = (
  advance: readonly CutEntry[],
  before: Frontier,
  quarantinePoints: number,
): readonly CutEntry[] => {
  const bytesLeft = LIMITS.factBytesMax - BESIDE_BYTES_MAX - POINT_BYTES_MAX * quarantinePoints;
  const entriesMax = Math.max(0, Math.floor(bytesLeft / ENTRY_BYTES_MAX));
  if (advance.length <= entriesMax) return advance;
  const pastOf = ({ session, seq }: CutEntry): number => seqIn(before, session) - seq;
  const most = [...advance].sort(
    (a, b) => pastOf(a) - pastOf(b) || compareText(a.session, b.session),
  );
  return most.slice(0, entriesMax).sort(compareBy(({ session }) => session, compareText));
};
