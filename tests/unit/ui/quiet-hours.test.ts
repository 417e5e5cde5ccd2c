import { describe, expect, it } from 'vitest';
import { planCalls } from '../../../src/core/ceremonies/quiet-hours.js';
import { minuteOf, readHours } from '../../../src/ui/screens/quiet/kept-hours.svelte.js';
import { localMoment, viewToCalls } from '../../../src/ui/screens/quiet/home-calls.js';
import { quiet } from '../../../src/ui/words/en/later/quiet.js';
import { MINUTE_MS, NOW_MS, rosterSubject } from '../../browser/fixtures/sample-parts.js';
import { SAMPLE_VIEWS } from '../../browser/fixtures/sample-views.js';

const { weekday, minute } = localMoment(NOW_MS);
/** Hours that cover the moment of the samples, for another hour. */
const hours = { fromMinute: minute, untilMinute: (minute + 60) % 1440, days: [weekday] };

describe('[P5] what calls in quiet hours', () => {
  const view = SAMPLE_VIEWS['needs-me'];
  const [asked] = view.decisions.filter(({ needsMe }) => needsMe);
  if (asked === undefined) throw new Error('the sample asks for something');
  const heldOf = (shown: typeof view): readonly string[] =>
    planCalls(viewToCalls(shown, false), hours, NOW_MS, localMoment).held.map(({ id }) => id);

  it('[P5] a question waits, a clone of a device does not', () => {
    expect(heldOf(view)).toContain(asked.id);
    const alarm = { kind: 'equivocation', device: null, sinceMs: NOW_MS } as const;
    const plan = planCalls(
      viewToCalls({ ...view, problems: [alarm] }, true),
      ...([hours, NOW_MS, localMoment] as const),
    );
    expect(plan.now.map(({ id }) => id)).toEqual(['equivocation']);
    expect(plan.held.map(({ id }) => id)).toContain('newer');
    const away = { kind: 'rendezvous-unreachable', device: null, sinceMs: NOW_MS } as const;
    expect(viewToCalls({ ...view, problems: [away] }, false)).toEqual(viewToCalls(view, false));
  });

  it('[P5, A9] what can be stopped only until then calls, what can be stopped later waits', () => {
    const dangerous = (votesAtMs: number | null, canVeto = true) => ({
      ...view,
      decisions: [
        {
          ...asked,
          subject: rosterSubject({
            danger: {
              ...{ matchNumber: null, needsMatch: true, confirmedAtMs: null },
              ...{ votesAtMs, vetoedBy: null, canVeto },
            },
          }),
        },
      ],
    });
    expect(heldOf(dangerous(NOW_MS + 5 * MINUTE_MS))).toEqual([]);
    expect(heldOf(dangerous(null))).toEqual([]);
    expect(heldOf(dangerous(NOW_MS + 90 * MINUTE_MS))).toEqual([asked.id]);
    expect(heldOf(dangerous(NOW_MS + 5 * MINUTE_MS, false))).toEqual([asked.id]);
  });
});

describe('[P5] quiet hours as they are kept and told', () => {
  it('[P5] what cannot be read is none', () => {
    expect(readHours(JSON.stringify(hours))).toEqual(hours);
    for (const text of [null, '', '{', '[]', '{"fromMinute":1}'])
      expect(readHours(text)).toBeNull();
    expect([minuteOf('07:05'), minuteOf(''), minuteOf('x:y')]).toEqual([425, null, null]);
  });

  it('[P5] their days are told as people say them', () => {
    const told = (days: readonly number[]): string =>
      quiet.on({ fromMinute: 1325, untilMinute: 420, days }).split('.')[0] ?? '';
    expect(told([0, 1, 2, 3, 4, 5, 6])).toBe('Quiet every day from 22:05 to 07:00');
    expect(told([1, 2, 3, 4, 5])).toBe('Quiet from Monday to Friday from 22:05 to 07:00');
    expect(told([0, 6])).toBe('Quiet on Saturdays and Sundays from 22:05 to 07:00');
    expect(told([0, 3])).toBe('Quiet on Wednesdays and Sundays from 22:05 to 07:00');
  });
});
