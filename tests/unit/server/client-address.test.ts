import { describe, expect, it } from 'vitest';
import { networkOf } from '../../../src/server/client-address.js';
import { createRateBucket } from '../../../src/server/rate-bucket.js';

describe('client addresses and rates', () => {
  it('[N4] an IPv6 address counts by its first half, however it is written', () => {
    expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2');
    expect(networkOf('2001:db8:1:2::6')).toBe('2001:db8:1:2');
    expect(networkOf('2001:db8::6')).toBe('2001:db8:0:0');
    expect(networkOf('::1')).toBe('0:0:0:0');
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
    expect(networkOf('::ffff:10.0.0.7')).toBe('10.0.0.7');
    expect(networkOf('10.0.0.7')).toBe('10.0.0.7');
  });

  it('[N4] a bucket gives its burst, then its rate, and never more than its burst', () => {
    const bucket = createRateBucket(10, 3);
    const take = (nowMs: number, count: number): number =>
      Array.from({ length: count }, () => bucket.take(nowMs)).filter(Boolean).length;
    expect(take(0, 5)).toBe(3);
    expect(take(99, 1)).toBe(0);
    expect(take(100, 2)).toBe(1);
    expect(take(60_000, 9)).toBe(3);
    expect(take(0, 1)).toBe(0);
  });
});
