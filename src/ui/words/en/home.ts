import type { View } from '../../../replica/view.js';
import { plainName } from '../../names.js';
import { format } from './common.js';

/** Words of Home: what needs the person, what waits for others, and how things stand. */
export const home = {
  needsYou: 'Needs you',
  look: 'Look and decide',
  waiting: 'Waiting for others',
  settled: 'Settled lately',
  youSaidYes: 'You said yes.',
  youSaidNo: 'You said no.',
  missing: (names: readonly string[]) => `Missing: ${format.choice(names.map(plainName))}.`,
  missingSeen: (name: string, age: string) => `Missing: ${plainName(name)}, last seen ${age}.`,
  withdraw: 'Withdraw',
  show: 'Show',
  keptHere: 'Your decisions are kept here and sent when a device is near.',
  allQuiet: 'All quiet.',
  nothingNeedsYou: 'Nothing needs you',
  problemOf: (name: string, title: string) => `${name}: ${title}`,
  alone: {
    title: 'One device only',
    text: 'If it is lost, so is everything on it. Add a second one.',
    add: 'Add a device',
  },
  fence: {
    title: 'New edits wait for a moment',
    text: (queued: number) =>
      queued === 0
        ? 'A snapshot is being decided. What you write now is kept here and goes out right after.'
        : `A snapshot is being decided. ${format.plural(queued, {
            one: '# edit is kept here and goes out right after.',
            other: '# edits are kept here and go out right after.',
          })}`,
    until: (age: string) => `At the latest ${age}.`,
    release: 'Go on writing now',
    releasing: 'Letting go…',
    look: 'See the decision',
  },
  stranded: (edits: number) =>
    format.plural(edits, {
      one: '# late edit found its record gone.',
      other: '# late edits found their records gone.',
    }),
  strandedLook: 'Look at Records',
  healthLine: ({ snapshots, journal, problems }: View, nowMs: number): string => {
    const last = snapshots[0];
    const parts = [
      problems.length === 0 ? 'All checks good.' : null,
      last === undefined
        ? 'No snapshot yet.'
        : `Last snapshot ${format.age(last.completedMs, nowMs)}.`,
      journal.undecidedFacts === 0
        ? null
        : format.plural(journal.undecidedFacts, {
            one: '# entry waits for news about its author.',
            other: '# entries wait for news about their authors.',
          }),
    ];
    return parts.filter((part) => part !== null).join(' ');
  },
  entries: (count: number) => format.plural(count, { one: '# entry', other: '# entries' }),
  glance: 'How things stand',
  glanceSnapshot: 'Last snapshot',
  glanceHistory: 'History since',
  glanceRecords: 'Records',
  glanceDevices: 'Devices',
};
