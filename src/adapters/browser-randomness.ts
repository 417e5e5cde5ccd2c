import { assert } from '../core/base/result.js';
import type { Randomness } from '../ports/randomness.js';

/** What one call of getRandomValues gives at most. Source: Web Cryptography API, section 10.1.1. */
const RANDOM_BYTES_MAX = 65_536;

/** The browser's (and Node's) cryptographic generator. Throws on a length out of 0 to 65,536. */
export const createBrowserRandomness = (): Randomness => ({
  bytes: (length) => {
    assert(
      Number.isInteger(length) && length >= 0 && length <= RANDOM_BYTES_MAX,
      'random bytes are drawn 0 to 65,536 at a time',
    );
    return crypto.getRandomValues(new Uint8Array(length));
  },
});
