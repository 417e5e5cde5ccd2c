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
import { brokenWordChecks, verifiedWords, whoBrokeWord } from './broken-word.js';
import { electorsOf, type Predecessor } from './fork.js';
import { leavingSigningBytes } from './leaving.js';
import type { Share, SignatureCheck } from './signature-check.js';
import {
  rosterStatement,
  shareSigningBytes,
  statementHashOf,
  type Statement,
} from './statement.js';

export { predecessorOf, type Predecessor } from './fork.js';

declare const admitted: unique symbol;

/** A roster transition with verified signatures; admitTransition and joinTransitions make them. */
export interface AdmittedTransition {
  readonly account: AccountId;
  readonly hash: RosterHash;
  readonly record: RosterRecord;
  /** Members of the predecessor whose votes verified, in whatever completion; sorted. */
  readonly voters: readonly DeviceId[];
  /** Members that the predecessor lacks, sorted. */
  readonly newcomers: readonly DeviceId[];
  /** Holds only signatures that verified; of several the least by its bytes. */
  readonly completion: RosterCompletion;
  /** Further ones of the same record, for the words that are in them alone; sorted by bytes. */
  readonly others: readonly RosterCompletion[];
  readonly [admitted]: true;
}

export type TransitionError =
  | BallotFault
  /** A first record where a later one is expected, or the reverse. */
  | { readonly kind: 'genesis' }
  | { readonly kind: 'other-predecessor'; readonly previous: RosterHash | null }
  | { readonly kind: 'epoch'; readonly have: number; readonly need: number }
  /** It names branches that are no fork, or one that rule A3 lets nobody unite. */
  | { readonly kind: 'merge-unknown' }
  /** A merge brings in a device that no branch has. */
  | { readonly kind: 'merge-newcomer'; readonly device: DeviceId }
  | { readonly kind: 'key-unacceptable'; readonly device: DeviceId }
  | { readonly kind: 'voter-not-member'; readonly device: DeviceId }
  | { readonly kind: 'consent-unexpected'; readonly device: DeviceId }
  | { readonly kind: 'consent-missing'; readonly device: DeviceId }
  /** A first record names an account that it comes from, and nobody signed that. */
  | { readonly kind: 'origin-unsigned' }
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
  const { account, fork } = predecessor;
  const { epoch } =
    fork === undefined ? predecessor.record : { epoch: completion.record.epoch - 1 };
  const roster = fork?.hash ?? rosterHashOf(predecessor.record);
  return rosterStatement({ account, epoch, roster, record, round, proposer });
};

/**
 * The signatures to be verified: votes, then consents, then promises, then those of double votes,
 * then those of broken promises, each in its order.
 */
export const transitionChecks = (
  completion: RosterCompletion,
  predecessor: Predecessor | null,
): SignatureCheck[] => {
  const hash = rosterHashOf(completion.record);
  const account = predecessor?.account ?? (hash as string as AccountId);
  const vote = shareSigningBytes(statementHashOf(transitionStatement(completion, predecessor)));
  const { origin } = completion.record;
  const consent =
    origin === null ? consentSigningBytes(account, hash) : leavingSigningBytes(origin, hash);
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
    ...(predecessor?.fork === undefined
      ? []
      : brokenWordChecks(completion, account, predecessor.fork)),
  ];
};

/**
 * Decides whether a completion makes its record the successor of another.
 *
 * It follows by epoch and hash; its ballot was open and its value free or repeated (A3); the
 * governance threshold of the old members voted, those who leave included; the governance threshold
 * of the new members is reached by voters who stay and by consenting newcomers; every newcomer
 * consented; all new keys are sound (A2). Judged by its predecessor alone (A11). A merge is judged
 * by the records before its branches and by the broken words that its completion shows: what
 * arrives later neither raises nor voids it (C10).
 * Signatures whose verdict is false are dropped and do not count. `verdicts` answers
 * transitionChecks, in its order. `predecessor` is null for a first record, which vouches for
 * itself.
 * `areKeysKnown`: the record was admitted before it was stored, so its keys are not looked at again
 * (F9).
 * Limits: a few ms of key checks for each newcomer.
 */
export const admitTransition = (
  completion: RosterCompletion,
  predecessor: Predecessor | null,
  verdicts: readonly boolean[],
  areKeysKnown = false,
): Result<AdmittedTransition, TransitionError> => {
  const verified = keepVerified(completion, predecessor, verdicts);
  const { record } = completion;
  const fault = predecessor === null ? genesisFault(verified) : stepFault(verified, predecessor);
  const before = predecessor === null ? [] : (predecessor.fork?.tips ?? [predecessor.record]);
  const refusal = fault ?? (areKeysKnown ? null : keysFault(record, before));
  if (refusal !== null) return err(refusal);
  const hash = rosterHashOf(record);
  const transition = {
    account: predecessor?.account ?? (hash as string as AccountId),
    hash,
    record,
    voters: verified.votes.map((vote) => vote.signer),
    newcomers: predecessor?.fork === undefined ? newcomersOf(record, before[0] ?? null) : [],
    completion: verified,
    others: [],
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
  predecessor: Predecessor | null,
  verdicts: readonly boolean[],
): RosterCompletion => {
  const { votes, consents, promises } = completion;
  const fork = predecessor?.fork;
  const before = votes.length + consents.length + promises.length;
  const shown = fork === undefined ? 0 : whoBrokeWord(completion).length;
  assert(verdicts.length === before + 2 * shown, 'each check has one verdict');
  const isGood = (offset: number) => (_: unknown, index: number) =>
    verdicts[offset + index] === true;
  return {
    ...completion,
    ...verifiedWords(completion, fork, verdicts.slice(before)),
    votes: votes.filter(isGood(0)),
    consents: consents.filter(isGood(votes.length)),
    promises: promises.filter(isGood(votes.length + consents.length)),
  };
};

/** What keeps a record from following its predecessor, or from uniting the branches it names. */
const stepFault = (
  completion: RosterCompletion,
  predecessor: Predecessor,
): TransitionError | null => {
  const { record, round, proposer, promises } = completion;
  const { fork } = predecessor;
  const fault = linkFault(record, predecessor);
  if (fault !== null) return fault;
  const electors = fork ? electorsOf(fork, whoBrokeWord(completion)) : predecessor.record;
  if (electors === null) return { kind: 'merge-unknown' };
  const ballot = { round, proposer, record: rosterHashOf(record) };
  const hash = fork?.hash ?? rosterHashOf(predecessor.record);
  return (
    ballotFault(ballot, { hash, record: electors }, promises) ??
    (fork === undefined ? null : strangerFault(record, fork.tips)) ??
    signersFault(completion, electors, fork?.tips ?? [predecessor.record])
  );
};

/** A merge unites; whom no branch let in comes in later. */
const strangerFault = (
  record: RosterRecord,
  tips: readonly RosterRecord[],
): TransitionError | null => {
  const stranger = record.members.find(({ device }) =>
    tips.every((tip) => memberOf(tip, device) === null),
  );
  return stranger === undefined ? null : { kind: 'merge-newcomer', device: stranger.device };
};

/**
 * A first record: its only member votes for it in round 0, and nobody else is heard, but for those
 * who left another account together where it names one (rule A12).
 */
const genesisFault = (completion: RosterCompletion): TransitionError | null => {
  const { record, round, proposer, votes, consents, promises } = completion;
  if (record.previous !== null || round !== 0) return { kind: 'genesis' };
  if (proposer !== record.admin) return { kind: 'ballot-not-open-to', proposer };
  const stranger = votes.find((vote) => vote.signer !== record.admin);
  if (stranger !== undefined) return { kind: 'voter-not-member', device: stranger.signer };
  const [consent] = consents;
  if (record.origin === null && consent !== undefined) {
    return { kind: 'consent-unexpected', device: consent.signer };
  }
  if (record.origin !== null && consent === undefined) return { kind: 'origin-unsigned' };
  if (promises[0] !== undefined) return { kind: 'promise-unexpected', signer: promises[0].signer };
  return votes.length === 1 ? null : { kind: 'below-threshold', of: 'new', have: 0, need: 1 };
};

const linkFault = (record: RosterRecord, predecessor: Predecessor): TransitionError | null => {
  if (record.previous === null) return { kind: 'genesis' };
  if (record.previous !== rosterHashOf(predecessor.record)) {
    return { kind: 'other-predecessor', previous: record.previous };
  }
  const { fork } = predecessor;
  const before = fork?.tips ?? [predecessor.record];
  const need = Math.max(...before.map(({ epoch }) => epoch)) + 1;
  if (record.epoch !== need) return { kind: 'epoch', have: record.epoch, need };
  if (record.merges.length === 0) return null;
  // It stands under the least of the branches, so that there is one way to write it.
  const isLeast = record.previous === record.merges[0];
  return fork !== undefined && isLeast ? null : { kind: 'merge-unknown' };
};

const signersFault = (
  completion: RosterCompletion,
  previous: RosterRecord,
  before: readonly RosterRecord[],
): TransitionError | null => {
  const { record, votes, consents } = completion;
  const stranger = votes.find((vote) => memberOf(previous, vote.signer) === null);
  if (stranger !== undefined) return { kind: 'voter-not-member', device: stranger.signer };
  const isNew = (device: DeviceId): boolean => before.every((each) => !memberOf(each, device));
  const newcomers = new Set(record.members.map(({ device }) => device).filter(isNew));
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

/** Keys that a record before held already were judged when they came. */
const keysFault = (
  record: RosterRecord,
  previous: readonly RosterRecord[],
): TransitionError | null => {
  for (const { device, encryptionKey } of record.members) {
    const before = previous.flatMap((each) => memberOf(each, device) ?? []);
    const isSound =
      (before.length > 0 || isSigningKeyAcceptable(device)) &&
      (before.some((member) => member.encryptionKey === encryptionKey) ||
        isEncryptionKeyAcceptable(encryptionKey));
    if (!isSound) return { kind: 'key-unacceptable', device };
  }
  return null;
};
