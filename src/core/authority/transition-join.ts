import type { DeviceId } from '../base/brands.js';
import { compareBytes } from '../base/hash.js';
import { compareText, sortedUnique } from '../base/ordering.js';
import { readOnce } from '../base/read-once.js';
import { assert } from '../base/result.js';
import { compareBallots, type Ballot } from './ballot.js';
import { encodeRosterCompletion, type RosterCompletion } from './roster-completion.js';
import { completionsOf } from './shown-record.js';
import type { AdmittedTransition } from './transition.js';

/** Of so many ballots of one record the completions are kept: the least ones. */
export const BALLOTS_KEPT_MAX = 8;

/**
 * Joins what two devices know of one record.
 *
 * One completion makes the record valid, whichever it is. Who voted twice or broke a promise is
 * shown by votes and promises (rule A3), and each completion may hold some that no other has. So of
 * each ballot those stay that are the least to hold a member's vote, or its promise; they are not
 * made into one, because what makes one valid may not hold for all their promises together, nor fit
 * into one fact. Of more than BALLOTS_KEPT_MAX ballots the least are kept.
 * Commutative, associative and idempotent; the same object where the right adds nothing.
 * Limits: two completions a member and ballot at most.
 * Errors: throws when the records differ.
 * Source: rules A3 and C4.
 */
export const joinTransitions = (
  left: AdmittedTransition,
  right: AdmittedTransition,
): AdmittedTransition => {
  assert(left.hash === right.hash, 'completions of one record are joined');
  if (left === right) return left;
  const kept = keptOf([...completionsOf(left), ...completionsOf(right)]);
  if (areSame(kept, completionsOf(left))) return left;
  const [completion, ...others] = kept as [RosterCompletion, ...RosterCompletion[]];
  const voters = sortedUnique(
    kept.flatMap(({ votes }) => votes.map(({ signer }) => signer)),
    compareText,
  );
  return { ...left, voters, completion, others };
};

/**
 * Whether a completion of the same record would add anything, were all its signatures good: else
 * they need not be looked at.
 */
export const wouldAdd = (held: AdmittedTransition, offered: RosterCompletion): boolean =>
  !areSame(keptOf([...completionsOf(held), offered]), completionsOf(held));

const bytesOf = readOnce(encodeRosterCompletion);

const compareCompletions = (left: RosterCompletion, right: RosterCompletion): number =>
  left === right ? 0 : compareBytes(bytesOf(left), bytesOf(right));

/** Sorted, and those alone that are the least to hold somebody's word in a ballot. */
const keptOf = (all: readonly RosterCompletion[]): readonly RosterCompletion[] => {
  const sorted = sortedUnique(all, compareCompletions);
  if (sorted.length < 2) return sorted;
  const ballots = sortedUnique<Ballot>(sorted, compareBallots);
  const last = ballots[Math.min(ballots.length, BALLOTS_KEPT_MAX) - 1] as Ballot;
  const said = new Set<string>();
  return sorted.filter((completion) => {
    if (compareBallots(completion, last) > 0) return false;
    const words = wordsIn(completion).filter((word) => !said.has(word));
    for (const word of words) said.add(word);
    return words.length > 0;
  });
};

const wordsIn = ({ round, proposer, votes, promises }: RosterCompletion): readonly string[] => {
  const of = (kind: string, signer: DeviceId): string => `${kind}:${round}:${proposer}:${signer}`;
  return [
    ...votes.map(({ signer }) => of('vote', signer)),
    ...promises.map(({ signer }) => of('promise', signer)),
  ];
};

const areSame = (left: readonly RosterCompletion[], right: readonly RosterCompletion[]): boolean =>
  left.length === right.length &&
  left.every((each, at) => compareCompletions(each, right[at] as RosterCompletion) === 0);
