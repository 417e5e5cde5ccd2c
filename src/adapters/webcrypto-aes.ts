import type { AesGcm } from './sealing.js';
import { ownBytes } from './own-bytes.js';

/** AES-256-GCM by the browser. Source: Web Cryptography API, section AES-GCM; tags of 16 bytes. */
export const createWebCryptoAes = (subtle: SubtleCrypto = crypto.subtle): AesGcm => ({
  encrypt: async (key, nonce, plaintext, associated) => {
    const imported = await importKey(subtle, key, 'encrypt');
    const ciphertext = await subtle.encrypt(
      { name: 'AES-GCM', iv: ownBytes(nonce), additionalData: ownBytes(associated) },
      imported,
      ownBytes(plaintext),
    );
    return new Uint8Array(ciphertext);
  },
  decrypt: async (key, nonce, ciphertext, associated) => {
    const imported = await importKey(subtle, key, 'decrypt');
    const algorithm = {
      name: 'AES-GCM',
      iv: ownBytes(nonce),
      additionalData: ownBytes(associated),
    };
    return subtle.decrypt(algorithm, imported, ownBytes(ciphertext)).then(
      (plaintext) => new Uint8Array(plaintext),
      () => null,
    );
  },
});

const importKey = (
  subtle: SubtleCrypto,
  key: Uint8Array,
  use: 'encrypt' | 'decrypt',
): Promise<CryptoKey> => subtle.importKey('raw', ownBytes(key), 'AES-GCM', false, [use]);
