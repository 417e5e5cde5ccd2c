import type { Cipher } from '../ports/cipher.js';
import { plainBytes } from './own-bytes.js';
import { createWebCryptoAes } from './webcrypto-aes.js';

const NOTHING = new Uint8Array(0);

/** The browser's own AES-GCM and SHA-256, which work beside the page's thread. */
export const createWebCryptoCipher = (subtle: SubtleCrypto = crypto.subtle): Cipher => {
  const aes = createWebCryptoAes(subtle);
  return {
    encrypt: (key, nonce, plaintext) => aes.encrypt(key, nonce, plaintext, NOTHING),
    decrypt: (key, nonce, ciphertext) => aes.decrypt(key, nonce, ciphertext, NOTHING),
    digest: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', plainBytes(bytes))),
  };
};
