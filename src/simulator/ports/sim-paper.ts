import { bytesToHex, sha256 } from '../../core/base/hash.js';
import { WORD_LIST_LENGTH } from '../../core/authority/recovery-key.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { PaperKeys } from '../../ports/paper.js';

/** Keys of paper for a simulation: words that are numbers, and hashes that are not slow. */
export const createSimPaper = (keysOf: (name: string) => DeviceKeys): PaperKeys => ({
  wordList: async () => WORDS,
  keysOf: async (seed) => keysOf(`paper/${bytesToHex(seed)}`),
  slowHash: async (text, salt) =>
    sha256(new Uint8Array([...salt, ...new TextEncoder().encode(text)])),
});

/** No digit, since typed words hold none, and no two that start alike. */
const WORDS = Array.from({ length: WORD_LIST_LENGTH }, (_, index) =>
  [...String(index).padStart(4, '0')].map((digit) => 'abcdefghij'[Number(digit)]).join(''),
);
