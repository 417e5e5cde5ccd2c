import { compareBytes, sha256 } from '../base/hash.js';
import { assert, err, ok, type Result } from '../base/result.js';
import {
  bytesToCandidate,
  candidateToBytes,
  CANDIDATES_MAX,
  type Candidate,
} from './candidates.js';
import {
  bytesToDigits,
  charactersToDigits,
  CHECK_CHARACTERS,
  codeCharacters,
  digitsToBytes,
  digitsToGroups,
  isCheckedNumber,
  withCheck,
} from './code-letters.js';
import { CODE_GRACE_MS } from './pairing-code.js';
import { CODE_SECRET_BYTES } from './rooms.js';

/** What the other end must know of one end to connect to it directly. */
export interface ConnectionPart {
  /** ICE user fragment and password: 4 to 64, and 22 to 64, characters of RFC 8839. */
  readonly fragment: string;
  readonly password: string;
  /** SHA-256 of its certificate: 32 bytes. */
  readonly fingerprint: Uint8Array;
  readonly candidates: readonly Candidate[];
}

/** The first of two codes, shown by a member: how to reach it, and the pairing's secret. */
export interface OfflineOffer {
  readonly part: ConnectionPart;
  readonly secret: Uint8Array;
  readonly expiresMs: number;
  readonly accountTag: Uint8Array;
}

/** The second, shown by the newcomer: how to reach it, and to which first code it answers. */
export interface OfflineAnswer {
  readonly part: ConnectionPart;
  readonly offer: Uint8Array;
}

export type OfflineCodeError =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'mistyped' }
  | { readonly kind: 'expired'; readonly expiresMs: number }
  | { readonly kind: 'other-purpose'; readonly purpose: number }
  | { readonly kind: 'newer-version'; readonly version: number };

/** A code of fewer characters is none of these two. */
export const OFFLINE_CHARACTERS_MIN = 100;

const VERSION = 1;
const OFFER = 2;
const ANSWER = 3;
const MINUTE_MS = 60_000;
const TAG_BYTES = 4;
const FINGERPRINT_BYTES = 32;
const ICE_CHARACTERS = /^[A-Za-z0-9+/]+$/;

/**
 * Writes the first code as characters that a QR code packs tightly: about 200 for one or two
 * candidates. Layout: version 5 and purpose 3 bits, end in minutes 4 bytes, account tag 4, secret
 * 16, then the part: fingerprint 32, both ICE texts behind their lengths, candidates behind their
 * number; last 25 bits of check.
 */
export const encodeOfflineOffer = (offer: OfflineOffer): string => {
  assert(offer.secret.length === CODE_SECRET_BYTES, "a code's secret has 16 bytes");
  assert(offer.accountTag.length === TAG_BYTES, "a code's account tag has 4 bytes");
  const end = new Uint8Array(4);
  new DataView(end.buffer).setUint32(0, Math.ceil(offer.expiresMs / MINUTE_MS));
  const head = [(VERSION << 3) | OFFER, ...end, ...offer.accountTag, ...offer.secret];
  return write([...head, ...partBytes(offer.part)]);
};

/** Writes the second code: version and purpose, four bytes of the first's hash, the part, check. */
export const encodeOfflineAnswer = ({ part, offer }: OfflineAnswer): string => {
  assert(offer.length === TAG_BYTES, 'an answer names its offer in 4 bytes');
  return write([(VERSION << 3) | ANSWER, ...offer, ...partBytes(part)]);
};

/** What an answer names its offer by. */
export const offlineOfferTag = (offer: OfflineOffer): Uint8Array =>
  sha256(new TextEncoder().encode(encodeOfflineOffer(offer))).slice(0, TAG_BYTES);

/** Reads the first code. Never throws. */
export const parseOfflineOffer = (
  text: string,
  nowMs: number,
): Result<OfflineOffer, OfflineCodeError> => {
  const read = readBytes(text, OFFER);
  if (!read.ok) return read;
  const bytes = read.value;
  const partAt = 1 + 4 + TAG_BYTES + CODE_SECRET_BYTES;
  const part = bytes.length < partAt ? null : readPart(bytes.subarray(partAt));
  if (part === null) return err({ kind: 'malformed' });
  const expiresMs = new DataView(bytes.buffer).getUint32(1) * MINUTE_MS;
  if (nowMs >= expiresMs + CODE_GRACE_MS) return err({ kind: 'expired', expiresMs });
  const accountTag = bytes.slice(5, 5 + TAG_BYTES);
  return ok({ part, secret: bytes.slice(5 + TAG_BYTES, partAt), expiresMs, accountTag });
};

/** Reads the second code. Never throws. `other-purpose` where it answers another first code. */
export const parseOfflineAnswer = (
  text: string,
  offer: Uint8Array,
): Result<OfflineAnswer, OfflineCodeError> => {
  const read = readBytes(text, ANSWER);
  if (!read.ok) return read;
  const part = readPart(read.value.subarray(1 + TAG_BYTES));
  if (part === null) return err({ kind: 'malformed' });
  const named = read.value.slice(1, 1 + TAG_BYTES);
  if (compareBytes(named, offer) !== 0) return err({ kind: 'other-purpose', purpose: ANSWER });
  return ok({ part, offer: named });
};

const write = (bytes: readonly number[]): string =>
  digitsToGroups(withCheck(bytesToDigits(Uint8Array.from(bytes))), 1_000).join('');

const readBytes = (
  text: string,
  purpose: number,
): Result<Uint8Array<ArrayBuffer>, Exclude<OfflineCodeError, { kind: 'expired' }>> => {
  const characters = codeCharacters(text);
  const digits = charactersToDigits(characters);
  if (!isCheckedNumber(digits)) {
    return err({ kind: characters.length < OFFLINE_CHARACTERS_MIN ? 'malformed' : 'mistyped' });
  }
  const bytes = digitsToBytes(digits.slice(0, -CHECK_CHARACTERS));
  const first = bytes[0] ?? 0;
  if (first >> 3 > VERSION) return err({ kind: 'newer-version', version: first >> 3 });
  if ((first & 7) !== purpose) return err({ kind: 'other-purpose', purpose: first & 7 });
  return first >> 3 === VERSION ? ok(bytes) : err({ kind: 'malformed' });
};

const partBytes = ({
  fragment,
  password,
  fingerprint,
  candidates,
}: ConnectionPart): readonly number[] => {
  assert(fingerprint.length === FINGERPRINT_BYTES, 'a fingerprint has 32 bytes');
  const packed = candidates.map(candidateToBytes).filter((each) => each !== null);
  const kept = packed.slice(0, CANDIDATES_MAX);
  const texts = [fragment, password].map((each) => new TextEncoder().encode(each));
  const lengthed = texts.flatMap((each) => [each.length, ...each]);
  return [...fingerprint, ...lengthed, kept.length, ...kept.flatMap((each) => [...each])];
};

const readPart = (bytes: Uint8Array): ConnectionPart | null => {
  let rest = bytes.subarray(FINGERPRINT_BYTES);
  const take = (): string | null => {
    const length = rest[0] ?? 0;
    const text = String.fromCharCode(...rest.subarray(1, 1 + length));
    rest = rest.subarray(1 + length);
    return text.length === length && ICE_CHARACTERS.test(text) ? text : null;
  };
  const [fragment, password] = [take(), take()];
  const count = rest[0] ?? 0;
  if (fragment === null || password === null || count < 1 || count > CANDIDATES_MAX) return null;
  if (fragment.length < 4 || fragment.length > 64) return null;
  if (password.length < 22 || password.length > 64) return null;
  rest = rest.subarray(1);
  const candidates: Candidate[] = [];
  for (let index = 0; index < count; index += 1) {
    const read = bytesToCandidate(rest);
    if (read === null) return null;
    candidates.push(read.candidate);
    rest = rest.subarray(read.taken);
  }
  if (rest.length > 0) return null;
  return { fragment, password, fingerprint: bytes.slice(0, FINGERPRINT_BYTES), candidates };
};
