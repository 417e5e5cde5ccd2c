import type { CheckResult } from '../../../../replica/view.js';
import { checkOf } from '../checks.js';
import { format } from '../common.js';

/** Words of what a device looks at in itself. */
export const health = {
  title: 'Health',
  lead: 'What this device looks at in itself, before and after each update and whenever you ask.',
  noneTitle: 'No checks yet',
  noneText: 'It takes a moment, and changes nothing.',
  look: 'Check now',
  looking: 'Checking…',
  summary: 'As found last',
  allGood: 'All checks good',
  someWrong: (count: number): string =>
    format.plural(count, { one: '# check needs care', other: '# checks need care' }),
  lookedAt: (moment: string): string => `Looked at ${moment}.`,
  needed: 'The app needs this',
  neededText: 'A new version under which one of these fails is left again by itself.',
  wider: 'It works better with this',
  grade: (result: CheckResult): string => {
    if (result.grade === 'good') return 'Good';
    return result.grade === 'timed-out' ? 'No answer in time' : 'Needs care';
  },
  titleOf: (result: CheckResult): string => checkOf(result.name, result.cause).title,
  wrong: (result: CheckResult): string =>
    result.grade === 'timed-out'
      ? `No answer about ${checkOf(result.name, result.cause).what}`
      : checkOf(result.name, result.cause).wrong,
  remedy: (result: CheckResult): string =>
    result.grade === 'timed-out'
      ? 'That says less than a failure. Check again in a while.'
      : checkOf(result.name, result.cause).remedy,
  took: (ms: number): string =>
    ms < 1_000 ? `${format.number(ms)} ms` : `${format.number(Math.round(ms / 1_000))} s`,
};
