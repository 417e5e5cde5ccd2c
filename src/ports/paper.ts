import type { DeviceKeys } from './keys.js';

/** What it takes to use a key that lives on paper or in a file, never on a device (rule A5). */
export interface PaperKeys {
  /**
   * The 2048 words in their order. They are fetched when first asked for, and with them all that
   * the rest of this needs: rejects when that fails.
   */
  readonly wordList: () => Promise<readonly string[]>;
  /** The keys that a seed of 32 bytes gives: in memory, for one use. Ask for the words first. */
  readonly keysOf: (seed: Uint8Array) => Promise<DeviceKeys>;
  /** 32 bytes that take a good part of a second to compute, so that guesses are dear. */
  readonly slowHash: (text: string, salt: Uint8Array) => Promise<Uint8Array>;
}
