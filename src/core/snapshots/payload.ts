import type { Digest, PayloadId, RosterHash } from '../base/brands.js';
import { decodeCanonical, encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { compareBytes, hashOf } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { type Result, err } from '../base/result.js';
import { isMap } from '../base/shape-groups.js';
import { type DigestTree, digestOf } from '../journal/digest-tree.js';
import { FOLD_VERSION } from '../journal/fold-version.js';
import type { Act, ItemKey, State } from '../journal/state.js';
import {
  type ItemSheets,
  createItemSheets,
  parseState,
  stateToCanonical,
} from '../journal/state-codec.js';

/** A state as a snapshot keeps it: its canonical bytes, their id, and its digest. */
export interface Capture {
  readonly state: State;
  readonly bytes: Uint8Array;
  readonly payload: PayloadId;
  readonly digest: Digest;
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
 */
export const captureState = (state: State, roster: RosterHash, tree?: DigestTree): Capture => {
  const settled = settledState(state, roster);
  const sheets = createItemSheets();
  const bytes = encodePayload(settled, sheets);
  return {
    state: settled,
    bytes,
    payload: payloadIdOf(bytes),
    digest: tree === undefined ? digestOf(settled, sheets) : tree.root(settled, sheets),
  };
};

/** Payload format 1: `{v, fold, state}` in canonical CBOR. */
export const encodePayload = (state: State, sheets?: ItemSheets): Uint8Array =>
  encodeCanonical({ v: 1, fold: FOLD_VERSION, state: stateToCanonical(state, sheets) });

/** Over the plain canonical bytes, so that it does not depend on how they are stored or sealed. */
export const payloadIdOf = (bytes: Uint8Array): PayloadId =>
  hashOf<PayloadId>(DOMAINS.payload, bytes);

export type PayloadError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'malformed-payload' }
  | { readonly kind: 'newer-fold'; readonly fold: number }
  | { readonly kind: 'other-payload' }
  | { readonly kind: 'other-digest' };

/**
 * Reads a payload that a verified head names.
 *
 * Errors: too-large, other-payload (its bytes have another id), malformed-payload (not what
 * `encodePayload` writes, to the byte), newer-fold (of a version that this code cannot fold),
 * other-digest (the state inside does not hash to the head's digest).
 * Source: rules S5, S7, S13.
 */
export const parsePayload = (
  bytes: Uint8Array,
  expected: { readonly payload: PayloadId; readonly digest: Digest },
): Result<State, PayloadError> => {
  const bytesMax = LIMITS.payloadBytesMax;
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  if (payloadIdOf(bytes) !== expected.payload) return err({ kind: 'other-payload' });
  const state = readPayload(bytes);
  if (!state.ok) return state;
  if (digestOf(state.value) !== expected.digest) return err({ kind: 'other-digest' });
  return state;
};

const readPayload = (bytes: Uint8Array): Result<State, PayloadError> => {
  const parsed = readStoredPayload(bytes);
  if (!parsed.ok) return parsed;
  const isSame = compareBytes(encodePayload(parsed.value), bytes) === 0;
  return isSame ? parsed : err({ kind: 'malformed-payload' });
};

/**
 * Reads a payload that this device verified before it stored it (rule F9): form alone is checked.
 *
 * Errors: malformed-payload, newer-fold.
 */
export const readStoredPayload = (bytes: Uint8Array): Result<State, PayloadError> => {
  const decoded = decodeCanonical(bytes, LIMITS.payloadBytesMax);
  const value = decoded.ok ? decoded.value : null;
  if (!isMap(value)) return err({ kind: 'malformed-payload' });
  const { v, fold, state } = value;
  if (typeof fold === 'number' && fold > FOLD_VERSION) return err({ kind: 'newer-fold', fold });
  if (v !== 1 || fold !== FOLD_VERSION) return err({ kind: 'malformed-payload' });
  const parsed = parseState(state ?? null);
  return parsed.ok ? parsed : err({ kind: 'malformed-payload' });
};
