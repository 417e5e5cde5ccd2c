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

  // Source: NIST, examples of FIPS 180-4 and CAVP SHA256ShortMsg.
  test.each([
    ['nothing', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['24 bits', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['8 bits', '\xd3', '28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1'],
    [
      '448 bits',
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    [
      '896 bits',
      'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn' +
        'hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
      'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
    ],
    [
      'a million times a',
      'a'.repeat(1_000_000),
      'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
    ],
  ])('[F1] the hash of %s is that of the standard', (_name, text, hash) => {
    const bytes = Uint8Array.from(text, (unit) => unit.charCodeAt(0));
    expect(bytesToHex(sha256(bytes))).toBe(hash);
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
