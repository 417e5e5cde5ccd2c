import type { RosterRecord } from '../../core/authority/roster.js';
import { type BallotPromise, type BallotVote, encodePromise } from '../../core/authority/ballot.js';
import { fittingPromises } from '../../core/authority/roster-fitting.js';
import type { RosterHash } from '../../core/base/brands.js';
import { type Body, encodeBody } from '../../core/facts/bodies.js';
import { type PutForward, type Words, proposalBody } from './ballot-words.js';

export { fittingCompletion } from '../../core/authority/roster-fitting.js';

/** What a ballot comes to once enough members promised it. */
export interface SettledBallot {
  readonly vote: BallotVote;
  readonly previous: { readonly hash: RosterHash; readonly record: RosterRecord };
  readonly promises: readonly BallotPromise[];
  readonly put: PutForward;
  /** Whether the fact that opened this very statement holds what its members need. */
  readonly isOpened: boolean;
  readonly words: Words;
}

/**
 * The facts that say for which record a ballot is, and on which promises it rests: one, two where
 * all of it is more than one holds, and on fewer promises where they alone are. Null where even
 * these are too many.
 */
export const settlingBodies = (settled: SettledBallot): readonly Body[] | null => {
  const { vote, previous, promises, put, isOpened, words } = settled;
  const bodiesOf = (said: readonly BallotPromise[]): readonly Body[] | null => {
    const all = { ...words, promises: said.map(encodePromise) };
    const bare = proposalBody({ ...put, envelopes: [], consents: [] }, all);
    const ways = isOpened
      ? [[bare]]
      : [[proposalBody(put, all)], [proposalBody(put, { ...all, promises: [] }), bare]];
    return ways.find((bodies) => bodies.every((body) => encodeBody(body).ok)) ?? null;
  };
  const said = fittingPromises(promises, vote, previous, (some) => bodiesOf(some) !== null);
  return said === null ? null : bodiesOf(said);
};
