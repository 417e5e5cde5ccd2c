/** Encrypts and hashes files, away from the thread that shows things where there is another. */
export interface Cipher {
  /** AES-256-GCM: ciphertext and a tag of 16 bytes. A nonce of 12 bytes serves once under a key. */
  readonly encrypt: (
    key: Uint8Array,
    nonce: Uint8Array,
    plaintext: Uint8Array,
  ) => Promise<Uint8Array>;
  /** Null when key, nonce and ciphertext do not belong together. */
  readonly decrypt: (
    key: Uint8Array,
    nonce: Uint8Array,
    ciphertext: Uint8Array,
  ) => Promise<Uint8Array | null>;
  /** SHA-256. */
  readonly digest: (bytes: Uint8Array) => Promise<Uint8Array>;
}
