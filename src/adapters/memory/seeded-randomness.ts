import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { assert } from '../../core/base/result.js';
import type { Randomness } from '../../ports/randomness.js';

/**
 * Bytes that one seed decides. FOR TESTS ONLY: who knows the seed knows every key.
 *
 * The stream is SHA-256(seed ‖ counter), block after block; equal seeds give equal streams, however
 * the stream is cut into calls of whole lengths. Throws on a length out of 0 to 65,536.
 */
export const createSeededRandomness = (seed: string): Randomness => {
  let block: Uint8Array = new Uint8Array(0);
  let used = 0;
  let blocks = 0;
  return {
    bytes: (length) => {
      assert(
        Number.isInteger(length) && length >= 0 && length <= 65_536,
        'random bytes are drawn 0 to 65,536 at a time',
      );
      const out = new Uint8Array(length);
      for (let at = 0; at < length; at += 1) {
        if (used === block.length) {
          block = sha256(utf8ToBytes(`${seed}/${blocks++}`));
          used = 0;
        }
        out[at] = block[used++] ?? 0;
      }
      return out;
    },
  };
};
