import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksumOf, createChecksum } from '../../../src/core/base/checksum.js';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });

describe('the sum of rows of our own', () => {
  test('[F9] changes with every bit that turns, and with nothing else', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(7), (row, place, bit) => {
        const turned = row.slice();
        const at = place % row.length;
        turned[at] = (turned[at] ?? 0) ^ (1 << bit);
        expect(checksumOf(turned)).not.toBe(checksumOf(row));
        expect(checksumOf(row.slice())).toBe(checksumOf(row));
      }),
    );
  });

  test('[F9] tells where one piece ends and the next begins', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (row, place) => {
        const at = place % row.length;
        const sum = createChecksum();
        sum.add(row.subarray(0, at));
        sum.add(row.subarray(at));
        expect(sum.value()).not.toBe(checksumOf(row));
        expect(sum.value()).toMatch(/^[0-9a-f]{16}$/);
      }),
    );
  });
});
