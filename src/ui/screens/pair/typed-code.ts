import { parseEnteredCode } from '../../../core/links/entered-code.js';
import { CODE_CHARACTERS, pairingFragment } from '../../../core/links/pairing-code.js';
import { SHORT_CODE_CHARACTERS } from '../../../core/links/short-code.js';
import type { Slip } from '../../../core/links/short-code-check.js';
import type { PairingFailure } from '../../../replica/view.js';

/** How groups are shown: the short code as on the screen that gives it. */
const GROUP_CHARACTERS = 5;
const SHORT_GROUP_CHARACTERS = 4;
/** A short code with two characters too many still reads as a slip. */
const SHORT_MAX = SHORT_CODE_CHARACTERS + 2;
/** What stands between groups in print, in messages and after copying. */
const NOISE = /[\s\p{Dash}\p{Cf}._,;:'"“”„<>()[\]]+/gu;
const LINK = /^.*join\/([^/?#]*)/is;

/** The bare characters of a code: a link loses its address, separators go, letters are capitals. */
export const normaliseCode = (given: string): string =>
  (LINK.exec(given)?.[1] ?? given).normalize('NFKC').toUpperCase().replace(NOISE, '');

/** A code in groups, as it is typed, pasted or scanned. */
export const groupCode = (given: string): string => {
  const code = normaliseCode(given);
  const characters = code.length <= SHORT_MAX ? SHORT_GROUP_CHARACTERS : GROUP_CHARACTERS;
  return code.match(new RegExp(`.{1,${characters}}`, 'gu'))?.join(' ') ?? '';
};

/**
 * The app's own address with a code in it: any camera that reads it opens the app with the code.
 */
export const codeToLink = (code: string, appUrl: string): string =>
  new URL(pairingFragment(LINK.exec(code)?.[1] ?? code), appUrl.replace(/[?#].*$/su, '')).href;

/** What is known of a code before it is used. */
export type TypedCode =
  | { readonly kind: 'partial'; readonly have: number; readonly need: number }
  /** `slip` names the one character that is off, where the check characters tell. */
  | { readonly kind: 'wrong'; readonly reason: PairingFailure; readonly slip: Slip | null }
  | { readonly kind: 'ready'; readonly code: string };

const REASONS = {
  malformed: 'code-malformed',
  mistyped: 'code-mistyped',
  expired: 'code-expired',
  'other-purpose': 'code-other-purpose',
  'newer-version': 'code-newer-version',
} as const satisfies Record<string, PairingFailure>;

/**
 * Checks what was typed so far; a slip is named as soon as the last character stands.
 *
 * `nowMs` is the wall time of this device. Errors: none thrown; a wrong code is a value.
 */
export const readTypedCode = (given: string, nowMs: number): TypedCode => {
  const code = normaliseCode(given);
  const parsed = parseEnteredCode(code, nowMs);
  if (parsed.ok) return { kind: 'ready', code };
  const { error } = parsed;
  const need = code.length <= SHORT_MAX ? SHORT_CODE_CHARACTERS : CODE_CHARACTERS;
  if (code.length < need && error.kind !== 'newer-version') {
    return { kind: 'partial', have: code.length, need };
  }
  const slip = error.kind === 'mistyped' && 'slip' in error ? error.slip : null;
  return { kind: 'wrong', reason: REASONS[error.kind], slip };
};

/** Where a place of a short code stands on the screen: its group and its place in it, from 1. */
export const placeInGroup = (at: number): { readonly group: number; readonly place: number } => ({
  group: Math.ceil(at / SHORT_GROUP_CHARACTERS),
  place: ((at - 1) % SHORT_GROUP_CHARACTERS) + 1,
});
