import type { BaseId, SessionId } from '../base/brands.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf, hexToBytes } from '../base/hash.js';

/**
 * The carrier's number for a session in the document of one base (rule F10): the first 53 bits of
 * the hash of both, so that every replica writes the same document.
 */
export const carrierClientId = (base: BaseId, session: SessionId): number => {
  const digits = hashOf<string>(DOMAINS.client, [hexToBytes(base), hexToBytes(session)]);
  const first32 = parseInt(digits.slice(0, 8), 16);
  const next21 = parseInt(digits.slice(8, 14), 16) >>> 3;
  return first32 * 2 ** 21 + next21;
};
