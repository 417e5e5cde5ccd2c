import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { bytesToHex as nobleBytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes, sha256 } from '../../../src/core/base/hash.js';

const anyBytes = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.uint8Array({ maxLength: 400 }),
);

describe('hashes and their text', () => {
  test('[F1] the hash is the one of @noble/hashes, at every length around its blocks', () => {
    for (let length = 0; length <= 300; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 131 + length) % 256);
      expect(sha256(bytes)).toEqual(nobleSha256(bytes));
    }
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(sha256(bytes)).toEqual(nobleSha256(bytes));
      }),
    );
  });

  test('[F1] the hash of a long input, and of a view within a larger buffer', () => {
    const long = Uint8Array.from({ length: 1_000_003 }, (_, index) => (index * 7919) >> 3);
    expect(sha256(long)).toEqual(nobleSha256(long));
    const view = long.subarray(1001, 1400);
    expect(sha256(view)).toEqual(nobleSha256(view));
  });

  test('[F1] bytes become hex and come back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(bytesToHex(bytes)).toBe(nobleBytesToHex(bytes));
        expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes);
        expect(hexToBytes(bytesToHex(bytes).toUpperCase())).toEqual(bytes);
      }),
    );
    const long = Uint8Array.from({ length: 10_001 }, (_, index) => index % 251);
    expect(bytesToHex(long)).toBe(nobleBytesToHex(long));
  });

  test.each(['0', '0g', 'g0', '00zz', ' 0', '0\u0130', '\u01300'])('[F1] %j is no hex', (text) => {
    expect(() => hexToBytes(text)).toThrow();
  });
});
