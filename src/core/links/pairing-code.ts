import type { AccountId } from '../base/brands.js';
import { compareBytes } from '../base/hash.js';
import { assert, err, ok, type Result } from '../base/result.js';
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
import { accountTag } from './handshake.js';
import { CODE_SECRET_BYTES } from './rooms.js';

/** What a code says to the device that scans or types it. */
export interface PairingCode {
  readonly purpose: 'join';
  /** 128 fresh random bits; good once. */
  readonly secret: Uint8Array;
  /** Wall ms after which it is not taken any more; kept in whole minutes, rounded up. */
  readonly expiresMs: number;
  /** The first four bytes of the account's tag, to tell a wrong account early. */
  readonly accountTag: Uint8Array;
}

export type PairingCodeError =
  /** Nothing of the length and alphabet of a code. */
  | { readonly kind: 'malformed' }
  /** Much like a code, but some character is wrong, missing or too many. */
  | { readonly kind: 'mistyped' }
  | { readonly kind: 'expired'; readonly expiresMs: number }
  | { readonly kind: 'other-purpose'; readonly purpose: number }
  | { readonly kind: 'newer-version'; readonly version: number };

/** How long after its end a code is still read, for a reader's clock that runs ahead. */
export const CODE_GRACE_MS = 5 * 60_000;
/** Characters of a code of this version, without what separates the groups. */
export const CODE_CHARACTERS = 45;

const CODE_VERSION = 1;
const JOIN = 1;
const MINUTE_MS = 60_000;
const TAG_BYTES = 4;
const GROUP_CHARACTERS = 5;
/** So many characters missing or too many still pass for a slip of the finger. */
const SLIPS_MAX = 2;
/** The first bytes of an account's tag, as codes carry them. */
export const codeAccountTag = (account: AccountId): Uint8Array => accountTag(account, TAG_BYTES);

/** Whether a code was made by a member of this account, as far as its short tag can tell. */
export const isCodeOf = (code: { readonly accountTag: Uint8Array }, account: AccountId): boolean =>
  compareBytes(code.accountTag, codeAccountTag(account)) === 0;

/**
 * Writes a code as nine groups of five characters.
 *
 * Layout, in bits: version 5, purpose 3, end in minutes since 1970 32, account tag 32, secret 128,
 * check 25.
 */
export const encodePairingCode = (
  code: PairingCode,
): { readonly text: string; readonly groups: readonly string[] } => {
  assert(code.secret.length === CODE_SECRET_BYTES, "a code's secret has 16 bytes");
  assert(code.accountTag.length === TAG_BYTES, "a code's account tag has 4 bytes");
  const minutes = Math.ceil(code.expiresMs / MINUTE_MS);
  assert(minutes >= 0 && minutes < 2 ** 32, "a code's end fits 32 bits of minutes");
  const bytes = new Uint8Array(1 + 4 + TAG_BYTES + CODE_SECRET_BYTES);
  bytes[0] = (CODE_VERSION << 3) | JOIN;
  new DataView(bytes.buffer).setUint32(1, minutes);
  bytes.set(code.accountTag, 5);
  bytes.set(code.secret, 5 + TAG_BYTES);
  const groups = digitsToGroups(withCheck(bytesToDigits(bytes)), GROUP_CHARACTERS);
  return { text: groups.join('-'), groups };
};

/** What goes behind the app's address, so that any camera opens the app with the code. */
export const pairingFragment = (text: string): string => `#/join/${text}`;

/**
 * Reads a code that was scanned or typed. Never throws.
 *
 * Takes the address of the app with the code, or the code alone, with or without spaces and dashes,
 * in any case; O reads as 0, I and L as 1.
 * Errors: as PairingCodeError says; one wrong character, and two neighbours exchanged, always give
 * mistyped.
 */
export const parsePairingCode = (
  text: string,
  nowMs: number,
): Result<PairingCode, PairingCodeError> => {
  const characters = codeCharacters(text);
  const digits = charactersToDigits(characters);
  const checks = isCheckedNumber(digits);
  const version = digits[0] ?? 0;
  const excess = Math.abs(characters.length - CODE_CHARACTERS);
  if (checks && version > CODE_VERSION && characters.length > CHECK_CHARACTERS) {
    return err({ kind: 'newer-version', version });
  }
  if (excess > SLIPS_MAX) return err({ kind: 'malformed' });
  if (!checks || excess > 0) return err({ kind: 'mistyped' });
  if (version < CODE_VERSION) return err({ kind: 'malformed' });
  const bytes = digitsToBytes(digits.slice(0, -CHECK_CHARACTERS));
  const purpose = (bytes[0] as number) & 7;
  if (purpose !== JOIN) return err({ kind: 'other-purpose', purpose });
  const expiresMs = new DataView(bytes.buffer).getUint32(1) * MINUTE_MS;
  if (nowMs >= expiresMs + CODE_GRACE_MS) return err({ kind: 'expired', expiresMs });
  return ok({
    purpose: 'join',
    secret: bytes.slice(5 + TAG_BYTES),
    expiresMs,
    accountTag: bytes.slice(5, 5 + TAG_BYTES),
  });
};
