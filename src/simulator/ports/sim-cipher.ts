import { gcm } from '@noble/ciphers/aes.js';
import { sha256 } from '../../core/base/hash.js';
import type { Cipher } from '../../ports/cipher.js';

/** Files are encrypted as everywhere; it takes no time of the simulated clock. */
export const createSimCipher = (): Cipher => ({
  encrypt: async (key, nonce, plaintext) => gcm(key, nonce).encrypt(plaintext),
  decrypt: async (key, nonce, ciphertext) => {
    try {
      return gcm(key, nonce).decrypt(ciphertext);
    } catch {
      return null;
    }
  },
  digest: async (bytes) => sha256(bytes),
});
