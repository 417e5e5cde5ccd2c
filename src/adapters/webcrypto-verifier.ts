import type { DeviceId } from '../core/base/brands.js';
import type { SignatureCheck, Verifier } from '../ports/verifier.js';
import { encodedCheck } from './ed25519-encoding.js';
import { ownBytes } from './own-bytes.js';

/** How many verifications run at a time; more only queue up in the browser. */
const CHECKS_AT_ONCE_MAX = 64;
/** How many imported keys are kept; an account has at most 16 members, retired ones beside. */
const IMPORTED_KEYS_MAX = 256;

/**
 * Verifies with the browser's own Ed25519.
 *
 * What browsers are known to disagree about is refused before they see it. Only createVerifier
 * decides whether this one may be used: it must first pass the self-test.
 * Source: rule F4; Web Cryptography API, section Ed25519.
 */
export const createWebCryptoVerifier = (subtle: SubtleCrypto = crypto.subtle): Verifier => {
  const importKey = createKeyCache(subtle);
  return {
    verify: async (checks) => {
      const answers = new Array<boolean>(checks.length).fill(false);
      const pending = checks.entries();
      const runLane = async (): Promise<void> => {
        for (const [index, check] of pending) {
          answers[index] = await isGenuine(subtle, importKey, check);
        }
      };
      const lanes = Math.min(CHECKS_AT_ONCE_MAX, checks.length);
      await Promise.all(Array.from({ length: lanes }, runLane));
      return answers;
    },
  };
};

type ImportKey = (id: DeviceId, bytes: Uint8Array) => Promise<CryptoKey>;

/** Imports each key once; the key that was imported first leaves when there are too many. */
const createKeyCache = (subtle: SubtleCrypto): ImportKey => {
  const keyById = new Map<DeviceId, Promise<CryptoKey>>();
  return (id, bytes) => {
    const known = keyById.get(id);
    if (known !== undefined) return known;
    const key = subtle.importKey('raw', ownBytes(bytes), 'Ed25519', false, ['verify']);
    keyById.set(id, key);
    const oldest = keyById.keys().next();
    if (keyById.size > IMPORTED_KEYS_MAX && oldest.done !== true) keyById.delete(oldest.value);
    return key;
  };
};

const isGenuine = async (
  subtle: SubtleCrypto,
  importKey: ImportKey,
  check: SignatureCheck,
): Promise<boolean> => {
  const parts = encodedCheck(check);
  if (parts === null) return false;
  try {
    const key = await importKey(check.key, parts.key);
    const { signature, message } = check;
    return await subtle.verify('Ed25519', key, ownBytes(signature), ownBytes(message));
  } catch {
    // The key is no point of the curve.
    return false;
  }
};
