import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { compareBytes } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareInTurn, compareText } from '../base/ordering.js';
import { bytes, hex32, signature64, type Shape } from '../base/shape.js';
import { row, sortedList } from '../base/shape-groups.js';
import {
  PROMISE_BYTES_MAX,
  compareBallots,
  encodePromise,
  parsePromise,
  promiseCheck,
  roundShape,
  type BallotPromise,
  type BallotVote,
} from './ballot.js';
import { votesIn, type KnownVote, type NamedRecord } from './double-vote.js';
import type { ForkGround } from './fork.js';
import { completionsOf } from './shown-record.js';
import type { SignatureCheck } from './signature-check.js';
import { rosterStatement, shareSigningBytes, statementHashOf } from './statement.js';

/**
 * A member's vote in one ballot, and its promise for a higher one that does not say so.
 *
 * An honest device states the highest vote that it gave, and gives none below what it promised, so
 * these two signatures are never both its own. Source: rule A3.
 */
export interface BrokenPromise {
  readonly device: DeviceId;
  /** What it voted for, in which ballot. */
  readonly record: RosterHash;
  readonly round: number;
  readonly ballotProposer: DeviceId;
  /** 64 bytes over the share of that ballot's statement. */
  readonly signature: Uint8Array;
  readonly promise: BallotPromise;
}

const encoded = bytes(0, PROMISE_BYTES_MAX);

const promiseShape: Shape<BallotPromise> = {
  parse: (value) => {
    const read = encoded.parse(value);
    const promise = read === undefined ? null : parsePromise(read);
    return promise?.ok === true ? promise.value : undefined;
  },
  toCanonical: encodePromise,
};

/** Broken promises as they travel: each member once, sorted. */
export const brokenPromisesShape: Shape<readonly BrokenPromise[]> = sortedList(
  row({
    device: hex32<DeviceId>(),
    record: hex32<RosterHash>(),
    round: roundShape,
    ballotProposer: hex32<DeviceId>(),
    signature: signature64,
    promise: promiseShape,
  }),
  compareBy(({ device }) => device, compareText),
  LIMITS.rosterMembersMax,
);

/** The two signatures that show a broken promise in choosing what followed the common record. */
export const brokenPromiseChecks = (
  account: AccountId,
  { common, commonHash }: Pick<ForkGround, 'common' | 'commonHash'>,
  { device, record, round, ballotProposer: proposer, signature, promise }: BrokenPromise,
): SignatureCheck[] => {
  const subject = { account, epoch: common.epoch, roster: commonHash, record, round, proposer };
  const message = shareSigningBytes(statementHashOf(rosterStatement(subject)));
  return [{ key: device, message, signature }, promiseCheck(account, promise)];
};

/** Whether a vote and a promise, both signed, are about what followed it, and contradict. */
export const isBroken = (
  common: RosterHash,
  { device, record, round, ballotProposer: proposer, promise }: BrokenPromise,
): boolean =>
  promise.signer === device &&
  promise.previous === common &&
  hides(promise, { round, proposer, record });

/** Whether a promise for a higher ballot does not say of a vote, or of a later one. */
const hides = ({ last, ...ballot }: BallotPromise, vote: BallotVote): boolean => {
  if (compareBallots(vote, ballot) >= 0) return false;
  if (last === null) return true;
  const order = compareBallots(last, vote);
  return order < 0 || (order === 0 && last.record !== vote.record);
};

/**
 * Who broke a promise, among verified votes and promises on what follows one record, whether that
 * came about or not. A member once, by its first such promise and the first vote that it hides.
 */
export const brokenPromisesAmong = (
  votes: Iterable<KnownVote>,
  promises: Iterable<BallotPromise>,
): readonly BrokenPromise[] => {
  const votesBySigner = new Map<DeviceId, KnownVote[]>();
  for (const vote of [...votes].sort(compareVotes)) {
    const held = votesBySigner.get(vote.signer);
    if (held === undefined) votesBySigner.set(vote.signer, [vote]);
    else held.push(vote);
  }
  const found = new Map<DeviceId, BrokenPromise>();
  for (const promise of [...promises].sort(comparePromises)) {
    const { signer: device } = promise;
    const vote = votesBySigner.get(device)?.find((each) => hides(promise, each));
    if (vote === undefined || found.has(device)) continue;
    const { record, round, proposer: ballotProposer, signature } = vote;
    found.set(device, { device, record, round, ballotProposer, signature, promise });
  }
  return [...found.values()].sort((a, b) => compareText(a.device, b.device));
};

/** Ballots first; then by their bytes, so that everyone shows the same two signatures. */
const compareVotes = compareInTurn<KnownVote>(
  compareBallots,
  compareBy(({ record }) => record as string, compareText),
  compareBy(({ signature }) => signature, compareBytes),
);

const comparePromises = compareInTurn<BallotPromise>(
  compareBallots,
  compareBy(encodePromise, compareBytes),
);

/** The promises in all completions of a record. */
export const promisesIn = (shown: NamedRecord): readonly BallotPromise[] =>
  completionsOf(shown).flatMap(({ promises }) => promises);

/** Who broke a promise, as rival completions show. `rivals` follow one record. */
export const brokenPromisesIn = (rivals: readonly NamedRecord[]): readonly BrokenPromise[] =>
  brokenPromisesAmong(rivals.flatMap(votesIn), rivals.flatMap(promisesIn));
