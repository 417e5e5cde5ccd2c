import type { QuietError, QuietHours } from '../../../../core/ceremonies/quiet-hours.js';
import { format } from '../common.js';

const things = (count: number): string =>
  format.plural(count, { one: '# thing', other: '# things' });
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const SHORT_DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
/** Weeks begin on Monday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];

/** "22:05" of a minute of the day. */
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const whichDays = ({ days }: QuietHours): string => {
  if (days.length === 7) return 'every day';
  const isPlain = (of: readonly number[]): boolean =>
    of.length === days.length && of.every((day) => days.includes(day));
  if (isPlain([1, 2, 3, 4, 5])) return 'from Monday to Friday';
  if (isPlain([0, 6])) return 'on Saturdays and Sundays';
  const named = WEEK.filter((day) => days.includes(day)).map((day) => `${DAYS[day] ?? ''}s`);
  return `on ${format.list(named)}`;
};

/** Words of quiet hours: setting them, and what they hold back. */
export const quiet = {
  title: 'Quiet hours',
  off: 'What the other devices ask shows as a number on Home, by night too. Set the hours in which nothing should call you.',
  on: (hours: QuietHours): string => {
    const { fromMinute, untilMinute } = hours;
    return `Quiet ${whichDays(hours)} from ${clock(fromMinute)} to ${clock(untilMinute)}. What is asked meanwhile waits on Home, and calls you when they are over.`;
  },
  urgent:
    'Two things come through all the same: signs that a device was copied or the account attacked, and changes that you could stop only until then.',
  here: 'Only for this device.',
  set: 'Set quiet hours',
  change: 'Change',
  turnOff: 'Turn off',
  save: 'Save',
  from: 'From',
  until: 'To',
  days: 'On which days they begin',
  day: (day: number): string => DAYS[day] ?? '',
  shortDay: (day: number): string => SHORT_DAYS[day] ?? '',
  week: WEEK,
  clock,
  error: {
    'no-days': 'Choose at least one day.',
    'no-span': 'They would begin and end at the same time.',
    malformed: 'Give both times, such as 22:00 and 07:00.',
  } satisfies Record<QuietError['kind'], string>,
  nowTitle: (time: string): string => `Quiet until ${time}`,
  held: (count: number): string =>
    `${things(count)} can wait until then. You can answer now if you like.`,
  gatheredTitle: 'While it was quiet',
  gathered: (count: number): string =>
    `${things(count)} came in and ${count === 1 ? 'waits' : 'wait'} for you.`,
};
