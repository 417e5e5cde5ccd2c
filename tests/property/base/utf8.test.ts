import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUtf8 } from '../../../src/core/base/utf8.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

const decodes = (bytes: Uint8Array): boolean => {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
};

/** Bytes that begin, go on with or bound a character more often than by chance. */
const odd = fc.constantFrom(
  ...[0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf],
  ...[0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
);
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((each) => {
  const wellFormed = each.replace(/[\ud800-\udfff]/g, '');
  return [...new TextEncoder().encode(wellFormed)];
});
const bytes = fc
  .array(fc.oneof(text, fc.array(odd, { maxLength: 5 })), { maxLength: 5 })
  .map((parts) => Uint8Array.from(parts.flat()));

describe('well-formed UTF-8', () => {
  it('[F2] is what a decoder that refuses would decode', () => {
    fc.assert(
      fc.property(bytes, fc.nat(3), (all, skipped) => {
        const from = Math.min(skipped, all.length);
        expect(isUtf8(all, from, all.length)).toBe(decodes(all.subarray(from)));
      }),
      { numRuns: 3_000 },
    );
  });

  it('[F2] of one, two, three and four bytes, each at its bounds', () => {
    const bounds = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
    for (let first = 0; first < 256; first += 1) {
      for (const second of bounds) {
        for (const third of [0x7f, 0x80, 0xbf, 0xc0]) {
          for (const rest of [[], [second], [second, third], [second, third, 0x80]]) {
            const all = Uint8Array.from([first, ...rest]);
            expect(isUtf8(all, 0, all.length), [...all].join()).toBe(decodes(all));
          }
        }
      }
    }
  });
});
