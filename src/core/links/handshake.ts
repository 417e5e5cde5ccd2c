import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { decodeCanonical, encodeCanonical, type CanonicalMap } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { compareBytes, hashOf, hexToBytes, sha256 } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { assert, err, ok, type Result } from '../base/result.js';
import {
  bytes as byteString,
  constant,
  hex32,
  integer,
  signature64,
  type Shape,
} from '../base/shape.js';
import { isMap, map } from '../base/shape-groups.js';

/** What one side says of itself when a link opens. */
export interface LinkParty {
  readonly device: DeviceId;
  /** Its identity epoch and the hash of the roster record that opened it. */
  readonly epoch: number;
  readonly roster: RosterHash;
  /** Index of its latest standing snapshot; 0 before the first. */
  readonly snapshotIndex: number;
}

/** The channel below: what it is really encrypted to, and which end this is. */
export interface ChannelFacts {
  readonly isInitiator: boolean;
  /** SHA-256 of this end's DTLS certificate: 32 bytes. */
  readonly localFingerprint: Uint8Array;
  /** SHA-256 of the other end's, as this end sees it: 32 bytes. */
  readonly remoteFingerprint: Uint8Array;
}

/** The hello is sent, the other side's is awaited. */
export interface AwaitingHello {
  readonly phase: 'hello';
  readonly account: AccountId;
  readonly self: LinkParty;
  readonly channel: ChannelFacts;
  readonly nonce: Uint8Array;
  /** The hello as it was sent: both sides sign it to the byte. */
  readonly sent: Uint8Array;
}

/** The proof is to be signed and sent, the other side's is awaited. */
export interface AwaitingProof {
  readonly phase: 'proof';
  /** What the peer claims; to be believed only once its proof was checked. */
  readonly peer: LinkParty;
  /** What it says beyond that, as it came: see code-said.ts. */
  readonly extensions: CanonicalMap;
  /** The 32 bytes that the peer has to have signed. */
  readonly toVerify: Uint8Array;
}

export type HandshakeError =
  | { readonly kind: 'too-large'; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: 'malformed'; readonly field: 'hello' | 'proof' }
  | { readonly kind: 'newer-version'; readonly version: number }
  | { readonly kind: 'other-account' }
  /** The peer sent our own hello back. */
  | { readonly kind: 'reflected' }
  /** The peer has this very device's key: a cloned profile, or another tab. */
  | { readonly kind: 'own-device' };

/** A signature that the caller has to have verified before the peer is who it claims to be. */
export interface ProofCheck {
  readonly key: DeviceId;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Bytes of a handshake nonce. */
export const NONCE_BYTES = 32;
const TAG_BYTES = 8;
const HANDSHAKE_VERSION = 1;

/**
 * The first bytes of a hash of the account: tells accounts apart without naming them.
 *
 * Source: rule U5.
 */
export const accountTag = (account: AccountId, bytes: number = TAG_BYTES): Uint8Array =>
  hexToBytes(hashOf<string>(DOMAINS.channel, [hexToBytes(account)])).slice(0, bytes);

/**
 * Opens the mutual challenge of rule N2 with this side's hello.
 *
 * Two messages go each way: a hello, then a signature over the account, both hellos to the byte
 * (devices, nonces, epochs and whatever else they say), both DTLS fingerprints, and the signer's
 * role. Both sides send their hello at once.
 * `nonce` is fresh and unpredictable. `extensions` are at most 16; older peers pass them over.
 */
export const startHandshake = (
  account: AccountId,
  self: LinkParty,
  channel: ChannelFacts,
  nonce: Uint8Array,
  extensions: CanonicalMap = {},
): { readonly state: AwaitingHello; readonly send: Uint8Array } => {
  assert(nonce.length === NONCE_BYTES, 'a handshake nonce has 32 bytes');
  assert(channel.localFingerprint.length === 32, 'a fingerprint has 32 bytes');
  assert(channel.remoteFingerprint.length === 32, 'a fingerprint has 32 bytes');
  const hello: Hello = {
    v: HANDSHAKE_VERSION,
    t: 'hello',
    nonce,
    tag: accountTag(account),
    ext: extensions,
    ...self,
  };
  const sent = encodeCanonical(helloField.toCanonical(hello));
  return { state: { phase: 'hello', account, self, channel, nonce, sent }, send: sent };
};

/**
 * Reads the peer's hello; gives what this device has to sign for its own proof. Never throws.
 *
 * Errors: too-large beyond LIMITS.handshakeBytesMax; malformed; newer-version for a hello of a
 * later format; other-account; reflected; own-device. Each ends the link.
 */
export const receiveHello = (
  state: AwaitingHello,
  bytes: Uint8Array,
): Result<{ readonly state: AwaitingProof; readonly toSign: Uint8Array }, HandshakeError> => {
  const hello = parseHello(bytes);
  if (!hello.ok) return hello;
  const { nonce, tag, device, epoch, roster, snapshotIndex, ext } = hello.value;
  if (compareBytes(tag, accountTag(state.account)) !== 0) return err({ kind: 'other-account' });
  if (compareBytes(nonce, state.nonce) === 0) return err({ kind: 'reflected' });
  if (device === state.self.device) return err({ kind: 'own-device' });
  const peer: LinkParty = { device, epoch, roster, snapshotIndex };
  const message = (role: LinkRole): Uint8Array => proofMessage(state, bytes, role);
  const [own, other] = state.channel.isInitiator ? LINK_ROLES : LINK_ROLES_REVERSED;
  const awaiting = { phase: 'proof', peer, extensions: ext, toVerify: message(other) } as const;
  return ok({ state: awaiting, toSign: message(own) });
};

/** The proof message that carries this device's signature over what receiveHello gave to sign. */
export const proofBytes = (signature: Uint8Array): Uint8Array => {
  assert(signature.length === 64, 'a signature has 64 bytes');
  return encodeCanonical(proofField.toCanonical({ t: 'proof', signature }));
};

/**
 * Reads the peer's proof; gives the signature check that decides. Never throws.
 *
 * The peer is authenticated only when a verifier accepts the check.
 * Errors: too-large, malformed.
 */
export const receiveProof = (
  state: AwaitingProof,
  bytes: Uint8Array,
): Result<{ readonly check: ProofCheck; readonly peer: LinkParty }, HandshakeError> => {
  if (bytes.length > LIMITS.handshakeBytesMax) return err(tooLarge(bytes));
  const proof = proofField.parse(decodeSmall(bytes));
  if (proof === undefined) return err({ kind: 'malformed', field: 'proof' });
  const { peer, toVerify: message } = state;
  return ok({ check: { key: peer.device, message, signature: proof.signature }, peer });
};

type LinkRole = 'initiator' | 'responder';
const LINK_ROLES = ['initiator', 'responder'] as const;
const LINK_ROLES_REVERSED = ['responder', 'initiator'] as const;

interface Hello extends LinkParty {
  readonly v: 1;
  readonly t: 'hello';
  readonly nonce: Uint8Array;
  readonly tag: Uint8Array;
  /** What later versions say of themselves; unknown keys are passed over, yet signed. */
  readonly ext: CanonicalMap;
}

const EXTENSIONS_MAX = 16;
const extensionMap: Shape<CanonicalMap> = {
  parse: (value) =>
    isMap(value) && Object.keys(value).length <= EXTENSIONS_MAX ? value : undefined,
  toCanonical: (value) => value,
};

const helloField = map<Hello>({
  v: constant(HANDSHAKE_VERSION),
  t: constant('hello'),
  nonce: byteString(NONCE_BYTES, NONCE_BYTES),
  tag: byteString(TAG_BYTES, TAG_BYTES),
  device: hex32(),
  epoch: integer(0, LIMITS.integerMax),
  roster: hex32(),
  snapshotIndex: integer(0, LIMITS.integerMax),
  ext: extensionMap,
});

const proofField = map({
  t: constant('proof'),
  signature: signature64,
});

const parseHello = (bytes: Uint8Array): Result<Hello, HandshakeError> => {
  if (bytes.length > LIMITS.handshakeBytesMax) return err(tooLarge(bytes));
  const value = decodeSmall(bytes);
  const version = isMap(value) && value['t'] === 'hello' ? value['v'] : undefined;
  if (typeof version === 'number' && version > HANDSHAKE_VERSION) {
    return err({ kind: 'newer-version', version });
  }
  const hello = helloField.parse(value);
  return hello === undefined ? err({ kind: 'malformed', field: 'hello' }) : ok(hello);
};

/** Null, which no field here accepts, stands for what is no canonical CBOR. */
const decodeSmall = (bytes: Uint8Array) => {
  const decoded = decodeCanonical(bytes, LIMITS.handshakeBytesMax);
  return decoded.ok ? decoded.value : null;
};

const tooLarge = (bytes: Uint8Array): HandshakeError => ({
  kind: 'too-large',
  bytes: bytes.length,
  bytesMax: LIMITS.handshakeBytesMax,
});

/** The two sides ordered alike on both ends, so that both compute the same bytes. */
const proofMessage = (
  { account, channel, sent }: AwaitingHello,
  received: Uint8Array,
  role: LinkRole,
): Uint8Array => {
  const own = { hello: sha256(sent), fingerprint: channel.localFingerprint };
  const other = { hello: sha256(received), fingerprint: channel.remoteFingerprint };
  const [initiator, responder] = channel.isInitiator ? [own, other] : [other, own];
  return sha256(
    encodeCanonical([
      DOMAINS.channel,
      hexToBytes(account),
      initiator.hello,
      responder.hello,
      initiator.fingerprint,
      responder.fingerprint,
      role,
    ]),
  );
};
