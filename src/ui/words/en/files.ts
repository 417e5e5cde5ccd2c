import type { BlobPolicy } from '../../../replica/blobs/blob-view.js';
import { plainName } from '../../names.js';
import { format } from './common.js';

const some = (count: number): string => format.plural(count, { one: '# file', other: '# files' });

/** Files that hang on records: adding, reading and keeping them, and the room they take. */
export const files = {
  title: 'Files',
  add: 'Add files',
  photo: 'Take a photo',
  hint: (max: string) => `Pictures, papers, anything up to ${max}.`,
  hintDrop: 'They can be dropped or pasted here too.',
  dropHere: 'Drop them here',
  attached: (count: number) =>
    format.plural(count, {
      one: '# file is attached. It can be removed where the record is read.',
      other: '# files are attached. They can be removed where the record is read.',
    }),
  count: some,
  kind: { picture: 'picture', sound: 'sound', film: 'film', paper: 'document', other: 'file' },
  unnamed: 'Unnamed file',
  noneHere: 'Nothing attached yet: a photo of the label, the manual, a bill.',
  state: {
    here: 'on this device',
    partly: (percent: number) => `${format.number(percent)}\u00a0% here`,
    elsewhere: 'on another device: open to fetch it',
    queued: 'waits on this device',
  },
  stateHint: {
    here: 'It opens without any network.',
    partly: 'The rest comes as soon as a device is near that has it.',
    elsewhere: 'It comes as soon as a device is near that has it.',
    queued:
      'It is safe here. It joins the record once your devices have agreed on the snapshot, or once this one has updated.',
  },
  size: 'Size',
  added: 'Added',
  addedBy: (age: string, who: string) => `${age} by ${who}`,
  addedByMe: (age: string) => `${age} on this device`,
  where: 'Where',
  picture: (name: string) => `Picture: ${plainName(name)}`,
  reading: 'Opening it…',
  save: 'Save a copy',
  saving: 'Getting it ready…',
  share: 'Share',
  shareAgain: 'Share it now',
  notShared: 'It could not be handed to another app. Save a copy instead.',
  fetch: 'Fetch it',
  asking: 'Asking the others…',
  drop: 'Let go of it here',
  dropping: 'Letting go…',
  dropped: 'Let go. Opening it fetches it again.',
  remove: 'Remove',
  removing: 'Removing…',
  removeTitle: (name: string) => `Remove “${plainName(name)}”?`,
  removeText: 'It goes from this record on every device.',
  removeFailed: 'Not removed.',
  waiting: 'Is added when you save',
  waitsItsTurn: 'Waits its turn',
  readingFile: 'Reading it',
  storing: 'Encrypting and storing it',
  leaveOut: (name: string) => `Leave out ${plainName(name)}`,
  tryAgain: 'Try again',
  someLeft: (count: number) =>
    format.plural(count, {
      one: 'One file was not added. Everything else is kept.',
      other: '# files were not added. Everything else is kept.',
    }),
  fault: {
    unreadable: 'It cannot be read. If it is a folder, or was moved, choose the files anew.',
    tooMany: (max: number) => `A record holds at most ${format.number(max)} files.`,
  },
  fetching: (name: string) => `Fetching ${plainName(name)}`,
  waitsFor: (name: string) => `Waiting for ${plainName(name)}`,
  progress: (held: number, bytes: number) =>
    `${format.bytesLike(held, bytes)} of ${format.bytes(bytes)}`,
  from: (givers: number) =>
    format.plural(givers, { one: 'from # device', other: 'from # devices' }),
  noRoom: 'too little room on this device; it goes on once there is more',
  stalled: (held: number) => (held === 0 ? 'no device near has it' : 'no device near has the rest'),
  onTheWay: 'On its way to this device',
  storage: {
    row: 'Files and room',
    rowNote: (here: number, missing: number) =>
      missing === 0
        ? `${some(here)} here`
        : `${some(here)} here, ${format.number(missing)} elsewhere`,
    rowNone: 'what this device keeps',
    title: 'Files and room',
    room: 'Room on this device',
    left: (left: string) => `${left} left`,
    used: (used: string, quota: string) => `${used} of ${quota} used`,
    unknown: 'This browser does not say how much room is left.',
    files: 'Files of your records',
    here: 'Here',
    missing: 'Only elsewhere',
    amount: (count: number, bytes: number) =>
      count === 0 ? 'none' : `${some(count)}, ${format.bytes(bytes)}`,
    policy: 'What this device fetches by itself',
    policies: {
      all: {
        label: 'All files',
        note: 'Everything opens without a network. Takes the most room.',
      },
      recent: {
        label: 'Files of the last 90 days',
        note: 'Older ones come when you open them.',
      },
      'on-demand': {
        label: 'Only what is opened',
        note: 'Takes the least room. The first time, another device has to be near.',
      },
    } satisfies Record<BlobPolicy, { label: string; note: string }>,
    policyHint: 'What is here already stays, until you open the file and let go of it here.',
    caches: 'Kept for speed',
    cachesNote: (bytes: number) => `${format.bytes(bytes)}; can be worked out again`,
    largest: 'What takes the most room here',
    littleTitle: (left: string) => `Only ${left} of room left`,
    little:
      'Nothing is lost, but soon nothing more can be kept here. Fetch only what is opened, let go of large files, or free space on the device.',
    look: 'See what takes room',
  },
};
