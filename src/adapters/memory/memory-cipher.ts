import { sha256 } from '../../core/base/hash.js';
import type { Cipher } from '../../ports/cipher.js';
import { nobleAes } from './memory-keys.js';

const NOTHING = new Uint8Array(0);

/** The same bytes as the browser's, in JavaScript: every call is done before another begins. */
export const createMemoryCipher = (): Cipher => ({
  encrypt: (key, nonce, plaintext) => nobleAes.encrypt(key, nonce, plaintext, NOTHING),
  decrypt: (key, nonce, ciphertext) => nobleAes.decrypt(key, nonce, ciphertext, NOTHING),
  digest: async (bytes) => sha256(bytes),
});
