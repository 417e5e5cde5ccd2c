import { gcm } from '@noble/ciphers/aes.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { assert } from '../../core/base/result.js';
import type { DeviceKeys, KeyStorage, KeyVault } from '../../ports/keys.js';
import type { AesGcm } from '../sealing.js';
import { createSeededKeys, secretsOfSeed } from '../seeded-keys.js';
import { createSeededRandomness } from './seeded-randomness.js';

/** AES-256-GCM in JavaScript, the same in Node and in browsers. */
export const nobleAes: AesGcm = {
  encrypt: async (key, nonce, plaintext, associated) =>
    gcm(key, nonce, associated).encrypt(plaintext),
  decrypt: async (key, nonce, ciphertext, associated) => {
    try {
      return gcm(key, nonce, associated).decrypt(ciphertext);
    } catch {
      return null;
    }
  },
};

/**
 * Keys that a word decides: equal seeds give equal keys, signatures and envelopes. FOR TESTS ONLY.
 */
export const createMemoryKeys = (seed: string, storage: KeyStorage = 'soft'): DeviceKeys =>
  createSeededKeys(secretsOfSeed(sha256(utf8ToBytes(seed))), {
    storage,
    randomness: createSeededRandomness(`${seed}/envelopes`),
    aes: nobleAes,
  });

/**
 * A vault in memory whose first keys are those of `seed`, FOR TESTS ONLY.
 *
 * Keys that are made after an erasure are others. Errors: create throws while there are keys.
 */
export const createMemoryVault = (seed: string): KeyVault => {
  let keys: DeviceKeys | null = null;
  let made = 0;
  return {
    load: async () => keys,
    create: async () => {
      assert(keys === null, 'keys are never replaced');
      keys = createMemoryKeys(made === 0 ? seed : `${seed}/${made}`);
      made += 1;
      return keys;
    },
    erase: async () => {
      keys = null;
    },
  };
};
