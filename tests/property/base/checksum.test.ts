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

  test('[F9] stays what it was: rows were sealed with it before', () => {
    const row = Uint8Array.from({ length: 300 }, (_, at) => (at * 2_654_435_761) >>> 13);
    const sums = [1, 3, 4, 300].map((end) => checksumOf(row.subarray(1, end)));
    expect(sums).toEqual([
      ...['f1a37aace7f87839', '03dc01d71c9fa3e3', '1520fe4ceeb6770b', 'bf9f0e1c42e05182'],
    ]);
    expect(checksumOf(row)).toBe('0de3e4710d8a49f3');
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
