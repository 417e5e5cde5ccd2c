import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeviceId, StatementHash } from '../../../src/core/base/brands.js';
import { askedOf } from '../../../src/core/ceremonies/asking-cap.js';

interface Open {
  readonly statement: StatementHash;
  readonly heldBy: ReadonlySet<DeviceId>;
}
const devices = ['alice', 'bob', 'carol', 'mallory'] as unknown as readonly DeviceId[];
const nameOf = (index: number): StatementHash => `decision ${index}` as StatementHash;

/** Open decisions in the order of their facts, each put forward by one device or several. */
const decisions: fc.Arbitrary<readonly Open[]> = fc
  .array(fc.uniqueArray(fc.constantFrom(...devices), { minLength: 1 }), { maxLength: 40 })
  .map((all) => all.map((heldBy, at) => ({ statement: nameOf(at), heldBy: new Set(heldBy) })));
const most = fc.integer({ min: 1, max: 6 });

describe('the cap of proposals per proposer', () => {
  test('[P5, F13] nobody has more than so many asked about by its own word alone', () => {
    fc.assert(
      fc.property(decisions, most, (open, max) => {
        const asked = askedOf(open, max);
        for (const device of devices) {
          const alone = open.filter(({ heldBy }) => heldBy.size === 1 && heldBy.has(device));
          const count = alone.filter(({ statement }) => asked.has(statement)).length;
          expect(count).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  test('[P5, F13] what is left out was put forward by those alone who fill their number', () => {
    fc.assert(
      fc.property(decisions, most, (open, max) => {
        const asked = askedOf(open, max);
        const countOf = (device: DeviceId): number =>
          open.filter(({ statement, heldBy }) => asked.has(statement) && heldBy.has(device)).length;
        for (const { statement, heldBy } of open) {
          if (asked.has(statement)) continue;
          for (const device of heldBy) expect(countOf(device)).toBeGreaterThanOrEqual(max);
        }
      }),
    );
  });

  test('[P5, F13] later proposals take nothing away, and others’ proposals change nothing of mine', () => {
    fc.assert(
      fc.property(decisions, most, fc.nat(40), (open, max, cut) => {
        const asked = askedOf(open, max);
        const before = open.slice(0, cut);
        const known = new Set(before.map(({ statement }) => statement));
        expect(new Set([...asked].filter((each) => known.has(each)))).toEqual(askedOf(before, max));
        const isMine = ({ heldBy }: Open): boolean => heldBy.has(devices[0] as DeviceId);
        const apart = open.filter((each) => isMine(each) === (each.heldBy.size === 1));
        const mine = apart.filter(isMine);
        const ofMine = mine.filter(({ statement }) => askedOf(apart, max).has(statement));
        expect(new Set(ofMine.map(({ statement }) => statement))).toEqual(askedOf(mine, max));
      }),
    );
  });
});
