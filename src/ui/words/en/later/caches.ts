import { plainName } from '../../../names.js';
import { format } from '../common.js';

const some = (count: number): string => format.plural(count, { one: '# value', other: '# values' });

/** Words of what is kept only so that it need not be worked out again. */
export const caches = {
  title: 'Kept for speed',
  lead: 'What this device has worked out and can work out again. Nothing is lost when it goes.',
  back: 'Room',
  full: 'Takes up',
  fullText: (values: number, max: number): string =>
    `${some(values)}. At ${format.bytes(max)} what was not asked for longest makes room.`,
  search: {
    name: 'Search',
    text: 'The texts of your records, made ready to be looked through. In memory only.',
  },
  caches: {
    statistics: {
      title: 'Statistics',
      text: 'What takes room here, added up over all records. Worked out anew after each change.',
    },
    thumb: {
      title: 'Small pictures',
      text: 'Of the pictures on your records, so that a list need not open each of them.',
    },
  },
  other: (name: string) => ({
    title: plainName(name),
    text: 'Values that another part of the app keeps.',
  }),
  foreign: (count: number): string =>
    format.plural(count, {
      one: '# is the word of another device: its file is not here to compare with.',
      other: '# are the word of another device: their files are not here to compare with.',
    }),
  ready: 'Found ready',
  rate: (hits: number, misses: number): string =>
    `${format.number(hits)} of ${format.plural(hits + misses, { one: '# time', other: '# times' })}`,
  held: (values: number, bytes: number): string =>
    `${some(values)}, ${format.bytes(bytes)}, counted since the app was opened`,
  unused: 'Nothing was asked of it since the app was opened.',
  lowTitle: 'Seldom of use',
  lowText:
    'Its values are out of date more often than they are asked for. That costs time, nothing else; it passes once less is changed.',
  again: 'Work out again',
  everywhere: 'On all devices',
  gone: (count: number): string =>
    count === 0
      ? 'Worked out again when it is next asked for.'
      : `${some(count)} let go. Worked out again when next asked for.`,
  goneEverywhere: 'Your devices were told. Each works it out again when it is next asked for.',
  cleared: 'Thrown out lately',
  clearedNone: 'Nobody had anything worked out again.',
  waiting: (count: number): string =>
    format.plural(count, {
      one: 'One clearing acts here already; the others hear of it once the snapshot is settled.',
      other: '# clearings act here already; the others hear of them once the snapshot is settled.',
    }),
  room: {
    title: 'What takes room',
    files: 'Files',
    filesOf: (bytes: number, pictures: number): string =>
      pictures === 0
        ? format.bytes(bytes)
        : `${format.bytes(bytes)}, ${format.bytes(pictures)} of it pictures`,
    snapshots: 'Snapshots',
    entries: 'Entries since the last one',
    words: 'Texts of all records',
  },
};
