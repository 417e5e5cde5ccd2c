import { decodeCanonical, encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { sha256 } from '../base/hash.js';
import { err, ok, type Result } from '../base/result.js';
import { itemsOf } from '../base/shape-groups.js';
import {
  CPACE_POINT_BYTES,
  cpaceKey,
  cpaceShare,
  type CpaceInput,
  type CpaceShare,
} from './cpace.js';
import type { ChannelFacts } from './handshake.js';
import type { PairingRole } from './pairing-protocol.js';
import { typedKey } from './rooms.js';
import type { ShortCode } from './short-code.js';

/** One side's run of the PAKE on one channel, before the pairing itself begins. */
export interface Meeting {
  readonly input: CpaceInput;
  readonly scalar: Uint8Array;
  readonly role: PairingRole;
  readonly own: CpaceShare;
}

/** Why a code is good no more, said to whoever comes with it. */
export const CODE_CLOSINGS = ['wrong-code', 'code-used', 'expired', 'withdrawn'] as const;
export type CodeClosing = (typeof CODE_CLOSINGS)[number];

/** What is said before there is a key; anybody in the room could have said it. */
export type Opening =
  | { readonly kind: 'share'; readonly role: PairingRole; readonly point: Uint8Array }
  | { readonly kind: 'closed'; readonly reason: CodeClosing };

export type MeetingError =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'newer-version'; readonly version: number }
  /** Two of a kind met: another device with this code, or another code for the same place. */
  | { readonly kind: 'same-role' }
  | { readonly kind: 'bad-share' }
  | { readonly kind: 'closed'; readonly reason: CodeClosing };

/** Bytes of an opening at most. */
export const OPENING_BYTES_MAX = 128;

const VERSION = 1;
/** Beyond the codes of pairing messages, which have four items. */
const SHARE = 32;
const CLOSED = 33;
const ROLES: readonly PairingRole[] = ['inviter', 'newcomer'];

/**
 * Begins a run: this side's share of a key that only the same short code gives, on this channel.
 *
 * `scalar` is 32 fresh unpredictable bytes. The channel's fingerprints name both the channel and
 * the run: certificates are made anew for each connection.
 * Source: rule N9; draft-irtf-cfrg-cpace-21.
 */
export const startMeeting = (
  code: ShortCode,
  channel: ChannelFacts,
  role: PairingRole,
  scalar: Uint8Array,
): { readonly meeting: Meeting; readonly send: Uint8Array } => {
  const { isInitiator, localFingerprint, remoteFingerprint } = channel;
  const [first, second] = isInitiator
    ? [localFingerprint, remoteFingerprint]
    : [remoteFingerprint, localFingerprint];
  const input = {
    password: new TextEncoder().encode(code.secret),
    channel: encodeCanonical([DOMAINS.pairing, 'typed', code.place, ...ROLES, first, second]),
    session: sha256(encodeCanonical([DOMAINS.pairing, 'run', first, second])),
  };
  const own = { point: cpaceShare(input, scalar), associated: associatedOf(role) };
  const send = encodeOpening({ kind: 'share', role, point: own.point });
  return { meeting: { input, scalar, role, own }, send };
};

/**
 * Takes the other side's first word; gives the pairing's key (32 bytes).
 *
 * Whether the other side has the same key is not known yet: its first pairing message shows it.
 * Errors: as MeetingError says. Never throws.
 */
export const hearMeeting = (
  { input, scalar, role, own }: Meeting,
  bytes: Uint8Array,
): Result<Uint8Array, MeetingError> => {
  const opening = parseOpening(bytes);
  if (!opening.ok) return opening;
  if (opening.value.kind === 'closed') return err(opening.value);
  if (opening.value.role === role) return err({ kind: 'same-role' });
  const peer = { point: opening.value.point, associated: associatedOf(opening.value.role) };
  const agreed = cpaceKey(input, scalar, own, peer);
  return agreed.ok ? ok(typedKey(agreed.value)) : err({ kind: 'bad-share' });
};

/** An opening on the wire: [version, 32, [role, point]] or [version, 33, [reason]]. */
export const encodeOpening = (opening: Opening): Uint8Array =>
  opening.kind === 'share'
    ? encodeCanonical([VERSION, SHARE, [ROLES.indexOf(opening.role), opening.point]])
    : encodeCanonical([VERSION, CLOSED, [opening.reason]]);

/** Reads an opening. A reason that this version does not know reads as 'withdrawn'. */
export const parseOpening = (
  bytes: Uint8Array,
): Result<Opening, Extract<MeetingError, { kind: 'malformed' | 'newer-version' }>> => {
  const malformed = err({ kind: 'malformed' } as const);
  if (bytes.length > OPENING_BYTES_MAX) return malformed;
  const decoded = decodeCanonical(bytes, OPENING_BYTES_MAX);
  const [version, code, body, ...more] = decoded.ok ? (itemsOf(decoded.value) ?? []) : [];
  if (typeof version === 'number' && version > VERSION) {
    return err({ kind: 'newer-version', version });
  }
  const items = body === undefined ? null : itemsOf(body);
  if (version !== VERSION || items == null || more.length > 0) return malformed;
  const [first, second] = items;
  if (code === CLOSED && items.length === 1 && typeof first === 'string') {
    const reason = CODE_CLOSINGS.find((one) => one === first) ?? 'withdrawn';
    return ok({ kind: 'closed', reason });
  }
  const role = typeof first === 'number' ? ROLES[first] : undefined;
  const isShare = code === SHARE && items.length === 2 && role !== undefined;
  if (!isShare || !(second instanceof Uint8Array)) return malformed;
  return second.length === CPACE_POINT_BYTES
    ? ok({ kind: 'share', role, point: second })
    : malformed;
};

const associatedOf = (role: PairingRole): Uint8Array => new TextEncoder().encode(role);
