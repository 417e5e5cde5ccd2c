import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceId, Hash } from '../../../src/core/base/brands.js';
import { countedApprovals, isForeignCode } from '../../../src/core/ceremonies/agreed-code.js';
import type { Approval } from '../../../src/core/ceremonies/ceremony.js';

const root = fc.constantFrom('a', 'b', 'c', 'd') as unknown as fc.Arbitrary<Hash>;
const device = fc.constantFrom('1', '2', '3', '4', '5') as unknown as fc.Arbitrary<DeviceId>;
const approval = fc.option(root).map((bundle): Approval => {
  return { bundle, signature: new Uint8Array(64), comment: '', wallMs: null };
});
const approvals = fc
  .array(fc.tuple(device, approval))
  .map((all): ReadonlyMap<DeviceId, Approval> => new Map(all));
const roots = fc.array(root).map((all): ReadonlySet<Hash> => new Set(all));

describe('yeses that count', () => {
  it('[C7] without the rule all do; with it those on agreed code, or on none that they name', () => {
    fc.assert(
      fc.property(approvals, roots, (approvals, agreed) => {
        expect(countedApprovals({ approvals }, { isRequired: false, agreed })).toEqual(approvals);
        const counted = countedApprovals({ approvals }, { isRequired: true, agreed });
        for (const [by, each] of approvals) {
          const isAgreed = each.bundle === null || [...agreed].some((one) => one === each.bundle);
          expect(counted.get(by)).toEqual(isAgreed ? each : undefined);
          expect(isForeignCode(each.bundle, agreed)).toBe(!isAgreed);
        }
        expect(counted.size).toBeLessThanOrEqual(approvals.size);
      }),
    );
  });

  it('[C7, C10] more agreed code never takes a yes away', () => {
    fc.assert(
      fc.property(approvals, roots, roots, (approvals, agreed, more) => {
        const few = countedApprovals({ approvals }, { isRequired: true, agreed });
        const wider = { isRequired: true, agreed: new Set([...agreed, ...more]) };
        const many = countedApprovals({ approvals }, wider);
        for (const by of few.keys()) expect(many.has(by)).toBe(true);
      }),
    );
  });
});
