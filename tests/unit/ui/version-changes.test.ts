import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  stepsToDays,
  versionsToSteps as stepsAt,
} from '../../../src/ui/screens/records/version-changes.js';
import type { RecordVersionView } from '../../../src/replica/records/record-history.js';
import { dayKeyOf, dayName } from '../../../src/ui/words/day-name.js';
import { en } from '../../../src/ui/words/en.js';
import { DAY_MS, HOUR_MS, NOW_MS, versions } from '../../browser/fixtures/sample-parts.js';

const versionsToSteps = (all: readonly RecordVersionView[]) => stepsAt(all, NOW_MS);
const [sample] = versions;
const writtenAt = (...times: readonly number[]): readonly RecordVersionView[] =>
  sample === undefined ? [] : times.map((atMs) => ({ ...sample, atMs }));

describe('[P1] how a record came to be', () => {
  it('[P1] the newest stands first, with what it changed', () => {
    const [now, before, kept] = versionsToSteps(versions);
    expect(now).toMatchObject({ isNow: true, hasOtherText: true, labelsAdded: ['winter'] });
    expect(before).toMatchObject({ isNow: false, labelsAdded: [], titleBefore: null });
    expect(kept).toMatchObject({ hasOtherText: true, labelsAdded: [], labelsTaken: [] });
  });

  it('[P1] a change of nothing that is shown here is said to be one of files or of the day', () => {
    const [first] = versions;
    if (first === undefined) throw new Error('there is one');
    const same = { ...first, kind: 'edited' } as const;
    const all = [{ ...first, kind: 'created' } as const, same, { ...same, text: 'other' }];
    expect(versionsToSteps(all).map(({ isElsewhere }) => isElsewhere)).toEqual([
      ...[false, true, false],
    ]);
  });

  it('[P1] another title and a label taken off are told', () => {
    const [first] = versions;
    if (first === undefined) throw new Error('there is one');
    const steps = versionsToSteps([first, { ...first, title: 'Heating', labels: [] }]);
    expect(steps[0]).toMatchObject({
      titleBefore: first.title,
      hasOtherText: false,
      labelsTaken: ['home'],
    });
  });
});

describe('[P1, F7] when a record was changed', () => {
  it('[P1] days stand newest first, each with all that follows one another on it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 12 }), (hours) => {
        const all = writtenAt(...hours.map((ago) => NOW_MS - ago * HOUR_MS));
        const steps = stepsAt(all, NOW_MS);
        const days = stepsToDays(steps);
        expect(days.flatMap((day) => day.steps)).toEqual(steps);
        for (const [at, { atMs, steps: those }] of days.entries()) {
          const keys = those.map(({ version }) => dayKeyOf(version.atMs));
          expect(new Set(keys)).toEqual(new Set([dayKeyOf(atMs)]));
          const next = days[at + 1];
          if (next !== undefined) expect(dayKeyOf(next.atMs)).not.toBe(dayKeyOf(atMs));
        }
      }),
    );
  });

  it('[P1] a day is named as people name it', () => {
    const named = [0, 1, 2, 400].map((ago) => dayName(en, NOW_MS - ago * DAY_MS, NOW_MS));
    expect(named).toEqual(['Today', 'Yesterday', '19 November', '17 October 2025']);
  });

  it('[F7] clocks that agree with the order are believed, whatever the distances', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10 * DAY_MS), { maxLength: 10 }), (ages) => {
        const times = ages.sort((a, b) => b - a).map((age) => NOW_MS - age);
        const steps = stepsAt(writtenAt(...times), NOW_MS);
        expect(steps.filter(({ isTimeDoubtful }) => isTimeDoubtful)).toEqual([]);
      }),
    );
  });

  it('[F7] a time at odds with the order, or yet to come, is said to be doubtful', () => {
    const doubts = (...times: readonly number[]) =>
      stepsAt(writtenAt(...times), NOW_MS).map(({ isTimeDoubtful }) => isTimeDoubtful);
    expect(doubts(NOW_MS + DAY_MS)).toEqual([true]);
    expect(doubts(NOW_MS - HOUR_MS, NOW_MS - DAY_MS)).toEqual([true, true]);
    expect(doubts(NOW_MS - DAY_MS, NOW_MS + DAY_MS, NOW_MS)).toEqual([true, true, false]);
  });
});
