import type { DeviceId } from '../base/brands.js';
import { decodeCanonical, encodeCanonical } from '../base/canonical.js';
import { compareBy, compareText, isStrictlySorted } from '../base/ordering.js';
import { LIMITS } from '../base/limits.js';
import { ok, type Result } from '../base/result.js';
import { bytes, hex32, malformed, readShape, signature64, type Shape } from '../base/shape.js';
import { list, map, row, sortedList } from '../base/shape-groups.js';
import { encodePromise, parsePromise, roundShape, type BallotPromise } from './ballot.js';
import { brokenPromisesShape, type BrokenPromise } from './broken-promise.js';
import { doubleVotesShape, type DoubleVote } from './double-vote.js';
import {
  encodeRosterRecord,
  parseRosterRecord,
  type RosterError,
  type RosterRecord,
} from './roster.js';
import type { Share } from './signature-check.js';

/** A roster record with everything that makes it the successor of another. */
export interface RosterCompletion {
  readonly record: RosterRecord;
  readonly round: number;
  readonly proposer: DeviceId;
  /** Votes of the old members in this ballot, sorted by device. */
  readonly votes: readonly Share[];
  /** The newcomers' consents, sorted by device. */
  readonly consents: readonly Share[];
  /** The promises that this ballot rests on, sorted by signer; none in round 0. */
  readonly promises: readonly BallotPromise[];
  /** In a merge alone: the members that are shown to have voted twice, sorted. */
  readonly votedTwice?: readonly DoubleVote[];
  /** In a merge alone: the members that are shown to have broken a promise, sorted. */
  readonly brokePromise?: readonly BrokenPromise[];
}

const encoded = bytes(0, LIMITS.factBytesMax);

/** Shares as they travel: pairs of device and signature, sorted by device. */
const sharesShape: Shape<readonly Share[]> = sortedList(
  row({ signer: hex32<DeviceId>(), signature: signature64 }),
  compareBy((share) => share.signer, compareText),
  LIMITS.rosterMembersMax,
);

const shape = map(
  {
    record: encoded,
    round: roundShape,
    proposer: hex32<DeviceId>(),
    votes: sharesShape,
    consents: sharesShape,
    promises: list(encoded, LIMITS.rosterMembersMax),
  },
  { votedTwice: doubleVotesShape, brokePromise: brokenPromisesShape },
);

/**
 * Reads a roster completion from canonical bytes.
 *
 * Limits: factBytesMax bytes, rosterMembersMax shares and promises of each kind.
 * Errors: those of the record, of its promises and of its own form.
 */
export const parseRosterCompletion = (
  completionBytes: Uint8Array,
): Result<RosterCompletion, RosterError> => {
  const decoded = decodeCanonical(completionBytes, LIMITS.factBytesMax);
  if (!decoded.ok) return decoded;
  const read = readShape(shape, decoded.value);
  if (!read.ok) return read;
  const record = parseRosterRecord(read.value.record);
  if (!record.ok) return record;
  const promises: BallotPromise[] = [];
  for (const promiseBytes of read.value.promises) {
    const promise = parsePromise(promiseBytes);
    if (!promise.ok) return promise;
    promises.push(promise.value);
  }
  const signers = promises.map((promise) => promise.signer);
  if (!isStrictlySorted(signers, compareText)) return malformed('promises');
  for (const shown of ['votedTwice', 'brokePromise'] as const) {
    if (read.value[shown] !== undefined && record.value.merges.length === 0) {
      return malformed(shown);
    }
  }
  return ok({ ...read.value, record: record.value, promises });
};

/** The canonical bytes of a completion. Its lists are to be sorted already. */
export const encodeRosterCompletion = (completion: RosterCompletion): Uint8Array =>
  encodeCanonical(
    shape.toCanonical({
      ...completion,
      record: encodeRosterRecord(completion.record),
      promises: completion.promises.map(encodePromise),
    }),
  );

/** Shares sorted by device, each device once: of two signatures of one device the first stays. */
export const sortedShares = (shares: readonly Share[]): readonly Share[] => {
  const bySigner = new Map<DeviceId, Share>();
  for (const share of shares) if (!bySigner.has(share.signer)) bySigner.set(share.signer, share);
  return [...bySigner.values()].sort((a, b) => compareText(a.signer, b.signer));
};
