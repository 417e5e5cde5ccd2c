import { test as propertyTest, fc } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { type DeviceId, brandHex } from '../../../src/core/base/brands.js';
import { type Giver, planRequests } from '../../../src/core/blobs/fetch-plan.js';

const device = (number: number): DeviceId =>
  brandHex<DeviceId>(number.toString(16).padStart(64, '0'));
const chunks = fc.uniqueArray(fc.nat(20), { maxLength: 20 });
const givers = fc
  .array(fc.record({ has: chunks, askedCount: fc.nat(5) }), { maxLength: 5 })
  .map((all) =>
    all.map(({ has, askedCount }, at): Giver => ({
      device: device(at),
      chunks: new Set(has),
      askedCount,
    })),
  );

describe('whom chunks are asked of', () => {
  propertyTest.prop([chunks, givers, fc.integer({ min: 1, max: 6 }), fc.nat(20)])(
    '[N7, N8] each missing chunk once, of one who has it, nobody for more than a window, nothing left that could be asked',
    (given, all, askedMax, first) => {
      const missing = [...given].sort((a, b) => a - b);
      const plan = planRequests(missing, all, askedMax, first);
      const asked = new Map(all.map((each) => [each.device, each.askedCount]));
      for (const { device: whom, chunk } of plan) {
        const giver = all.find((each) => each.device === whom);
        expect(missing).toContain(chunk);
        expect(giver?.chunks.has(chunk)).toBe(true);
        const least = Math.min(
          ...all
            .filter((each) => each.chunks.has(chunk))
            .map((each) => asked.get(each.device) ?? 0),
        );
        expect(asked.get(whom)).toBe(least);
        expect(least).toBeLessThan(askedMax);
        asked.set(whom, least + 1);
      }
      const planned = new Set(plan.map(({ chunk }) => chunk));
      expect(planned.size).toBe(plan.length);
      for (const chunk of missing) {
        if (planned.has(chunk)) continue;
        const able = all.filter((each) => each.chunks.has(chunk));
        expect(able.every((each) => (asked.get(each.device) ?? 0) >= askedMax)).toBe(true);
      }
    },
  );
});
