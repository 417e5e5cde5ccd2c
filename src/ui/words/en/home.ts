import type { DeviceView, View } from '../../../replica/view.js';
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
  missing: (names: readonly string[]) => `Not answered yet: ${format.list(names.map(plainName))}.`,
  missingSeen: (name: string, age: string) =>
    `Not answered yet: ${plainName(name)}, last seen ${age}.`,
  withdraw: 'Withdraw',
  remind: (names: readonly string[]) =>
    names.length === 1 ? `Remind ${format.list(names.map(plainName))}` : 'Remind them',
  reminder: (title: string, url: string) =>
    `Upkeep waits for your answer: ${title}. Open it on your device: ${url}`,
  reminded: { shared: 'Message handed over', copied: 'Message copied' },
  show: 'Show',
  keptHere: 'Your decisions are kept here and sent when a device is near.',
  allQuiet: 'All quiet.',
  nothingNeedsYou: 'Nothing needs you',
  first: {
    title: 'First steps',
    progress: (done: number, of: number) => `${format.number(done)} of ${format.number(of)} done`,
    write: 'Write your first record',
    writeNote: 'anything worth keeping in order',
    add: 'Add a second device',
    addNote: 'then nothing is lost if this one is',
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
  newcomer: {
    title: (name: string) => `${plainName(name)} was added`,
    text: (by: string, age: string | null) =>
      `By ${plainName(by)}${age === null ? '' : `, ${age}`}. If it belongs to none of you, take it out.`,
    look: 'Look at it',
    putAway: 'All right',
  },
  stranded: (edits: number) =>
    format.plural(edits, {
      one: '# edit counts nowhere: take it over, or leave it.',
      other: '# edits count nowhere: take them over, or leave them.',
    }),
  strandedLook: 'Look at Records',
  healthLine: (view: View, nowMs: number): string => {
    const { snapshots, journal, problems, storage, upgrades } = view;
    const last = snapshots[0];
    const unwell =
      upgrades.health?.results.filter((each) => each.isCritical && each.grade !== 'good').length ??
      0;
    const parts = [
      unwell > 0
        ? format.plural(unwell, {
            one: '# check is not well: see Updates.',
            other: '# checks are not well: see Updates.',
          })
        : problems.length === 0 && storage.isPersisted !== false
          ? 'All checks good.'
          : null,
      last === undefined
        ? view.devices.length === 1
          ? 'Everything is kept on this device.'
          : 'No snapshot yet.'
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
  glanceSince: 'Since the last snapshot',
  glanceSoFar: 'Written so far',
  glanceRecords: 'Records',
  glanceDevices: 'Devices',
  glancePresence: (device: DeviceView, nowMs: number): string => {
    if (device.isMe) return 'here';
    if (device.presence !== 'away') return device.isInStep ? 'in step' : 'catching up';
    return device.lastSeenMs === null ? 'not seen yet' : format.age(device.lastSeenMs, nowMs);
  },
};
