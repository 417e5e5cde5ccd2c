import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as sha256Hash } from '@noble/hashes/sha2.js';
import type { DeviceId, EncryptionKey, Hash, StatementHash } from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type CanonicalValue } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { compareBytes, hexToBytes } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { assert, err, ok, type Result } from '../base/result.js';
import { bytes, characters, hex32, oneOfOrOther, signature64 } from '../base/shape.js';
import { itemsOf, list, row, type RowShape } from '../base/shape-groups.js';
import type { PairingMessageKind, PairingRole } from './pairing-protocol.js';

/** What one side shows of itself, after it committed to it. */
export interface PairingReveal {
  readonly device: DeviceId;
  readonly encryptionKey: EncryptionKey;
  readonly name: string;
  readonly nonce: Uint8Array;
  /** Its own fingerprint and the other end's, as it sees them. */
  readonly localFingerprint: Uint8Array;
  readonly remoteFingerprint: Uint8Array;
}

/** The record that adds the newcomer, and what shows that it is rightly made. */
export interface PairingOffer {
  /** Canonical roster completions from the genesis to the present record. */
  readonly chain: readonly Uint8Array[];
  /** The canonical roster record that the newcomer is to consent to. */
  readonly record: Uint8Array;
  /** The epoch's secret, sealed to the newcomer. */
  readonly envelope: Uint8Array;
}

export const PAIRING_BYES = [
  'cancelled',
  'words-differ',
  'peer-lied',
  'expired',
  'code-used',
  'other-account',
  'refused-by-members',
  'lapsed',
  'superseded',
  'withdrawn',
  'store-failed',
  'other',
] as const;
/** Why a side leaves. A reason that this version does not know reads as 'other'. */
export type PairingBye = (typeof PAIRING_BYES)[number];

export type PairingMessage =
  | { readonly kind: 'commit'; readonly commitment: Hash }
  | ({ readonly kind: 'reveal' } & PairingReveal)
  | { readonly kind: 'ready' }
  | { readonly kind: 'chain'; readonly completions: readonly Uint8Array[] }
  | {
      readonly kind: 'offer';
      readonly completions: readonly Uint8Array[];
      readonly record: Uint8Array;
      readonly envelope: Uint8Array;
    }
  | { readonly kind: 'consent'; readonly signature: Uint8Array }
  | {
      readonly kind: 'progress';
      readonly missing: readonly string[];
      readonly statement: StatementHash;
    }
  | { readonly kind: 'welcome'; readonly completions: readonly Uint8Array[] }
  | { readonly kind: 'bye'; readonly reason: PairingBye };

/** What authenticates a message besides the code's key: who says it, as which, and over what. */
export interface PairingContext {
  readonly key: Uint8Array;
  readonly sender: PairingRole;
  /** The sender's earlier messages on this channel. */
  readonly index: number;
  readonly initiatorFingerprint: Uint8Array;
  readonly responderFingerprint: Uint8Array;
  /** The hash of both reveals, for what is said after them. */
  readonly transcript: Hash | null;
}

export type PairingWireError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'newer-version'; readonly version: number }
  /** The sender lacks the code, or the channel is not the one that it sees. */
  | { readonly kind: 'not-authentic' };

export const PAIRING_LIMITS = {
  messageBytesMax: LIMITS.handshakeBytesMax,
  /** Completions of one message, so that it fits its limit; a longer chain takes several. */
  chainBytesPerMessage: 40 * 1024,
  chainCountPerMessage: 1_024,
  /** A whole chain, over all of its messages. */
  chainBytesMax: 4 * 1024 * 1024,
  chainCountMax: 4_096,
  recordBytesMax: LIMITS.factBytesMax,
  envelopeBytesMax: 2 * 1024,
} as const;
const PAIRING_VERSION = 1;
const MAC_BYTES = 32;

/** A pairing message on the wire: [version, code, body, HMAC-SHA-256]. */
export const encodePairingMessage = (
  message: PairingMessage,
  context: PairingContext,
): Uint8Array => {
  const { code, field } = PAIRING_BODIES[message.kind];
  const write = field.toCanonical as (body: PairingMessage) => readonly CanonicalValue[];
  const body = write(message);
  const encoded = encodeCanonical([PAIRING_VERSION, code, body, macOf(context, code, body)]);
  assert(encoded.length <= PAIRING_LIMITS.messageBytesMax, 'a pairing message fits its limit');
  return encoded;
};

/**
 * Reads a pairing message and checks who made it. Never throws.
 *
 * `contextFor` gives the sender's context for the kind of message that it claims to be.
 * Errors: too-large, malformed, newer-version, not-authentic. Nothing of the body is looked at
 * before its sender is known to hold the code.
 */
export const parsePairingMessage = (
  bytes: Uint8Array,
  contextFor: (kind: PairingMessageKind) => PairingContext,
): Result<PairingMessage, PairingWireError> => {
  const bytesMax = PAIRING_LIMITS.messageBytesMax;
  if (bytes.length > bytesMax) return err({ kind: 'too-large', bytes: bytes.length, bytesMax });
  const decoded = decodeCanonical(bytes, bytesMax);
  const items = decoded.ok ? (itemsOf(decoded.value) ?? []) : [];
  const [version, code, body, mac] = items;
  if (typeof version === 'number' && version > PAIRING_VERSION) {
    return err({ kind: 'newer-version', version });
  }
  const kind = PAIRING_KINDS.find((one) => PAIRING_BODIES[one].code === code);
  const isFramed = version === PAIRING_VERSION && items.length === 4 && body !== undefined;
  if (!isFramed || kind === undefined || !(mac instanceof Uint8Array)) {
    return err({ kind: 'malformed' });
  }
  const expected = macOf(contextFor(kind), PAIRING_BODIES[kind].code, body);
  if (mac.length !== MAC_BYTES || !isEqual(mac, expected)) return err({ kind: 'not-authentic' });
  const read = PAIRING_BODIES[kind].field.parse(body);
  return read === undefined ? err({ kind: 'malformed' }) : ok({ kind, ...read } as PairingMessage);
};

/** A reveal as canonical items, for commitments and transcripts. */
export const revealItems = (reveal: PairingReveal): readonly CanonicalValue[] =>
  revealField.toCanonical(reveal);

type Body<K extends PairingMessageKind> = Omit<
  Extract<PairingMessage, { readonly kind: K }>,
  'kind'
>;
const bytes32 = bytes(32, 32);
const name = characters(1, LIMITS.nameCharactersMax);
const completions = list(
  bytes(1, PAIRING_LIMITS.chainBytesPerMessage),
  PAIRING_LIMITS.chainCountPerMessage,
);
const revealField = row<PairingReveal>({
  device: hex32(),
  encryptionKey: hex32(),
  name,
  nonce: bytes32,
  localFingerprint: bytes32,
  remoteFingerprint: bytes32,
});
const reason = oneOfOrOther(PAIRING_BYES, 'other', LIMITS.reasonCharactersMax);

const PAIRING_BODIES: {
  readonly [K in PairingMessageKind]: { readonly code: number; readonly field: RowShape<Body<K>> };
} = {
  commit: { code: 1, field: row<Body<'commit'>>({ commitment: hex32() }) },
  reveal: { code: 2, field: revealField },
  ready: { code: 3, field: row<Body<'ready'>>({}) },
  chain: { code: 4, field: row<Body<'chain'>>({ completions }) },
  offer: {
    code: 5,
    field: row<Body<'offer'>>({
      completions,
      record: bytes(1, PAIRING_LIMITS.recordBytesMax),
      envelope: bytes(1, PAIRING_LIMITS.envelopeBytesMax),
    }),
  },
  consent: { code: 6, field: row<Body<'consent'>>({ signature: signature64 }) },
  progress: {
    code: 7,
    field: row<Body<'progress'>>({
      missing: list(name, LIMITS.rosterMembersMax),
      statement: hex32(),
    }),
  },
  welcome: { code: 8, field: row<Body<'welcome'>>({ completions }) },
  bye: { code: 9, field: row<Body<'bye'>>({ reason }) },
};
const PAIRING_KINDS = Object.keys(PAIRING_BODIES) as PairingMessageKind[];

const macOf = (context: PairingContext, code: number, body: CanonicalValue): Uint8Array =>
  hmac(
    sha256Hash,
    context.key,
    encodeCanonical([
      DOMAINS.pairing,
      context.sender,
      context.index,
      context.initiatorFingerprint,
      context.responderFingerprint,
      context.transcript === null ? null : hexToBytes(context.transcript),
      code,
      body,
    ]),
  );

/** Compares hashes of both, so that the time taken tells nothing of the expected bytes. */
const isEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  compareBytes(sha256Hash(left), sha256Hash(right)) === 0;
