import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  CRITICAL_CHECKS,
  type CheckResult,
  type HealthReport,
  blamedIn,
  contradictionOf,
  mayTryAgain,
} from '../../../src/core/health/checks.js';
import { DEGRADING_CHECKS, clockSkewOf } from '../../../src/core/health/wider-checks.js';

const DEGRADING: readonly string[] = DEGRADING_CHECKS;
const result = (name: CheckResult['name']): fc.Arbitrary<CheckResult> =>
  fc.record({
    name: fc.constant(name),
    isCritical: fc.constant(!DEGRADING.includes(name)),
    grade: fc.constantFrom('good', 'failed', 'timed-out'),
    cause: fc.constant(null),
    attempts: fc.nat(31),
    durationMs: fc.nat(300_000),
  });
const report: fc.Arbitrary<HealthReport> = fc.record({
  atMs: fc.nat(),
  results: fc.tuple(...[...CRITICAL_CHECKS, ...DEGRADING_CHECKS].map(result)),
});
const gradeIn = ({ results }: HealthReport, name: string): string | undefined =>
  results.find((each) => each.name === name)?.grade;

describe('blame', () => {
  test.prop([report, report, fc.boolean()])(
    '[H2] is for what was well before and is not now, and for nothing that it works without',
    (before, now, isOnTrial) => {
      const blamed = blamedIn(before, now, isOnTrial).map(({ name }) => name);
      expect(blamed.filter((name) => DEGRADING.includes(name))).toEqual([]);
      for (const name of CRITICAL_CHECKS) {
        const isNew = gradeIn(before, name) === 'good' && gradeIn(now, name) !== 'good';
        const isOfDevice = name === 'store' || name === 'room';
        expect(blamed.includes(name)).toBe(isNew && (isOnTrial || !isOfDevice));
      }
    },
  );

  test.prop([report])('[H2] without a look before a switch, all of it is', (now) => {
    const bad = now.results.filter((each) => each.isCritical && each.grade !== 'good');
    expect(blamedIn(null, now, true)).toEqual(bad);
    expect(blamedIn(now, now, true)).toEqual([]);
  });
});

describe('patience', () => {
  const policy = fc.record({
    timeoutMs: fc.integer({ min: 1, max: 600_000 }),
    intervalMs: fc.nat(60_000),
    retries: fc.nat(40),
  });
  test.prop([policy])('[H1] ends, by attempts or by time, and never beyond it', (each) => {
    let [attempts, elapsedMs] = [1, 0];
    while (mayTryAgain(each, attempts, elapsedMs)) {
      attempts += 1;
      elapsedMs += each.intervalMs;
      expect(elapsedMs).toBeLessThan(each.timeoutMs);
    }
    expect(attempts).toBeLessThanOrEqual(each.retries + 1);
  });
});

describe('clocks', () => {
  const ahead = fc.array(fc.integer({ min: -86_400_000, max: 86_400_000 }), { maxLength: 9 });
  test.prop([ahead])('[H1] differ where they do from more than half of the others', (aheadMs) => {
    const limitMs = Math.abs(clockSkewOf(aheadMs));
    const within = aheadMs.filter((each) => Math.abs(each) <= limitMs).length;
    const below = aheadMs.filter((each) => Math.abs(each) < limitMs).length;
    expect(within * 2).toBeGreaterThanOrEqual(aheadMs.length);
    expect(below * 2).toBeLessThanOrEqual(aheadMs.length);
  });
});

describe('marks', () => {
  const text = fc.constantFrom('a', 'b');
  const mark = fc.option(
    fc.record({
      ...{ base: text, factSet: text, digest: text },
      fold: fc.constantFrom(1, 2),
    }),
  );
  test.prop([mark, mark])('[H1] contradict only about the same journal', (before, now) => {
    const isSame =
      before !== null &&
      now !== null &&
      before.base === now.base &&
      before.factSet === now.factSet &&
      before.fold === now.fold;
    const found = contradictionOf(before, now);
    expect(found !== null).toBe(isSame && before.digest !== now.digest);
  });
});
