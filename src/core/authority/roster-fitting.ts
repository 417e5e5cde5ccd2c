import { memberOf } from './roster.js';
import { ballotFault, type BallotPromise, type BallotVote } from './ballot.js';
import type { RosterCompletion } from './roster-completion.js';
import { admitTransition, transitionChecks, type Predecessor } from './transition.js';

/**
 * A completion that one fact holds. Where all that was said is more than that, votes are left out
 * first, those of members who leave before others, then promises, as long as what is left makes the
 * record valid. Null where nothing that is valid fits.
 *
 * To be given signatures that verified. Source: rules C4 and C9.
 */
export const fittingCompletion = (
  completion: RosterCompletion,
  predecessor: Predecessor | null,
  fits: (completion: RosterCompletion) => boolean,
): RosterCompletion | null => {
  let held = completion;
  const isValid = (each: RosterCompletion): boolean => {
    const verdicts = transitionChecks(each, predecessor).map(() => true);
    return admitTransition(each, predecessor, verdicts, true).ok;
  };
  const take = (fewer: RosterCompletion): void => {
    if (!fits(held) && isValid(fewer)) held = fewer;
  };
  const isStaying = (signer: BallotPromise['signer']): boolean =>
    memberOf(completion.record, signer) !== null;
  for (const leaves of [true, false]) {
    for (const { signer } of completion.votes) {
      if (isStaying(signer) === leaves) continue;
      take({ ...held, votes: held.votes.filter((vote) => vote.signer !== signer) });
    }
  }
  for (const { signer } of completion.promises) {
    take({ ...held, promises: held.promises.filter((promise) => promise.signer !== signer) });
  }
  return fits(held) ? held : null;
};

/**
 * The promises that a ballot says it rests on, in one fact: all, or as many fewer as fit and leave
 * it free to choose that record. Null where nothing does.
 *
 * To be given promises that verified. Source: rules A3 and C9.
 */
export const fittingPromises = (
  promises: readonly BallotPromise[],
  vote: BallotVote,
  previous: Parameters<typeof ballotFault>[1],
  fits: (promises: readonly BallotPromise[]) => boolean,
): readonly BallotPromise[] | null => {
  let held = promises;
  for (const promise of promises) {
    if (fits(held)) break;
    const fewer = held.filter((each) => each !== promise);
    if (ballotFault(vote, previous, fewer) === null) held = fewer;
  }
  return fits(held) ? held : null;
};
