import type { ActivityView } from '../../../replica/view.js';
import { format } from './common.js';

type Details = ActivityView['details'];
/** Says a line; `who` is the name of the device that it is about. */
type Say = (details: Details, who: string) => string;

const numberOf = (details: Details, key: string, otherwise = 1): number => {
  const value = details[key];
  return typeof value === 'number' ? value : otherwise;
};
const textOf = (details: Details, key: string): string => String(details[key] ?? '');
const quoted = (details: Details, key: string): string => {
  const text = textOf(details, key);
  return text === '' ? '' : ` “${text}”`;
};
const entries = (count: number): string =>
  format.plural(count, { one: '# entry', other: '# entries' });

const KINDS: Readonly<Record<string, Say>> = {
  'account.created': () => 'The account was made on this device',
  'account.joined': () => 'This device joined the account',
  'session.opened': (_details, who) => `${who} started`,
  'device.joined': (details, who) => `${textOf(details, 'name') || who} joined the account`,
  'device.removed': (details, who) => `${textOf(details, 'name') || who} was taken out`,
  'device.renamed': (details) => `A device is now called${quoted(details, 'to')}`,
  'link.opened': (_details, who) => `${who} connected`,
  'link.closed': (_details, who) => `${who} left`,
  'link.refused': (_details, who) => `${who} was turned away`,
  'snapshot.proposed': (_details, who) => `${who} proposed a snapshot`,
  'snapshot.approved': (_details, who) => `${who} said yes to the snapshot`,
  'snapshot.refused': (details, who) =>
    `${who} said no to the snapshot${quoted(details, 'reason')}`,
  'snapshot.withdrawn': (_details, who) => `${who} took the snapshot back`,
  'snapshot.abandoned': () => 'A snapshot was given up',
  'snapshot.expired': () => 'A snapshot ran out before enough had answered',
  'snapshot.completed': () => 'A snapshot was agreed',
  'snapshot.adopted': () => 'A snapshot agreed elsewhere was taken over',
  'snapshot.pruned': (details) =>
    `${entries(numberOf(details, 'facts', 0))} of the past let go, ${format.bytes(numberOf(details, 'bytes', 0))} freed`,
  'roster.proposed': (_details, who) => `${who} asked to change the devices`,
  'roster.approved': (_details, who) => `${who} said yes to the change of devices`,
  'roster.refused': (details, who) =>
    `${who} said no to the change of devices${quoted(details, 'reason')}`,
  'roster.withdrawn': (_details, who) => `${who} took the change of devices back`,
  'roster.abandoned': () => 'A change of devices was given up',
  'roster.completed': () => 'The devices of the account changed',
  'fence.raised': () => 'New edits wait while a snapshot is decided',
  'fence.fell': () => 'New edits go out again',
  'fence.released': () => 'Waiting was ended by hand',
  'fact.refused': (details, who) => `${entries(numberOf(details, 'count'))} of ${who} refused`,
  'facts.refused': (details, who) => `${entries(numberOf(details, 'count'))} of ${who} refused`,
  'update.dropped': (_details, who) => `A message of ${who} was dropped whole`,
  'sync.done': (details, who) => `${entries(numberOf(details, 'facts'))} exchanged with ${who}`,
  'store.failed': () => 'Saving failed',
  'store.lost': () => 'The browser let the data go',
  'digest.alarm': () => 'This device’s own result differs from what was agreed',
  'equivocation.shown': (_details, who) => `${who} told two stories and was set aside`,
  equivocation: (_details, who) => `${who} told two stories and was set aside`,
};

/** Every reason and code that has no words of its own: its last part, read as words. */
const readable = (code: string): string => {
  const words = code.replaceAll(/[._-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Words of the log. */
export const activity = {
  title: 'Activity',
  lead: 'What happened on this device and between your devices. Nothing here can be changed.',
  /** The sentence of a line; a kind from a newer version is read out as it is. */
  line: (line: ActivityView, who: string): string =>
    KINDS[line.kind]?.(line.details, who) ?? readable(line.kind),
  reason: (details: Details): string | null => {
    const reason = details['reason'] ?? details['cause'];
    return reason === undefined || reason === '' ? null : `Reason: ${readable(String(reason))}`;
  },
  readable,
  someone: 'A device',
  search: 'Search the log',
  filterLabel: 'Which lines',
  filter: { all: 'All', decisions: 'Decisions', devices: 'Devices', trouble: 'Trouble' },
  emptyTitle: 'Nothing yet',
  emptyText: 'The first lines come with your first record or your second device.',
  noneTitle: 'Nothing like that',
  noneText: 'No line matches. Search for something else, or show all.',
  showMore: (count: number) => `Show ${format.number(count)} more`,
  lines: (count: number) => format.plural(count, { one: '# line', other: '# lines' }),
  today: 'Today',
  yesterday: 'Yesterday',
};
