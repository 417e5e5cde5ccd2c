import type { PaperKeys } from '../ports/paper.js';
import type { Randomness } from '../ports/randomness.js';
import { ownBytes } from './own-bytes.js';
import { createSeededKeys, secretsOfSeed } from './seeded-keys.js';
import { createWebCryptoAes } from './webcrypto-aes.js';

/** Rounds of PBKDF2 with SHA-256: a third of a second on a phone of the year 2024. */
export const SLOW_ROUNDS = 600_000;

/**
 * Keys of paper by WebCrypto, and the English words of BIP 39, fetched when they are needed.
 *
 * Source: rule A5; OWASP Password Storage Cheat Sheet (2023) for the rounds.
 */
export const createPaperKeys = (
  randomness: Randomness,
  rounds: number = SLOW_ROUNDS,
  subtle: SubtleCrypto = crypto.subtle,
): PaperKeys => ({
  wordList: async () => (await import('@scure/bip39/wordlists/english.js')).wordlist,
  keysOf: async (seed) => {
    const parts = { storage: 'paper', randomness, aes: createWebCryptoAes(subtle) } as const;
    return createSeededKeys(secretsOfSeed(seed), parts);
  },
  slowHash: async (text, salt) => {
    const bytes = new TextEncoder().encode(text);
    const key = await subtle.importKey('raw', bytes, 'PBKDF2', false, ['deriveBits']);
    const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt: ownBytes(salt) };
    const bits = await subtle.deriveBits({ ...parameters, iterations: rounds }, key, 256);
    return new Uint8Array(bits);
  },
});
