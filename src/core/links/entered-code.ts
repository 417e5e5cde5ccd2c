import { ok, type Result } from '../base/result.js';
import { codeCharacters } from './code-letters.js';
import {
  OFFLINE_CHARACTERS_MIN,
  parseOfflineOffer,
  type OfflineCodeError,
  type OfflineOffer,
} from './offline-code.js';
import { parsePairingCode, type PairingCode, type PairingCodeError } from './pairing-code.js';
import { isShort, parseShortCode, type ShortCode, type ShortCodeError } from './short-code.js';

/** A code that a newcomer scanned, pasted or typed. */
export type EnteredCode =
  | { readonly kind: 'long'; readonly code: PairingCode }
  | { readonly kind: 'short'; readonly code: ShortCode }
  /** The first of two codes that need no network. */
  | { readonly kind: 'offline'; readonly code: OfflineOffer };

/**
 * Reads whichever code this is, by its length. Never throws.
 *
 * Errors: those of the code that it is most like.
 */
export const parseEnteredCode = (
  text: string,
  nowMs: number,
): Result<EnteredCode, PairingCodeError | ShortCodeError | OfflineCodeError> => {
  if (isShort(text)) {
    const short = parseShortCode(text);
    return short.ok ? ok({ kind: 'short', code: short.value }) : short;
  }
  if (codeCharacters(text).length >= OFFLINE_CHARACTERS_MIN) {
    const offer = parseOfflineOffer(text, nowMs);
    return offer.ok ? ok({ kind: 'offline', code: offer.value }) : offer;
  }
  const long = parsePairingCode(text, nowMs);
  return long.ok ? ok({ kind: 'long', code: long.value }) : long;
};
