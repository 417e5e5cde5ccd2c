import {
  CODE_CHARACTERS,
  pairingFragment,
  parsePairingCode,
} from '../../../core/links/pairing-code.js';
import type { PairingFailure } from '../../../replica/view.js';

/** How groups are shown, as on the screen that gives the code. */
const GROUP_CHARACTERS = 5;
/** What stands between groups in print, in messages and after copying. */
const NOISE = /[\s\p{Dash}\p{Cf}._,;:'"“”„<>()[\]]+/gu;
const LINK = /^.*join\/([^/?#]*)/is;

/** The bare characters of a code: a link loses its address, separators go, letters are capitals. */
export const normaliseCode = (given: string): string =>
  (LINK.exec(given)?.[1] ?? given).normalize('NFKC').toUpperCase().replace(NOISE, '');

/** A code in groups of five, as it is typed, pasted or scanned. */
export const groupCode = (given: string): string =>
  normaliseCode(given)
    .match(new RegExp(`.{1,${GROUP_CHARACTERS}}`, 'gu'))
    ?.join(' ') ?? '';

/**
 * The app's own address with a code in it: any camera that reads it opens the app with the code.
 */
export const codeToLink = (code: string, appUrl: string): string =>
  new URL(pairingFragment(LINK.exec(code)?.[1] ?? code), appUrl.replace(/[?#].*$/su, '')).href;

/** What is known of a code before it is used. */
export type TypedCode =
  | { readonly kind: 'partial'; readonly have: number; readonly need: number }
  | { readonly kind: 'wrong'; readonly reason: PairingFailure }
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
  const parsed = parsePairingCode(code, nowMs);
  if (parsed.ok) return { kind: 'ready', code };
  const isNewer = parsed.error.kind === 'newer-version';
  if (code.length < CODE_CHARACTERS && !isNewer) {
    return { kind: 'partial', have: code.length, need: CODE_CHARACTERS };
  }
  return { kind: 'wrong', reason: REASONS[parsed.error.kind] };
};
