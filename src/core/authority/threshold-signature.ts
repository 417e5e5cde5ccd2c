import type { DeviceId, StatementHash } from '../base/brands.js';
import { compareBytes } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { assert, err, ok, type Result } from '../base/result.js';
import { bytes, oneOf, signature64, type Shape } from '../base/shape.js';
import { list, map } from '../base/shape-groups.js';
import { DEFAULT_SUITE, memberIndexOf, type RosterRecord } from './roster.js';
import type { Share, SignatureCheck } from './signature-check.js';
import { shareSigningBytes } from './statement.js';

/** An accountable threshold signature: who signed, as bits in roster order, and each signature. */
export interface AtsSignature {
  readonly suite: typeof DEFAULT_SUITE;
  /** Bit i is byte i >> 3, mask 1 << (i & 7); exactly as many bytes as the roster needs. */
  readonly signers: Uint8Array;
  /** 64 bytes each, in roster order. */
  readonly signatures: readonly Uint8Array[];
}

/** A tagged union by `suite`; further suites stand beside the first. Source: rules A6 and A7. */
export type ThresholdSignature = AtsSignature;

export type ThresholdError =
  | { readonly kind: 'suite-not-allowed'; readonly suite: string }
  | { readonly kind: 'bitmap-length'; readonly bytes: number; readonly bytesNeeded: number }
  | { readonly kind: 'bit-beyond-roster'; readonly bit: number }
  | { readonly kind: 'signature-count'; readonly have: number; readonly need: number }
  | { readonly kind: 'below-threshold'; readonly have: number; readonly need: number };

/** What remains of a threshold signature once every part of it was verified. */
export interface CountedSignature {
  /** Only signatures that verified, of members that count. */
  readonly signature: ThresholdSignature;
  /** Those members, in roster order, each once. */
  readonly signers: readonly DeviceId[];
}

/** The form of a threshold signature; whether it fits a roster is admitThreshold's question. */
export const thresholdSignatureShape: Shape<ThresholdSignature> = map({
  suite: oneOf(DEFAULT_SUITE),
  signers: bytes(0, LIMITS.factBytesMax),
  signatures: list(signature64, LIMITS.rosterMembersMax),
});

/**
 * Collects members' shares over one statement into a threshold signature.
 *
 * To be given verified shares only. A member counts once, however often it signed (the least
 * signature stays); shares of others are left out. Any order of shares gives the same bytes.
 */
export const joinShares = (record: RosterRecord, shares: readonly Share[]): ThresholdSignature => {
  const byIndex = new Map<number, Uint8Array>();
  for (const share of shares) {
    assert(share.signature.length === 64, 'a share has 64 bytes');
    const index = memberIndexOf(record, share.signer);
    if (index >= 0) keepLeast(byIndex, index, share.signature);
  }
  return fromIndexes(byIndex, bitmapBytes(record.members.length));
};

/**
 * The union of two verified signatures over one statement of one roster.
 *
 * Commutative, associative and idempotent: of two signatures of a member the least stays.
 * Errors: throws when they are of rosters of different sizes.
 */
export const joinThresholds = (
  left: ThresholdSignature,
  right: ThresholdSignature,
): ThresholdSignature => {
  assert(left.signers.length === right.signers.length, 'joined signatures are of one roster');
  const byIndex = new Map<number, Uint8Array>();
  for (const part of [left, right]) {
    for (const [place, index] of bitsOf(part.signers).entries()) {
      keepLeast(byIndex, index, part.signatures[place] as Uint8Array);
    }
  }
  return fromIndexes(byIndex, left.signers.length);
};

/**
 * The signatures to be verified, in roster order.
 *
 * Empty when the signature does not fit the record; admitThreshold then says why.
 */
export const thresholdChecks = (
  signature: ThresholdSignature,
  statement: StatementHash,
  record: RosterRecord,
): SignatureCheck[] => {
  if (structureFault(signature, record) !== null) return [];
  const message = shareSigningBytes(statement);
  return bitsOf(signature.signers).map((index, place) => ({
    key: (record.members[index] as { readonly device: DeviceId }).device,
    message,
    signature: signature.signatures[place] as Uint8Array,
  }));
};

/**
 * Decides whether enough members signed.
 *
 * Each member counts once; only members for whom `counts` is true, and only signatures whose
 * verdict is true. What does not count is dropped from the result, so that a bad share added to a
 * good signature takes nothing from it.
 * Errors: a bitmap or list that does not fit the roster refuses the whole; see ThresholdError.
 */
export const admitThreshold = (
  signature: ThresholdSignature,
  record: RosterRecord,
  verdicts: readonly boolean[],
  needed: number,
  counts: (device: DeviceId) => boolean = () => true,
): Result<CountedSignature, ThresholdError> => {
  const fault = structureFault(signature, record);
  if (fault !== null) return err(fault);
  const indexes = bitsOf(signature.signers);
  assert(verdicts.length === indexes.length, 'each check has one verdict');
  const byIndex = new Map<number, Uint8Array>();
  const signers: DeviceId[] = [];
  for (const [place, index] of indexes.entries()) {
    const device = (record.members[index] as { readonly device: DeviceId }).device;
    if (verdicts[place] !== true || !counts(device)) continue;
    byIndex.set(index, signature.signatures[place] as Uint8Array);
    signers.push(device);
  }
  if (signers.length < needed) {
    return err({ kind: 'below-threshold', have: signers.length, need: needed });
  }
  return ok({ signature: fromIndexes(byIndex, signature.signers.length), signers });
};

/** The members that a signature names, whether or not their signatures are good. */
export const namedSigners = (
  signature: ThresholdSignature,
  record: RosterRecord,
): readonly DeviceId[] =>
  bitsOf(signature.signers).flatMap((index) => record.members[index]?.device ?? []);

const bitmapBytes = (members: number): number => Math.ceil(members / 8);

const structureFault = (
  signature: ThresholdSignature,
  record: RosterRecord,
): ThresholdError | null => {
  if (!record.suites.includes(signature.suite)) {
    return { kind: 'suite-not-allowed', suite: signature.suite };
  }
  const bytesNeeded = bitmapBytes(record.members.length);
  const bytesHeld = signature.signers.length;
  if (bytesHeld !== bytesNeeded) return { kind: 'bitmap-length', bytes: bytesHeld, bytesNeeded };
  const indexes = bitsOf(signature.signers);
  const bit = indexes.find((index) => index >= record.members.length);
  if (bit !== undefined) return { kind: 'bit-beyond-roster', bit };
  const have = signature.signatures.length;
  return have === indexes.length ? null : { kind: 'signature-count', have, need: indexes.length };
};

const bitsOf = (bitmap: Uint8Array): number[] => {
  const indexes: number[] = [];
  for (const [at, byte] of bitmap.entries()) {
    for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) indexes.push(at * 8 + bit);
  }
  return indexes;
};

const keepLeast = (
  byIndex: Map<number, Uint8Array>,
  index: number,
  signature: Uint8Array,
): void => {
  const held = byIndex.get(index);
  if (held === undefined || compareBytes(signature, held) < 0) byIndex.set(index, signature);
};

const fromIndexes = (
  byIndex: ReadonlyMap<number, Uint8Array>,
  bitmapLength: number,
): ThresholdSignature => {
  const signers = new Uint8Array(bitmapLength);
  const sorted = [...byIndex].sort((left, right) => left[0] - right[0]);
  for (const [index] of sorted) {
    signers[index >> 3] = (signers[index >> 3] as number) | (1 << (index & 7));
  }
  return { suite: DEFAULT_SUITE, signers, signatures: sorted.map(([, signature]) => signature) };
};
