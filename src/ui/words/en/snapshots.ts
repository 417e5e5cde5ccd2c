import { format } from './common.js';

/** "Both", "All 3" or "2 of 3". */
const share = (needed: number, of: number): string => {
  if (needed < of) return `${format.number(needed)} of ${format.number(of)}`;
  return of === 2 ? 'Both' : `All ${format.number(of)}`;
};

/** Words of the history of snapshots and of proposing one. */
export const snapshots = {
  title: 'Snapshots',
  lead: 'A snapshot keeps the present state and lets what led there go, once enough devices agree.',
  propose: 'Propose a snapshot',
  proposing: 'Working it out…',
  proposeTitle: 'Propose a snapshot',
  previewText: (entries: string, bytes: string) =>
    `Up to ${entries} of the past would go, ${bytes} on each device.`,
  previewStays: (records: number) =>
    format.plural(records, {
      one: '# record stays exactly as it is.',
      other: '# records stay exactly as they are.',
    }),
  previewBehind: (names: readonly string[]) =>
    `${format.list(names)} ${names.length === 1 ? 'is' : 'are'} away and will catch up later; nothing is lost.`,
  format: 'Form of the records',
  formatKeep: 'As it is',
  formatRaise: 'The newest',
  formatText:
    'The newest form lets a record say on which day to look at it again. It cannot be undone.',
  formatBehind: (names: readonly string[]) =>
    `${format.list(names)} cannot read it before an update; what is written there waits until then.`,
  needed: (needed: number, of: number) =>
    needed <= 1
      ? 'Your yes alone is enough.'
      : `${share(needed, of)} devices have to say yes, this one included.`,
  comment: 'Comment',
  commentHint: 'Say why, if it helps the others. They all see it.',
  send: 'Propose',
  pendingWhy: 'A snapshot is being decided already.',
  nothingWhy: 'Nothing has happened since the last one.',
  emptyTitle: 'No snapshot yet',
  emptyText:
    'History grows with each edit. The first snapshot keeps the state and lets the past go.',
  open: 'Being decided',
  history: 'History',
  nth: (index: number) => `Snapshot ${format.number(index)}`,
  freed: (bytes: string) => `freed ${bytes}`,
  freedNothing: 'nothing let go here',
  signers: (yes: number, of: number) => `${format.number(yes)} of ${format.number(of)} said yes`,
  standing: 'In force',
  held: 'kept here',
  notHeld: 'not kept here',
  replaced: 'replaced by a later one',
  receipts: 'What each device let go',
  receipt: (name: string, entries: string, bytes: string) =>
    `${name} let go of ${entries}, ${bytes}`,
  waiting: {
    title: (index: number) => `Snapshot ${format.number(index)} is agreed; the past waits to go`,
    keptTitle: 'The past is kept for now',
    lease: (name: string, until: string) => `${name} still needs it, until ${until}.`,
    durable: (names: string) =>
      `No device that keeps its data for sure has the snapshot yet. Open the app on ${names}.`,
    release: 'Let it go',
    releasing: 'Letting go…',
    keep: 'Keep the past until tomorrow',
    keeping: 'Keeping…',
    keepHint: 'No device lets older entries go until then, whatever is agreed.',
    awaitedWhy: 'The last snapshot has not come here yet.',
    why: 'The last snapshot still waits to let the past go.',
    overdueTitle: 'A long time without a snapshot',
    overdue: (changes: number) =>
      `The devices have changed ${format.number(changes)} times since. Propose one to keep things quick.`,
  },
  detail: {
    completed: 'Completed',
    whoAgreed: 'Who agreed',
    letGo: 'Let go',
    freed: 'Freed',
    size: 'Size kept',
    stands: 'Stands',
    index: 'Index',
    epoch: 'Identity epoch',
    digest: 'Digest',
    head: 'Head',
  },
};
