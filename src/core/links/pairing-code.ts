import type { AccountId } from '../base/brands.js';
import { compareBytes } from '../base/hash.js';
import { assert, err, ok, type Result } from '../base/result.js';
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
const CHECK_CHARACTERS = 5;
const GROUP_CHARACTERS = 5;
/** So many characters missing or too many still pass for a slip of the finger. */
const SLIPS_MAX = 2;
/** Longer input is no code and is not looked at. */
const INPUT_CHARACTERS_MAX = 512;
/** Crockford's base32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** The largest prime below 32^5: see isMultiple. */
const CHECK_PRIME = 33_554_393;

/** The first bytes of an account's tag, as codes carry them. */
export const codeAccountTag = (account: AccountId): Uint8Array => accountTag(account, TAG_BYTES);

/** Whether a code was made by a member of this account, as far as its short tag can tell. */
export const isCodeOf = (code: PairingCode, account: AccountId): boolean =>
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
  const digits = withCheck(bytesToDigits(bytes));
  const letters = digits.map((digit) => ALPHABET[digit]).join('');
  const groups = letters.match(new RegExp(`.{${GROUP_CHARACTERS}}`, 'g')) ?? [];
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
  const digits = characters.map((character) => ALPHABET.indexOf(character));
  const checks = !digits.includes(-1) && isMultiple(digits);
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

/** The characters of the code within an address or a text, with look-alikes replaced. */
const codeCharacters = (text: string): readonly string[] => {
  if (text.length > INPUT_CHARACTERS_MAX) return [];
  const code = /^.*join\/([^/?#]*)/is.exec(text)?.[1] ?? text;
  const upper = code.normalize('NFKC').toUpperCase();
  const plain = upper.replace(/[\s\p{Dash}\p{Cf}._]/gu, '');
  return [...plain.replaceAll('O', '0').replace(/[IL]/g, '1')];
};

/**
 * Whether the number that the digits spell in base 32 is a multiple of the prime.
 *
 * One wrong digit changes it by less than 32 times a power of 32, two exchanged neighbours by less
 * than 32 times 31 times one: never a multiple. Of all other errors one in 33 million passes.
 */
const isMultiple = (digits: readonly number[]): boolean => remainder(digits) === 0;

const remainder = (digits: readonly number[]): number =>
  digits.reduce((rest, digit) => (rest * 32 + digit) % CHECK_PRIME, 0);

const withCheck = (digits: readonly number[]): readonly number[] => {
  const shifted = [...digits, ...Array.from({ length: CHECK_CHARACTERS }, () => 0)];
  const check = (CHECK_PRIME - remainder(shifted)) % CHECK_PRIME;
  const places = Array.from(
    { length: CHECK_CHARACTERS },
    (_, place) => CHECK_CHARACTERS - 1 - place,
  );
  return [...digits, ...places.map((place) => Math.floor(check / 32 ** place) % 32)];
};

/** Five bits a digit, the first bits first; all 200 bits fill whole bytes and whole digits. */
const bytesToDigits = (bytes: Uint8Array): readonly number[] => regroup([...bytes], 8, 5);

const digitsToBytes = (digits: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(regroup(digits, 5, 8));

const regroup = (from: readonly number[], bitsFrom: number, bitsTo: number): readonly number[] => {
  const to: number[] = [];
  let held = 0;
  let bitsHeld = 0;
  for (const one of from) {
    held = (held << bitsFrom) | one;
    bitsHeld += bitsFrom;
    while (bitsHeld >= bitsTo) {
      bitsHeld -= bitsTo;
      to.push(held >> bitsHeld);
      held &= (1 << bitsHeld) - 1;
    }
  }
  return to;
};
