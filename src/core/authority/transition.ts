import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { sha256 } from '../base/hash.js';
import { assert, err, ok, type Result } from '../base/result.js';
import { idToBytes } from '../base/shape.js';
import { ballotFault, promiseCheck, type BallotFault } from './ballot.js';
import { isEncryptionKeyAcceptable, isSigningKeyAcceptable } from './enrolled-key.js';
import { memberOf, rosterHashOf, type RosterRecord } from './roster.js';
import type { RosterCompletion } from './roster-completion.js';
import type { Share, SignatureCheck } from './signature-check.js';
import {
  rosterStatement,
  shareSigningBytes,
  statementHashOf,
  type Statement,
} from './statement.js';

/** The record that a transition starts from, and the account that both belong to. */
export interface Predecessor {
  readonly account: AccountId;
  readonly record: RosterRecord;
}

declare const admitted: unique symbol;

/** A roster transition whose signatures were verified; only admitTransition makes one. */
export interface AdmittedTransition {
  readonly account: AccountId;
  readonly hash: RosterHash;
  readonly record: RosterRecord;
  /** Members of the predecessor whose votes verified, sorted. */
  readonly voters: readonly DeviceId[];
  /** Members that the predecessor lacks, sorted. */
  readonly newcomers: readonly DeviceId[];
  /** Holds only signatures that verified. */
  readonly completion: RosterCompletion;
  readonly [admitted]: true;
}

export type TransitionError =
  | BallotFault
  /** A first record where a later one is expected, or the reverse. */
  | { readonly kind: 'genesis' }
  | { readonly kind: 'other-predecessor'; readonly previous: RosterHash | null }
  | { readonly kind: 'epoch'; readonly have: number; readonly need: number }
  /** This version unites no forks. */
  | { readonly kind: 'merge-unknown' }
  | { readonly kind: 'key-unacceptable'; readonly device: DeviceId }
  | { readonly kind: 'voter-not-member'; readonly device: DeviceId }
  | { readonly kind: 'consent-unexpected'; readonly device: DeviceId }
  | { readonly kind: 'consent-missing'; readonly device: DeviceId }
  | {
      readonly kind: 'below-threshold';
      readonly of: 'old' | 'new';
      readonly have: number;
      readonly need: number;
    };

/** The 32 bytes that a newcomer signs to show that it holds its key and wants in. Source: A2. */
export const consentSigningBytes = (account: AccountId, record: RosterHash): Uint8Array =>
  sha256(encodeCanonical([DOMAINS.consent, idToBytes(account), idToBytes(record)]));

/** The statement that the voters of a completion signed, rebuilt from it. */
export const transitionStatement = (
  completion: RosterCompletion,
  predecessor: Predecessor | null,
): Statement => {
  const record = rosterHashOf(completion.record);
  const { round, proposer } = completion;
  if (predecessor === null) {
    const account = record as string as AccountId;
    return rosterStatement({ account, epoch: 0, roster: record, record, round, proposer });
  }
  const { account } = predecessor;
  const { epoch } = predecessor.record;
  const roster = rosterHashOf(predecessor.record);
  return rosterStatement({ account, epoch, roster, record, round, proposer });
};

/** The signatures to be verified: votes, then consents, then promises, each in its order. */
export const transitionChecks = (
  completion: RosterCompletion,
  predecessor: Predecessor | null,
): SignatureCheck[] => {
  const hash = rosterHashOf(completion.record);
  const account = predecessor?.account ?? (hash as string as AccountId);
  const vote = shareSigningBytes(statementHashOf(transitionStatement(completion, predecessor)));
  const consent = consentSigningBytes(account, hash);
  const toCheck =
    (message: Uint8Array) =>
    (share: Share): SignatureCheck => ({
      key: share.signer,
      message,
      signature: share.signature,
    });
  return [
    ...completion.votes.map(toCheck(vote)),
    ...completion.consents.map(toCheck(consent)),
    ...completion.promises.map((promise) => promiseCheck(account, promise)),
  ];
};

/**
 * Decides whether a completion makes its record the successor of another.
 *
 * It follows by epoch and hash; its ballot was open and its value free or repeated (A3); the
 * governance threshold of the old members voted, those who leave included; the governance threshold
 * of the new members is reached by voters who stay and by consenting newcomers; every newcomer
 * consented; all new keys are sound (A2). Judged by its predecessor alone (A11).
 * Signatures whose verdict is false are dropped and do not count. `verdicts` answers
 * transitionChecks, in its order. `predecessor` is null for a first record, which vouches for
 * itself.
 * Limits: a few ms of key checks for each newcomer.
 */
export const admitTransition = (
  completion: RosterCompletion,
  predecessor: Predecessor | null,
  verdicts: readonly boolean[],
): Result<AdmittedTransition, TransitionError> => {
  const verified = keepVerified(completion, verdicts);
  const { record } = completion;
  const fault =
    predecessor === null
      ? genesisFault(verified)
      : (linkFault(record, predecessor) ??
        ballotFault(
          { round: verified.round, proposer: verified.proposer, record: rosterHashOf(record) },
          { hash: rosterHashOf(predecessor.record), record: predecessor.record },
          verified.promises,
        ) ??
        signersFault(verified, predecessor.record));
  const previous = predecessor?.record ?? null;
  const refusal = fault ?? keysFault(record, previous);
  if (refusal !== null) return err(refusal);
  const hash = rosterHashOf(record);
  const transition = {
    account: predecessor?.account ?? (hash as string as AccountId),
    hash,
    record,
    voters: verified.votes.map((vote) => vote.signer),
    newcomers: newcomersOf(record, previous),
    completion: verified,
  };
  return ok(transition as unknown as AdmittedTransition);
};

/** The members of a record that its predecessor lacks, in roster order. */
export const newcomersOf = (
  record: RosterRecord,
  previous: RosterRecord | null,
): readonly DeviceId[] =>
  record.members
    .map((member) => member.device)
    .filter((device) => previous === null || memberOf(previous, device) === null);

const keepVerified = (
  completion: RosterCompletion,
  verdicts: readonly boolean[],
): RosterCompletion => {
  const { votes, consents, promises } = completion;
  const total = votes.length + consents.length + promises.length;
  assert(verdicts.length === total, 'each check has one verdict');
  const isGood = (offset: number) => (_: unknown, index: number) =>
    verdicts[offset + index] === true;
  return {
    ...completion,
    votes: votes.filter(isGood(0)),
    consents: consents.filter(isGood(votes.length)),
    promises: promises.filter(isGood(votes.length + consents.length)),
  };
};

/** A first record: its only member votes for it in round 0, and nobody else is heard. */
const genesisFault = (completion: RosterCompletion): TransitionError | null => {
  const { record, round, proposer, votes, consents, promises } = completion;
  if (record.previous !== null || round !== 0) return { kind: 'genesis' };
  if (proposer !== record.admin) return { kind: 'ballot-not-open-to', proposer };
  const stranger = votes.find((vote) => vote.signer !== record.admin);
  if (stranger !== undefined) return { kind: 'voter-not-member', device: stranger.signer };
  if (consents[0] !== undefined) return { kind: 'consent-unexpected', device: consents[0].signer };
  if (promises[0] !== undefined) return { kind: 'promise-unexpected', signer: promises[0].signer };
  return votes.length === 1 ? null : { kind: 'below-threshold', of: 'new', have: 0, need: 1 };
};

const linkFault = (record: RosterRecord, predecessor: Predecessor): TransitionError | null => {
  if (record.previous === null) return { kind: 'genesis' };
  if (record.previous !== rosterHashOf(predecessor.record)) {
    return { kind: 'other-predecessor', previous: record.previous };
  }
  const need = predecessor.record.epoch + 1;
  if (record.epoch !== need) return { kind: 'epoch', have: record.epoch, need };
  return record.merges.length === 0 ? null : { kind: 'merge-unknown' };
};

const signersFault = (
  completion: RosterCompletion,
  previous: RosterRecord,
): TransitionError | null => {
  const { record, votes, consents } = completion;
  const stranger = votes.find((vote) => memberOf(previous, vote.signer) === null);
  if (stranger !== undefined) return { kind: 'voter-not-member', device: stranger.signer };
  const newcomers = new Set(newcomersOf(record, previous));
  const odd = consents.find((consent) => !newcomers.has(consent.signer));
  if (odd !== undefined) return { kind: 'consent-unexpected', device: odd.signer };
  const consenting = new Set(consents.map((consent) => consent.signer));
  for (const device of newcomers) {
    if (!consenting.has(device)) return { kind: 'consent-missing', device };
  }
  const voters = new Set(votes.map((vote) => vote.signer));
  const oldNeeded = previous.governanceThreshold;
  if (voters.size < oldNeeded) {
    return { kind: 'below-threshold', of: 'old', have: voters.size, need: oldNeeded };
  }
  const staying = [...voters].filter((device) => memberOf(record, device) !== null);
  const have = staying.length + consenting.size;
  const newNeeded = record.governanceThreshold;
  return have < newNeeded ? { kind: 'below-threshold', of: 'new', have, need: newNeeded } : null;
};

/** Keys that the predecessor held already were judged when they came. */
const keysFault = (record: RosterRecord, previous: RosterRecord | null): TransitionError | null => {
  for (const { device, encryptionKey } of record.members) {
    const before = previous === null ? null : memberOf(previous, device);
    const isSound =
      (before !== null || isSigningKeyAcceptable(device)) &&
      (before?.encryptionKey === encryptionKey || isEncryptionKeyAcceptable(encryptionKey));
    if (!isSound) return { kind: 'key-unacceptable', device };
  }
  return null;
};
