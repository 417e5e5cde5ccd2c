import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type DecodeError } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { sha256 } from '../base/hash.js';
import {
  compareBy,
  compareInTurn,
  compareNumbers,
  compareText,
  type Compare,
} from '../base/ordering.js';
import { ok, type Result } from '../base/result.js';
import {
  hex32,
  idToBytes,
  integer,
  malformed,
  nullable,
  readShape,
  signature64,
  type Malformed,
  type Shape,
} from '../base/shape.js';
import { map } from '../base/shape-groups.js';
import { memberOf, type RosterRecord } from './roster.js';
import type { SignatureCheck } from './signature-check.js';

/** One attempt to choose the record that follows another. Round 0 belongs to the admin. */
export interface Ballot {
  readonly round: number;
  readonly proposer: DeviceId;
}

/** A vote names the record that was voted for in a ballot. */
export interface BallotVote extends Ballot {
  readonly record: RosterHash;
}

/** A member's word that it votes in no ballot below this one, and what it voted last. */
export interface BallotPromise extends Ballot {
  /** The record whose successor is being chosen. */
  readonly previous: RosterHash;
  readonly last: BallotVote | null;
  readonly signer: DeviceId;
  /** 64 bytes over promiseSigningBytes. */
  readonly signature: Uint8Array;
}

/** Rounds stay far below where integers end, so that nobody can use them up. */
export const BALLOT_ROUND_MAX = 2 ** 48;
/** A promise's bytes. */
export const PROMISE_BYTES_MAX = 512;

/** Ballots are ordered by round, then by proposer. */
export const compareBallots: Compare<Ballot> = compareInTurn<Ballot>(
  compareBy((ballot: Ballot) => ballot.round, compareNumbers),
  compareBy((ballot: Ballot) => ballot.proposer as string, compareText),
);

/** The form of a round. */
export const roundShape: Shape<number> = integer(0, BALLOT_ROUND_MAX);

/** The form of a vote; null where there is none. */
export const lastVoteShape: Shape<BallotVote | null> = nullable(
  map({ round: roundShape, proposer: hex32<DeviceId>(), record: hex32<RosterHash>() }),
);

const promiseShape = map({
  prev: hex32<RosterHash>(),
  round: integer(1, BALLOT_ROUND_MAX),
  proposer: hex32<DeviceId>(),
  last: lastVoteShape,
  signer: hex32<DeviceId>(),
  signature: signature64,
});

/**
 * Reads a promise from canonical bytes.
 *
 * Limits: 512 bytes; rounds from 1 to BALLOT_ROUND_MAX; the last vote lies below the ballot
 * promised.
 * Errors: DecodeError or Malformed.
 */
export const parsePromise = (bytes: Uint8Array): Result<BallotPromise, DecodeError | Malformed> => {
  const decoded = decodeCanonical(bytes, PROMISE_BYTES_MAX);
  if (!decoded.ok) return decoded;
  const read = readShape(promiseShape, decoded.value);
  if (!read.ok) return read;
  const { prev, ...rest } = read.value;
  if (rest.last !== null && compareBallots(rest.last, rest) >= 0) return malformed('last');
  return ok({ previous: prev, ...rest });
};

/** The canonical bytes of a promise. */
export const encodePromise = ({ previous, ...rest }: BallotPromise): Uint8Array =>
  encodeCanonical(promiseShape.toCanonical({ prev: previous, ...rest }));

/** The 32 bytes that the signer of a promise signs. */
export const promiseSigningBytes = (
  account: AccountId,
  promise: Pick<BallotPromise, 'previous' | 'round' | 'proposer' | 'last'>,
): Uint8Array =>
  sha256(
    encodeCanonical([
      DOMAINS.promise,
      idToBytes(account),
      idToBytes(promise.previous),
      promise.round,
      idToBytes(promise.proposer),
      lastVoteShape.toCanonical(promise.last),
    ]),
  );

/** The check of a promise's signature. */
export const promiseCheck = (account: AccountId, promise: BallotPromise): SignatureCheck => ({
  key: promise.signer,
  message: promiseSigningBytes(account, promise),
  signature: promise.signature,
});

/**
 * Whether a record could have its votes already: with its votes among these promises, were all
 * silent members added. `promises` are of distinct members of `previous`.
 * Source: rule A3.
 */
export const mayBeChosen = (
  record: RosterHash,
  promises: readonly BallotPromise[],
  { members, governanceThreshold }: Pick<RosterRecord, 'members' | 'governanceThreshold'>,
): boolean => {
  const votes = promises.filter(({ last }) => last?.record === record).length;
  return votes + members.length - promises.length >= governanceThreshold;
};

/**
 * The record that a ballot with these promises is bound to, or null when it is free to choose.
 *
 * It is that of the highest last vote, among the records that may have been chosen: a record with
 * so few votes that it would lack the threshold even if every silent member had voted for it was
 * never chosen, nor can it be, and binds nobody. So a vote for what came to nothing frees the
 * account as soon as enough members say so. Members who promise have voted for a chosen record
 * last, whatever the ballot, so their last votes alone tell.
 * Where a proposer gave two values to one ballot, the one that more of these members voted for,
 * then the one with the lesser hash: the same for everyone. Only such a proposer, with members out
 * of reach, can make a later ballot miss a value already chosen; that is a fork, and it shows who
 * voted twice. `promises` are of distinct members of `previous`.
 * Source: rule A3.
 */
export const valueForced = (
  promises: readonly BallotPromise[],
  previous: Pick<RosterRecord, 'members' | 'governanceThreshold'>,
): RosterHash | null => {
  const votes = promises.flatMap(({ last }) => last ?? []);
  const isOpen = ({ record }: BallotVote): boolean => mayBeChosen(record, promises, previous);
  let highest: BallotVote | null = null;
  for (const vote of votes) {
    if (!isOpen(vote)) continue;
    if (highest === null || compareBallots(vote, highest) > 0) highest = vote;
  }
  if (highest === null) return null;
  const countByRecord = new Map<RosterHash, number>();
  for (const vote of votes) {
    if (compareBallots(vote, highest) !== 0 || !isOpen(vote)) continue;
    countByRecord.set(vote.record, (countByRecord.get(vote.record) ?? 0) + 1);
  }
  const ranked = [...countByRecord].sort(
    ([leftId, left], [rightId, right]) => right - left || compareText(leftId, rightId),
  );
  return ranked[0]?.[0] ?? null;
};

export type BallotFault =
  /** Round 0 belongs to the admin, later rounds to members. */
  | { readonly kind: 'ballot-not-open-to'; readonly proposer: DeviceId }
  | { readonly kind: 'promise-unexpected'; readonly signer: DeviceId }
  | { readonly kind: 'promises-missing'; readonly have: number; readonly need: number }
  /** The promises name a vote for another record. */
  | { readonly kind: 'value-not-repeated'; readonly needed: RosterHash };

/**
 * What keeps a ballot from choosing this record; null when nothing does.
 *
 * The same question for a device that is asked to vote and for whoever judges a completion.
 * `promises` are those whose signatures verified.
 * Errors: see BallotFault. A promise for another ballot, by a stranger or given twice is
 * unexpected.
 * Source: rule A3.
 */
export const ballotFault = (
  vote: BallotVote,
  previous: { readonly hash: RosterHash; readonly record: RosterRecord },
  promises: readonly BallotPromise[],
): BallotFault | null => {
  const mayPropose =
    vote.round === 0
      ? vote.proposer === previous.record.admin
      : memberOf(previous.record, vote.proposer) !== null;
  if (!mayPropose) return { kind: 'ballot-not-open-to', proposer: vote.proposer };
  const signers = new Set<DeviceId>();
  for (const promise of promises) {
    const isOurs =
      promise.previous === previous.hash &&
      compareBallots(promise, vote) === 0 &&
      memberOf(previous.record, promise.signer) !== null &&
      !signers.has(promise.signer);
    if (!isOurs || vote.round === 0) return { kind: 'promise-unexpected', signer: promise.signer };
    signers.add(promise.signer);
  }
  if (vote.round === 0) return null;
  const needed = previous.record.governanceThreshold;
  if (signers.size < needed) {
    return { kind: 'promises-missing', have: signers.size, need: needed };
  }
  const forced = valueForced(promises, previous.record);
  return forced === null || forced === vote.record
    ? null
    : { kind: 'value-not-repeated', needed: forced };
};
