import type { DeviceId } from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type CanonicalValue } from '../base/canonical.js';
import { compareText, isStrictlySorted } from '../base/ordering.js';
import { LIMITS } from '../base/limits.js';
import { ok, type Result } from '../base/result.js';
import { encodePromise, parsePromise, roundShape, type BallotPromise } from './ballot.js';
import {
  encodeRosterRecord,
  parseRosterRecord,
  type RosterError,
  type RosterRecord,
} from './roster.js';
import {
  bytesShape,
  idShape,
  idToBytes,
  listShape,
  malformed,
  mapShape,
  tupleShape,
  type Shape,
} from './shape.js';
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
}

interface WireCompletion {
  readonly record: Uint8Array;
  readonly round: number;
  readonly proposer: DeviceId;
  readonly votes: readonly Share[];
  readonly consents: readonly Share[];
  readonly promises: readonly Uint8Array[];
}

/** Shares as they travel: pairs of device and signature, sorted by device. */
export const sharesShape: Shape<readonly Share[]> = listShape(
  tupleShape<Share>({ signer: idShape<DeviceId>(), signature: bytesShape(64) }),
  LIMITS.rosterMembersMax,
  (share) => share.signer,
);

const shape = mapShape<WireCompletion>({
  record: bytesShape(),
  round: roundShape,
  proposer: idShape<DeviceId>(),
  votes: sharesShape,
  consents: sharesShape,
  promises: listShape(bytesShape(), LIMITS.rosterMembersMax),
});

/**
 * Reads a roster completion from canonical bytes.
 *
 * Limits: factBytesMax bytes, rosterMembersMax shares and promises of each kind.
 * Errors: those of the record, of its promises and of its own form.
 */
export const parseRosterCompletion = (bytes: Uint8Array): Result<RosterCompletion, RosterError> => {
  const decoded = decodeCanonical(bytes, LIMITS.factBytesMax);
  if (!decoded.ok) return decoded;
  const read = shape(decoded.value, '');
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
  return ok({ ...read.value, record: record.value, promises });
};

/** The canonical bytes of a completion. Its lists are to be sorted already. */
export const encodeRosterCompletion = (completion: RosterCompletion): Uint8Array =>
  encodeCanonical({
    record: encodeRosterRecord(completion.record),
    round: completion.round,
    proposer: idToBytes(completion.proposer),
    votes: sharesToWire(completion.votes),
    consents: sharesToWire(completion.consents),
    promises: completion.promises.map(encodePromise),
  });

/** Shares as pairs of bytes. */
export const sharesToWire = (shares: readonly Share[]): CanonicalValue =>
  shares.map((share) => [idToBytes(share.signer), share.signature]);

/** Shares sorted by device, each device once: of two signatures of one device the first stays. */
export const sortedShares = (shares: readonly Share[]): readonly Share[] => {
  const bySigner = new Map<DeviceId, Share>();
  for (const share of shares) if (!bySigner.has(share.signer)) bySigner.set(share.signer, share);
  return [...bySigner.values()].sort((a, b) => compareText(a.signer, b.signer));
};
