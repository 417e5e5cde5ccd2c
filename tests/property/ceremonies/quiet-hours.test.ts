import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Call,
  DAY_MINUTES,
  GATHERED_MS,
  type LocalClock,
  type QuietHours,
  isQuietAt,
  parseQuietHours,
  planCalls,
  quietUntilMs,
} from '../../../src/core/ceremonies/quiet-hours.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Around the nights of 2026 on which Berlin changes its clocks, and days between them. */
const START_MS = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 24 * HOUR_MS;

const ZONES = ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns'];
const formatOf = new Map(
  ZONES.map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    }),
  ]),
);
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A wall clock by Intl alone, which the code under test does not use. */
const clockOf =
  (zone: string): LocalClock =>
  (wallMs) => {
    const parts = formatOf.get(zone)?.formatToParts(wallMs) ?? [];
    const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
    const minute = Number(of('hour')) * 60 + Number(of('minute'));
    return { weekday: WEEKDAYS.indexOf(of('weekday')), minute };
  };

const minute = fc.nat(DAY_MINUTES - 1);
const hours: fc.Arbitrary<QuietHours> = fc
  .record({
    fromMinute: minute,
    untilMinute: minute,
    days: fc.uniqueArray(fc.nat(6), { minLength: 1 }).map((days) => days.sort((a, b) => a - b)),
  })
  .filter(({ fromMinute, untilMinute }) => fromMinute !== untilMinute);
const zone = fc.constantFrom(...ZONES);
const wallMs = fc.nat(YEAR_MS).map((after) => START_MS + after);

describe('quiet hours', () => {
  test('[P5] minute by minute of a week they are the spans that begin on their days', () => {
    fc.assert(
      fc.property(hours, (each) => {
        const { fromMinute, untilMinute, days } = each;
        const length = (untilMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES;
        const week = 7 * DAY_MINUTES;
        const covered = new Set(
          days.flatMap((day) =>
            Array.from({ length }, (_, at) => (day * DAY_MINUTES + fromMinute + at) % week),
          ),
        );
        for (let at = 0; at < week; at += 7) {
          const moment = { weekday: Math.floor(at / DAY_MINUTES), minute: at % DAY_MINUTES };
          expect(isQuietAt(each, moment)).toBe(covered.has(at));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('[P5] they end at the first minute on the wall that is not quiet, in every zone', () => {
    fc.assert(
      fc.property(hours, zone, wallMs, (each, name, atMs) => {
        const local = clockOf(name);
        const untilMs = quietUntilMs(each, atMs, local);
        expect(untilMs !== null).toBe(isQuietAt(each, local(atMs)));
        if (untilMs === null) return;
        expect(untilMs).toBeGreaterThan(atMs);
        expect(untilMs % MINUTE_MS).toBe(0);
        expect(isQuietAt(each, local(untilMs))).toBe(false);
        for (let ms = atMs; ms < untilMs; ms += 11 * MINUTE_MS) {
          expect(isQuietAt(each, local(ms))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('[P5] a night on which the clock is changed ends at the hour on the wall', () => {
    const local = clockOf('Europe/Berlin');
    const nightly = { fromMinute: 22 * 60, untilMinute: 7 * 60, days: [0, 1, 2, 3, 4, 5, 6] };
    const lengthOf = (fromMs: number) => (quietUntilMs(nightly, fromMs, local) ?? 0) - fromMs;
    expect(lengthOf(Date.UTC(2026, 2, 27, 21))).toBe(9 * HOUR_MS);
    expect(lengthOf(Date.UTC(2026, 2, 28, 21))).toBe(8 * HOUR_MS);
    expect(lengthOf(Date.UTC(2026, 9, 24, 20))).toBe(10 * HOUR_MS);
  });

  test('[P5] what was set is read back, and nothing else is', () => {
    fc.assert(
      fc.property(hours, (each) => {
        const kept: unknown = JSON.parse(JSON.stringify(each));
        expect(parseQuietHours(kept)).toEqual({ ok: true, value: each });
      }),
    );
    const good = { fromMinute: 1, untilMinute: 2, days: [1] };
    const kindOf = (value: unknown) => {
      const read = parseQuietHours(value);
      return read.ok ? 'ok' : read.error.kind;
    };
    for (const bad of [null, 3, 'x', [], {}, { ...good, fromMinute: 1440 }, { ...good, days: 1 }]) {
      expect(kindOf(bad)).toBe('malformed');
    }
    for (const days of [[7], [-1], ['1'], [0.5]])
      expect(kindOf({ ...good, days })).toBe('malformed');
    expect(kindOf({ ...good, untilMinute: 1 })).toBe('no-span');
    expect(kindOf({ ...good, days: [] })).toBe('no-days');
  });
});

const call = fc.record({
  sinceMs: wallMs,
  lateMs: fc.option(wallMs, { nil: null }),
});
const calls: fc.Arbitrary<readonly Call[]> = fc.array(call, { maxLength: 8 });

describe('what calls a person', () => {
  test('[P5] nothing is lost or told twice; only what would be too late goes through', () => {
    fc.assert(
      fc.property(calls, hours, zone, wallMs, (all, each, name, nowMs) => {
        const plan = planCalls(all, each, nowMs, clockOf(name));
        expect(all.filter((one) => plan.now.includes(one) || plan.held.includes(one))).toEqual(all);
        expect(plan.now.length + plan.held.length).toBe(all.length);
        const { untilMs } = plan;
        if (untilMs === null) expect(plan.held).toEqual([]);
        else {
          for (const { lateMs } of plan.now) expect(lateMs ?? Infinity).toBeLessThan(untilMs);
          for (const { lateMs } of plan.held)
            expect(lateMs ?? untilMs).toBeGreaterThanOrEqual(untilMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('[P5] what was held calls all together at the very end, and is named as such for a while', () => {
    fc.assert(
      fc.property(calls, hours, zone, wallMs, (all, each, name, nowMs) => {
        const local = clockOf(name);
        const { untilMs } = planCalls([], each, nowMs, local);
        fc.pre(untilMs !== null);
        if (untilMs === null) return;
        const arrived = all.map((one) => ({ ...one, sinceMs: nowMs }));
        expect(planCalls(arrived, each, untilMs - 1, local).held.length).toBe(
          arrived.filter(({ lateMs }) => lateMs === null || lateMs >= untilMs).length,
        );
        const after = planCalls(arrived, each, untilMs, local);
        expect(after.now).toEqual(arrived);
        expect(after.gathered).toEqual(arrived);
        const later = planCalls(arrived, each, untilMs + GATHERED_MS, local);
        expect(later.gathered).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('[P5] without hours everything calls at once', () => {
    fc.assert(
      fc.property(calls, wallMs, (all, nowMs) => {
        const plan = planCalls(all, null, nowMs, clockOf('UTC'));
        expect(plan).toEqual({ now: all, held: [], untilMs: null, gathered: [] });
      }),
    );
  });
});
