import type { RosterHash } from '../../core/base/brands.js';
import type { BallotPromise } from '../../core/authority/ballot.js';
import {
  type BrokenWords,
  NO_BROKEN_WORDS,
  brokenWordsAmong,
  whoBrokeWord,
} from '../../core/authority/broken-word.js';
import { promisesIn } from '../../core/authority/broken-promise.js';
import { type KnownVote, votesIn } from '../../core/authority/double-vote.js';
import {
  type ForkGround,
  NOBODY,
  electorsOf,
  forkGround,
  predecessorOf,
} from '../../core/authority/fork.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import type { Predecessor } from '../../core/authority/transition.js';
import type { RosterMatter } from '../../core/ceremonies/matter.js';
import type { Holdings } from '../journal/holdings.js';
import { goodPromisesAfter } from './known-promises.js';

/** The choice of what follows: the record in force, or the branches of a fork (rule A3). */
export interface Choice extends BrokenWords {
  /** What its ballots, promises and votes go by. */
  readonly hash: RosterHash;
  /** What follows has the epoch after this. */
  readonly epoch: number;
  /** Whose members decide, with the threshold that they have to reach; nobody where none may. */
  readonly record: RosterRecord;
  /** What is behind the branches; null where there is one record, and nobody broke a word then. */
  readonly fork: ForkGround | null;
}

/** What is to be chosen next, as everything here shows it. */
export const choiceOf = (holdings: Holdings): Choice => {
  const { tip, tips, choiceHash: hash, isForked } = holdings.chain();
  if (!isForked) return { hash, epoch: tip.epoch, record: tip, fork: null, ...NO_BROKEN_WORDS };
  const fork = forkGround(tips, recordsOf(holdings)) ?? null;
  const broken = fork === null ? NO_BROKEN_WORDS : brokenAfter(holdings, fork.commonHash);
  const electors = fork === null ? null : electorsOf(fork, whoBrokeWord(broken));
  const epoch = Math.max(...(fork?.tips ?? [tip]).map((each) => each.epoch));
  return { hash, epoch, record: electors ?? nobodyOf(tip), fork, ...broken };
};

/** Everyone who is shown to have broken its word in choosing what follows a record. */
export const brokenAfter = (holdings: Holdings, common: RosterHash): BrokenWords =>
  brokenWordsAmong([...votesAfter(holdings, common)], promisesAfter(holdings, common));

/** Records by name, those included that a base left outside. */
export const recordsOf =
  (holdings: Holdings) =>
  (hash: RosterHash): RosterRecord | undefined =>
    holdings.transitions().get(hash)?.record;

const nobodyOf = (tip: RosterRecord): RosterRecord => ({ ...tip, members: [], admin: NOBODY });

/**
 * Every vote that is known here on what follows a record: in what came about, and in what was only
 * asked for. All were verified.
 */
function* votesAfter(holdings: Holdings, common: RosterHash): Iterable<KnownVote> {
  for (const transition of holdings.transitions().values()) {
    const { previous, merges } = transition.record;
    if (previous === common && merges.length === 0) yield* votesIn(transition);
  }
  for (const { matter, approvals } of holdings.ceremonies().values()) {
    if (matter.purpose !== 'roster' || matter.previous !== common) continue;
    const { recordHash: record, round, ballotProposer: proposer } = matter;
    for (const [signer, { signature }] of approvals) {
      yield { signer, record, round, proposer, signature };
    }
  }
}

/**
 * Every promise behind what followed a record: in what came about, and in what was only asked for,
 * as far as their signatures were found good here.
 */
function* promisesAfter(holdings: Holdings, common: RosterHash): Iterable<BallotPromise> {
  for (const transition of holdings.transitions().values()) {
    const { previous, merges } = transition.record;
    if (previous === common && merges.length === 0) yield* promisesIn(transition);
  }
  yield* goodPromisesAfter(holdings, common);
}

/** Whose members decide on a record, as far as is known here; they may have decided already. */
export const decidersOf = (holdings: Holdings, matter: RosterMatter): RosterRecord => {
  const { choiceHash, recordAt, tip } = holdings.chain();
  if (matter.previous === choiceHash) return choiceOf(holdings).record;
  if (matter.record.merges.length === 0) return recordAt(matter.previous) ?? tip;
  const fork = forkBehind(holdings, matter);
  const liars = whoBrokeWord(brokenShown(holdings, matter));
  return (fork && electorsOf(fork, liars)) ?? nobodyOf(tip);
};

/** What is behind the branches that a record unites; null for any other, or one not held. */
export const forkBehind = (
  holdings: Holdings,
  { record }: Pick<RosterMatter, 'record'>,
): ForkGround | null => forkGround(record.merges, recordsOf(holdings)) ?? null;

/** What a change is told against: the record it follows, or the last before a fork. */
export const changedBy = (holdings: Holdings, matter: RosterMatter): RosterRecord => {
  const { recordAt, tip } = holdings.chain();
  const before = matter.record.merges.length > 0 ? null : recordAt(matter.previous);
  return before ?? forkBehind(holdings, matter)?.common ?? tip;
};

/** The record that a matter's follows, or all that it unites. */
export const listsBefore = (holdings: Holdings, matter: RosterMatter): readonly RosterRecord[] => {
  const fork = matter.record.merges.length > 0 ? forkBehind(holdings, matter) : undefined;
  return fork?.tips ?? [changedBy(holdings, matter)];
};

/** Who is shown to have broken its word, where a record unites branches; nobody in any other. */
export const brokenShown = (holdings: Holdings, matter: RosterMatter): Partial<BrokenWords> => {
  if (matter.record.merges.length === 0) return NO_BROKEN_WORDS;
  if (matter.previous === holdings.chain().choiceHash) return choiceOf(holdings);
  return holdings.transitions().get(matter.recordHash)?.completion ?? NO_BROKEN_WORDS;
};

/** What a completion is judged by; null where it follows nothing that is held. */
export const predecessorFor = (holdings: Holdings, record: RosterRecord): Predecessor | null =>
  predecessorOf(holdings.account, record, recordsOf(holdings)) ?? null;
