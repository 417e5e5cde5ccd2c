import type { AccountId, DeviceId } from '../base/brands.js';
import {
  brokenPromiseChecks,
  brokenPromisesAmong,
  isBroken,
  type BrokenPromise,
} from './broken-promise.js';
import type { BallotPromise } from './ballot.js';
import {
  doubleVoteChecks,
  doubleVotesAmong,
  type DoubleVote,
  type KnownVote,
} from './double-vote.js';
import type { ForkGround } from './fork.js';
import type { SignatureCheck } from './signature-check.js';

/**
 * Whose word does not count in uniting the branches of a fork, with what shows it: two votes in one
 * ballot, or a vote that a promise for a higher one hides. Source: rule A3.
 */
export interface BrokenWords {
  readonly votedTwice: readonly DoubleVote[];
  readonly brokePromise: readonly BrokenPromise[];
}

export const NO_BROKEN_WORDS: BrokenWords = { votedTwice: [], brokePromise: [] };

/** What verified votes and promises on what follows one record show; of each member one thing. */
export const brokenWordsAmong = (
  votes: readonly KnownVote[],
  promises: Iterable<BallotPromise>,
): BrokenWords => {
  const votedTwice = doubleVotesAmong(votes);
  const doubles = new Set(votedTwice.map(({ device }) => device));
  const broken = brokenPromisesAmong(votes, promises);
  return { votedTwice, brokePromise: broken.filter(({ device }) => !doubles.has(device)) };
};

/** Whose they are. */
export const whoBrokeWord = ({
  votedTwice = [],
  brokePromise = [],
}: Partial<BrokenWords>): readonly DeviceId[] =>
  [...votedTwice, ...brokePromise].map(({ device }) => device);

/** The signatures behind them, two each, in order. */
export const brokenWordChecks = (
  { votedTwice = [], brokePromise = [] }: Partial<BrokenWords>,
  account: AccountId,
  fork: ForkGround,
): SignatureCheck[] => [
  ...votedTwice.flatMap((each) => doubleVoteChecks(account, fork, each)),
  ...brokePromise.flatMap((each) => brokenPromiseChecks(account, fork, each)),
];

/**
 * Those of which both signatures verified, and that are about what followed the common record; a
 * list that was not there stays away. `verdicts` answers brokenWordChecks.
 */
export const verifiedWords = (
  { votedTwice, brokePromise }: Partial<BrokenWords>,
  fork: ForkGround | undefined,
  verdicts: readonly boolean[],
): Partial<BrokenWords> => {
  const isShown = (index: number): boolean =>
    fork !== undefined && verdicts[2 * index] === true && verdicts[2 * index + 1] === true;
  const before = votedTwice?.length ?? 0;
  return {
    ...(votedTwice && { votedTwice: votedTwice.filter((_, index) => isShown(index)) }),
    ...(brokePromise && {
      brokePromise: brokePromise.filter(
        (each, index) =>
          isShown(before + index) && fork !== undefined && isBroken(fork.commonHash, each),
      ),
    }),
  };
};
