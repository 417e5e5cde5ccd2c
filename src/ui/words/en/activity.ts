import type { ActivityKind } from '../../../replica/loop/activity.js';
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
const entries = (count: number): string =>
  format.plural(count, { one: '# entry', other: '# entries' });

const valuesOf = (count: number): string =>
  count === 0 ? 'nothing to do' : format.plural(count, { one: '# value', other: '# values' });
/** What an invalidation covers, as far as it has a name for people. */
const clearedOf = (keys: string): string =>
  keys === '*' ? 'all values' : keys === 'thumb:*' ? 'all small pictures' : `“${keys}”`;

const KINDS: Readonly<Record<ActivityKind, Say>> = {
  'account-created': () => 'The account was made on this device',
  'leaving-founded': (details) =>
    `This device began another account, for ${format.plural(numberOf(details, 'signers'), { one: 'itself', other: '# devices that leave together' })}`,
  joined: (details) => `This device joined the account, let in by ${textOf(details, 'name')}`,
  'join-proposed': (details) => `Asked the others to let ${textOf(details, 'name')} in`,
  'roster-changed': () => 'The devices of the account changed',
  'device-joined': (details) => `${textOf(details, 'name')} is a device of the account now`,
  'maintenance:admin_override': (details) =>
    `${textOf(details, 'name')} is the admin now, in the place of ${textOf(details, 'from')}`,
  removed: () => 'This device was taken out of the account',
  vetoed: () => 'You stopped a change of the devices',
  'recovery-key-signed': () => 'The recovery key signed beside this device',
  'recovery-key-checked': () => 'The recovery key was checked, and its words are at hand',
  'pairing-failed': () => 'Adding a device came to nothing',
  'snapshot-proposed': (_details, who) => `${who} proposed a snapshot`,
  'snapshot-completed': () => 'A snapshot was agreed',
  'facts-pruned': (details) =>
    `${entries(numberOf(details, 'facts', 0))} of the past let go, ${format.bytes(numberOf(details, 'bytes', 0))} freed`,
  approved: (_details, who) => `${who} said yes`,
  refused: (_details, who) => `${who} said no`,
  abandoned: () => 'A decision was given up',
  'queue-written': (details) => `${entries(numberOf(details, 'count'))} that had waited went out`,
  'shared-false': (_details, who) =>
    `A small picture that ${who} made was of something else; nothing it made is taken any more`,
  'cache-cleared': (details, who) =>
    `${who} had ${clearedOf(textOf(details, 'keys'))} worked out again: ${valuesOf(numberOf(details, 'gone', 0))} here`,
  'fact-refused': (_details, who) => `An entry of ${who} was refused`,
  'fact-wait': (_details, who) => `An entry of ${who} waits until it can be judged`,
  'fact-beyond': (_details, who) => `A late entry of ${who} counts for nothing`,
  'object-refused': (_details, who) => `Something that ${who} sent did not hold`,
  'update-refused': (_details, who) => `A message of ${who} was dropped whole`,
  'message-refused': (_details, who) => `${who} sent something that cannot be read`,
  'payload-refused': (_details, who) => `A snapshot from ${who} was not what was agreed`,
  'code-refused': (_details, who) => `A version from ${who} was not what was agreed`,
  'link-refused': (_details, who) => `${who} was turned away`,
  'session-damaged': () => 'Part of what was stored here could not be read and is fetched again',
  'edits-back': () =>
    'A snapshot no longer counts; what this device kept of it was taken back into the account',
  'session-cloned': () =>
    'Entries of this device came from elsewhere: a copy of it is about, or it was restored',
  'task-failed': () => 'Something inside the app failed; nothing that was saved is lost',
  'digest-alarm': () => 'This device’s own result differs from what was agreed',
  equivocation: (_details, who) => `${who} told two stories and was set aside`,
};

/** Words of a line; a kind that a newer version wrote into the store has none. */
const sayOf = (kind: string): Say | undefined =>
  Object.hasOwn(KINDS, kind) ? KINDS[kind as ActivityKind] : undefined;

/** What stands behind the reasons that people are likeliest to meet. */
const REASONS: Readonly<Record<string, string>> = {
  'after-removal': 'it was written after its device was removed',
  'bad-body': 'it cannot be read',
  'floor-too-high': 'it clears cached values further ahead than anyone may',
  'bad-proof': 'it could not prove who it is',
  'bad-signature': 'its signature does not hold',
  broken: 'the connection broke',
  cancelled: 'it was ended here',
  'code-expired': 'the code had run out',
  'code-used': 'the code was used already',
  'connection-lost': 'the connection broke off',
  equivocation: 'two different entries claim the same place',
  expired: 'it was open too long',
  flood: 'too many messages at once',
  lapsed: 'too few answered in time',
  'lacks-capability': 'its device is not allowed to do that',
  malformed: 'it cannot be read',
  'nobody-there': 'the other device did not answer',
  'not-asked': 'the others could not be asked',
  'not-a-member': 'its device does not belong to the account',
  'not-authentic': 'it could not prove who it is',
  offences: 'too much of what it sent was wrong',
  'peer-lied': 'what it sent does not fit what it said before',
  quarantined: 'its device told two stories before',
  'refused-by-members': 'the other devices said no',
  'rival-roster': 'it rests on devices that were not agreed on',
  'session-closed': 'it came after its device had started anew',
  silent: 'it did not answer',
  'store-failed': 'this device could not save it',
  stranger: 'it does not belong to the account',
  superseded: 'something else was agreed to first',
  'too-large': 'it is too large',
  'unknown-kind': 'it comes from a newer version',
  'unknown-roster': 'the devices that it names are not known here yet',
  withdrawn: 'who asked took it back',
  'words-differ': 'the words differed',
};
const reasonOf = (code: string): string =>
  (Object.hasOwn(REASONS, code) ? REASONS[code] : undefined) ?? readable(code);

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
  line: (line: ActivityView, who: string | null): string => {
    const said = sayOf(line.kind)?.(line.details, who ?? 'a device') ?? readable(line.kind);
    return who === null ? said.charAt(0).toUpperCase() + said.slice(1) : said;
  },
  /** Why: in the person's own words for a refusal, else the reason that the core gave. */
  reason: ({ kind, details }: ActivityView): string | null => {
    const reason = String(details['reason'] ?? details['cause'] ?? '').trim();
    if (reason === '') return null;
    return kind === 'refused' ? `“${reason}”` : `Reason: ${reasonOf(reason)}`;
  },
  readable,
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
