import type { AccountId, DeviceId, Hash, HeadId, RosterHash } from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type DecodeError } from '../base/canonical.js';
import { LIMITS } from '../base/limits.js';
import { readOnce } from '../base/read-once.js';
import { assert, err, ok, type Result } from '../base/result.js';
import { hex32, malformed, readShape, unsigned, type Malformed } from '../base/shape.js';
import { map } from '../base/shape-groups.js';
import { need } from './capability.js';
import { rosterHashOf, type RosterRecord } from './roster.js';
import type { SignatureCheck } from './signature-check.js';
import {
  headsShape,
  proposalIdOf,
  SNAPSHOT_BODY,
  snapshotStatement,
  statementHashOf,
  statementOfProposal,
  type SnapshotSubject,
} from './statement.js';
import {
  admitThreshold,
  joinThresholds,
  thresholdChecks,
  thresholdSignatureShape,
  type ThresholdError,
  type ThresholdSignature,
} from './threshold-signature.js';

/** A snapshot's statement together with the signatures of those who approved it. */
export interface SnapshotCompletion extends SnapshotSubject {
  readonly proposal: Hash;
  readonly signature: ThresholdSignature;
}

declare const admitted: unique symbol;

/** A completion whose threshold was verified; only admitCompletion and joinCompletions make one. */
export interface AdmittedCompletion {
  /** The hash of the statement. */
  readonly head: HeadId;
  /** Holds only signatures that verified and count. */
  readonly completion: SnapshotCompletion;
  /** Distinct, in roster order. */
  readonly signers: readonly DeviceId[];
  readonly [admitted]: true;
}

export type CompletionError =
  | ThresholdError
  | { readonly kind: 'other-account'; readonly account: AccountId }
  | { readonly kind: 'other-roster'; readonly roster: RosterHash }
  | { readonly kind: 'other-epoch'; readonly epoch: number };

const shape = map({
  ...SNAPSHOT_BODY,
  account: hex32<AccountId>(),
  epoch: unsigned,
  roster: hex32<RosterHash>(),
  predecessors: headsShape,
  proposal: hex32<Hash>(),
  signature: thresholdSignatureShape,
});

/**
 * Reads a completion from canonical bytes.
 *
 * Limits: factBytesMax bytes. The proposal it names must be the one that its body makes.
 * Errors: DecodeError or Malformed.
 */
export const parseSnapshotCompletion = (
  bytes: Uint8Array,
): Result<SnapshotCompletion, DecodeError | Malformed> => {
  const decoded = decodeCanonical(bytes, LIMITS.factBytesMax);
  if (!decoded.ok) return decoded;
  const read = readShape(shape, decoded.value);
  if (!read.ok) return read;
  const { epoch, roster, predecessors, proposal } = read.value;
  const own = proposalIdOf({ epoch, roster, predecessors, body: read.value });
  return own === proposal ? read : malformed('proposal');
};

/** The canonical bytes of a completion. */
export const encodeSnapshotCompletion = (completion: SnapshotCompletion): Uint8Array =>
  encodeCanonical(shape.toCanonical(completion));

/** The completion of a subject by a signature over its statement. */
export const createCompletion = (
  subject: SnapshotSubject,
  signature: ThresholdSignature,
): SnapshotCompletion => {
  const statement = snapshotStatement(subject);
  const { account, epoch, roster, predecessors, proposal } = statement;
  assert(statement.purpose === 'snapshot', 'a snapshot has a snapshot statement');
  return { account, epoch, roster, predecessors, proposal, ...statement.body, signature };
};

/**
 * The name of a completed snapshot: the hash of its statement, whoever signed it. That its proposal
 * is the one that its body makes was seen when it was read or made. Source: C4.
 */
export const headOf = readOnce((completion: SnapshotCompletion): HeadId =>
  statementHashOf(statementOfProposal(completion, completion.proposal)),
);

/** The signatures to be verified; empty when they do not fit the record. */
export const completionChecks = (
  completion: SnapshotCompletion,
  record: RosterRecord,
): SignatureCheck[] => thresholdChecks(completion.signature, headOf(completion), record);

/**
 * Decides whether a completion is valid under the record that it names.
 *
 * At least M distinct members of that record that hold `snapshot_approve` there signed exactly this
 * statement. Expiry, withdrawal, refusals and later epochs play no part (C10); whether it stands is
 * a question of its own (A11).
 * `verdicts` answers completionChecks, in its order.
 * Source: rules A6, C10 and S1.
 */
export const admitCompletion = (
  completion: SnapshotCompletion,
  under: { readonly account: AccountId; readonly record: RosterRecord },
  verdicts: readonly boolean[],
): Result<AdmittedCompletion, CompletionError> => {
  const { account, record } = under;
  const { roster, epoch } = completion;
  if (completion.account !== account) {
    return err({ kind: 'other-account', account: completion.account });
  }
  if (rosterHashOf(record) !== roster) return err({ kind: 'other-roster', roster });
  if (record.epoch !== epoch) return err({ kind: 'other-epoch', epoch });
  const mayApprove = need('snapshot_approve');
  const counted = admitThreshold(
    completion.signature,
    record,
    verdicts,
    record.snapshotThreshold,
    (device) => mayApprove(record, device),
  );
  if (!counted.ok) return counted;
  const { signature, signers } = counted.value;
  return ok(admittedOf(headOf(completion), { ...completion, signature }, signers));
};

/**
 * Joins two completions of one statement: the union of their signatures.
 *
 * Commutative, associative and idempotent.
 * Errors: throws when the statements differ.
 * Source: rule C4.
 */
export const joinCompletions = (
  left: AdmittedCompletion,
  right: AdmittedCompletion,
): AdmittedCompletion => {
  assert(left.head === right.head, 'completions of one statement are joined');
  const signature = joinThresholds(left.completion.signature, right.completion.signature);
  const signers = [...new Set([...left.signers, ...right.signers])].sort();
  return admittedOf(left.head, { ...left.completion, signature }, signers);
};

/**
 * Those heads and all that they build on, as far as their completions are held; what stands at
 * `ends` and below it is left out.
 */
export const headsDownFrom = (
  completions: ReadonlyMap<HeadId, Pick<AdmittedCompletion, 'completion'>>,
  heads: readonly HeadId[],
  ends: ReadonlySet<HeadId> = new Set(),
): ReadonlySet<HeadId> => {
  const found = new Set<HeadId>();
  const open = [...heads];
  for (let head = open.pop(); head !== undefined; head = open.pop()) {
    if (found.has(head) || ends.has(head)) continue;
    found.add(head);
    open.push(...(completions.get(head)?.completion.predecessors ?? []));
  }
  return found;
};

const admittedOf = (
  head: HeadId,
  completion: SnapshotCompletion,
  signers: readonly DeviceId[],
): AdmittedCompletion => ({ head, completion, signers }) as unknown as AdmittedCompletion;
