import type { DeviceId, RosterHash } from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type DecodeError } from '../base/canonical.js';
import { err, ok, type Result } from '../base/result.js';
import { hex32, nullable, readShape, type Malformed } from '../base/shape.js';
import { map } from '../base/shape-groups.js';
import {
  BALLOT_ROUND_MAX,
  compareBallots,
  lastVoteShape,
  roundShape,
  type Ballot,
  type BallotVote,
} from './ballot.js';

/**
 * What one device has bound itself to in choosing the successor of one record.
 *
 * It is to be durable before the promise or vote that it stands for leaves the device.
 * Source: rule A3.
 */
export interface BallotMemory {
  readonly previous: RosterHash;
  /** The highest ballot promised or voted in; null when none. */
  readonly promised: Ballot | null;
  readonly lastVote: BallotVote | null;
}

export type BallotRefusal =
  /** A promise or vote of this device forbids it. */
  | { readonly kind: 'below-promise'; readonly promised: Ballot }
  /** This device voted for another record in this very ballot. */
  | { readonly kind: 'voted-otherwise'; readonly record: RosterHash }
  /** Far beyond what this device promised so far: nobody may use up the rounds. */
  | { readonly kind: 'round-too-far'; readonly round: number; readonly roundMax: number };

/** How far one promise may go beyond the last. */
export const BALLOT_ROUND_STEP_MAX = 2 ** 16;

/** The memory of a device that has answered nobody yet. */
export const freshMemory = (previous: RosterHash): BallotMemory => ({
  previous,
  promised: null,
  lastVote: null,
});

/**
 * Whether this device may promise a ballot, what last vote it must state, and its next memory.
 *
 * A promise already given is given again as it was, until the device has voted in that ballot.
 * Errors: below-promise, round-too-far. Round 0 needs no promises.
 */
export const mayPromise = (
  memory: BallotMemory,
  ballot: Ballot,
): Result<{ readonly last: BallotVote | null; readonly next: BallotMemory }, BallotRefusal> => {
  const { promised, lastVote } = memory;
  const roundMax = Math.min((promised?.round ?? 0) + BALLOT_ROUND_STEP_MAX, BALLOT_ROUND_MAX);
  if (ballot.round < 1 || ballot.round > roundMax) {
    return err({ kind: 'round-too-far', round: ballot.round, roundMax });
  }
  if (promised !== null && compareBallots(ballot, promised) < 0) {
    return err({ kind: 'below-promise', promised });
  }
  if (lastVote !== null && compareBallots(ballot, lastVote) <= 0) {
    return err({ kind: 'below-promise', promised: lastVote });
  }
  const { round, proposer } = ballot;
  return ok({ last: lastVote, next: { ...memory, promised: { round, proposer } } });
};

/**
 * Whether this device may vote, and its next memory.
 *
 * One vote per ballot: the same vote may be repeated, another may not. Whether the ballot itself is
 * open, and bound to this record, is ballotFault's question.
 * Errors: below-promise, voted-otherwise.
 */
export const mayVote = (
  memory: BallotMemory,
  vote: BallotVote,
): Result<BallotMemory, BallotRefusal> => {
  const { promised, lastVote } = memory;
  if (promised !== null && compareBallots(vote, promised) < 0) {
    return err({ kind: 'below-promise', promised });
  }
  if (
    lastVote !== null &&
    compareBallots(vote, lastVote) === 0 &&
    vote.record !== lastVote.record
  ) {
    return err({ kind: 'voted-otherwise', record: lastVote.record });
  }
  const { round, proposer, record } = vote;
  return ok({
    ...memory,
    promised: { round, proposer },
    lastVote: { round, proposer, record },
  });
};

const shape = map({
  previous: hex32<RosterHash>(),
  promised: nullable(map({ round: roundShape, proposer: hex32<DeviceId>() })),
  lastVote: lastVoteShape,
});

/** Reads a memory from the bytes that the device kept. */
export const parseBallotMemory = (
  bytes: Uint8Array,
): Result<BallotMemory, DecodeError | Malformed> => {
  const decoded = decodeCanonical(bytes);
  return decoded.ok ? readShape(shape, decoded.value) : decoded;
};

/** The bytes of a memory, for the device's own store. */
export const encodeBallotMemory = (memory: BallotMemory): Uint8Array =>
  encodeCanonical(shape.toCanonical(memory));
