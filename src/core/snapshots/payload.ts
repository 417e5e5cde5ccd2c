import type { Digest, PayloadId, RosterHash } from '../base/brands.js';
import { decodingCanonical, encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { bytesToHex, compareBytes, hashOf } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { type Result, err, ok } from '../base/result.js';
import { isMap } from '../base/shape-groups.js';
import { type Work, atOnce } from '../base/work.js';
import { type DigestTree, digestOf } from '../journal/digest-tree.js';
import { FIRST_FOLD_VERSION, FOLD_VERSION } from '../journal/fold-version.js';
import type { Act, ItemKey, State } from '../journal/state.js';
import {
  type ItemSheets,
  createEarlyItems,
  createItemSheets,
  parsingState,
  stateToCanonical,
} from '../journal/state-codec.js';

/** A state as a snapshot keeps it: its canonical bytes, their id, and its digest. */
export interface Capture {
  readonly state: State;
  readonly bytes: Uint8Array;
  readonly payload: PayloadId;
  readonly digest: Digest;
  /** The fold version that its bytes are written in. */
  readonly fold: number;
}

/**
 * Leaves out what is over under that roster: acts of ceremonies on earlier records.
 *
 * Governance alone decides what is over, so every replica leaves out the same.
 */
export const settledState = (state: State, roster: RosterHash): State => {
  const acts = new Map<ItemKey, Act>();
  for (const [key, act] of state.acts) if (act.roster === roster) acts.set(key, act);
  return { ...state, acts };
};

/**
 * Captures a state under a roster.
 *
 * With a tree that follows this very state the digest costs what changed; without one, all of it.
 * `fold` is the version that it is written in: that of the account, or the one it is raised to.
 */
export const captureState = (
  state: State,
  roster: RosterHash,
  fold: number = FIRST_FOLD_VERSION,
  tree?: DigestTree,
): Capture => {
  const settled = settledState(state, roster);
  const sheets = createItemSheets();
  const bytes = encodePayload(settled, fold, sheets);
  return {
    state: settled,
    bytes,
    payload: payloadIdOf(bytes),
    fold,
    digest: tree === undefined ? digestOf(settled, sheets) : tree.root(settled, sheets),
  };
};

/** Payload format 1: `{v, fold, state}` in canonical CBOR. */
export const encodePayload = (
  state: State,
  fold: number = FIRST_FOLD_VERSION,
  sheets?: ItemSheets,
): Uint8Array => encodeCanonical({ v: 1, fold, state: stateToCanonical(state, sheets) });

/** Over the plain canonical bytes, so that it does not depend on how they are stored or sealed. */
export const payloadIdOf = (bytes: Uint8Array): PayloadId =>
  hashOf<PayloadId>(DOMAINS.payload, bytes);

/** The same by somebody else's SHA-256, which may work beside the thread that asks. */
export const payloadIdBy = async (
  digest: (bytes: Uint8Array) => Promise<Uint8Array>,
  bytes: Uint8Array,
): Promise<PayloadId> =>
  bytesToHex(await digest(encodeCanonical([DOMAINS.payload, bytes]))) as PayloadId;

export type PayloadError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'malformed-payload' }
  | { readonly kind: 'newer-fold'; readonly fold: number }
  | { readonly kind: 'other-payload' }
  | { readonly kind: 'other-digest' };

/**
 * Reads a payload that a verified head names; `reads` is the highest fold version that is read.
 *
 * Errors: too-large, other-payload (its bytes have another id), malformed-payload (not what
 * `encodePayload` writes, to the byte), newer-fold (of a version that is not read here),
 * other-digest (the state inside does not hash to the head's digest).
 * Source: rules S5, S7, S13.
 */
export const parsePayload = (
  bytes: Uint8Array,
  expected: { readonly payload: PayloadId; readonly digest: Digest },
  reads: number = FOLD_VERSION,
): Result<State, PayloadError> => {
  const bytesMax = LIMITS.payloadBytesMax;
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  if (payloadIdOf(bytes) !== expected.payload) return err({ kind: 'other-payload' });
  const read = readPayload(bytes, reads);
  if (!read.ok) return read;
  const { state, fold } = read.value;
  const isSame = compareBytes(encodePayload(state, fold), bytes) === 0;
  if (!isSame) return err({ kind: 'malformed-payload' });
  return digestOf(state) === expected.digest ? ok(state) : err({ kind: 'other-digest' });
};

/**
 * Reads a payload that this device verified before it stored it (rule F9): form alone is checked.
 *
 * Errors: malformed-payload, newer-fold.
 */
export const readStoredPayload = (
  bytes: Uint8Array,
  reads: number = FOLD_VERSION,
): Result<State, PayloadError> => atOnce(readingStoredPayload(bytes, reads));

/** The same as work that can be cut. */
export function* readingStoredPayload(
  bytes: Uint8Array,
  reads: number = FOLD_VERSION,
): Work<Result<State, PayloadError>> {
  const read = yield* readingPayload(bytes, reads);
  return read.ok ? ok(read.value.state) : read;
}

/** What a payload holds, and in which version it is written. */
export interface ReadPayload {
  readonly state: State;
  readonly fold: number;
}

/** What a payload holds; its form alone is checked. */
export const readPayload = (
  bytes: Uint8Array,
  reads: number = FOLD_VERSION,
): Result<ReadPayload, PayloadError> => atOnce(readingPayload(bytes, reads));

function* readingPayload(
  bytes: Uint8Array,
  reads: number,
): Work<Result<ReadPayload, PayloadError>> {
  const early = createEarlyItems();
  const decoded = yield* decodingCanonical(bytes, LIMITS.payloadBytesMax, early.take);
  const value = decoded.ok ? decoded.value : null;
  if (!isMap(value)) return err({ kind: 'malformed-payload' });
  const { v, fold, state } = value;
  if (typeof fold === 'number' && fold > reads) return err({ kind: 'newer-fold', fold });
  const isVersion = typeof fold === 'number' && fold >= FIRST_FOLD_VERSION;
  if (v !== 1 || !isVersion) return err({ kind: 'malformed-payload' });
  const parsed = yield* parsingState(state ?? null, early.items);
  return parsed.ok ? ok({ state: parsed.value, fold }) : err({ kind: 'malformed-payload' });
}
