import type { DecisionView, RosterSubject, SnapshotSubject } from '../../../replica/view.js';
import { plainName } from '../../names.js';
import { format } from './common.js';

const NUMBERS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');
const spell = (count: number): string => NUMBERS[count] ?? format.number(count);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const quote = (name: string): string => `“${plainName(name)}”`;
/** Parts of a state that carry another name among people. */
const PARTS: Readonly<Record<string, string>> = {
  sessions: 'the list of who wrote what',
  digest: 'something that is still being looked for',
};
/** Words that stay on one line. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0');
const FEW_MINUTES_MS = 15 * 60_000;

const count = (value: number, one: string, other: string): string =>
  format.plural(value, { one: `# ${one}`, other: `# ${other}` });
const entries = (value: number): string => count(value, 'entry', 'entries');

/** "three weeks", "day", "few minutes": what follows "the past". */
const pastSpan = (fromMs: number, toMs: number): string => {
  if (toMs - fromMs < FEW_MINUTES_MS) return 'few minutes';
  return format
    .span(toMs - fromMs)
    .replace(/^\d+/, (digits) => spell(Number(digits)))
    .replace(/^one /, '');
};

const snapshotTitle = (subject: SnapshotSubject, askedMs: number): string =>
  subject.sinceMs === null
    ? 'Tidy up the past'
    : `Tidy up the past ${pastSpan(subject.sinceMs, askedMs)}`;

const rosterTitle = (subject: RosterSubject): string => {
  const joining = subject.joining.map(({ name }) => quote(name));
  const leaving = subject.leaving.map(({ name }) => quote(name));
  const [renamed] = subject.renamed;
  if (subject.isPaper) return leaving.length > 0 ? 'Make a new recovery key' : 'Add a recovery key';
  if (subject.merge !== null)
    return `Bring ${spell(subject.merge.branches)} lists of devices together`;
  if (joining.length > 0 && leaving.length > 0)
    return `Replace ${format.list(leaving)} with ${format.list(joining)}`;
  if (joining.length > 0) return `Add ${format.list(joining)}`;
  if (leaving.length > 0) return `Take ${format.list(leaving)} out`;
  if (subject.activation !== null) return `Make version ${subject.activation.version} binding`;
  if (subject.admin !== null) return 'Change the admin';
  if (renamed) return `Rename ${quote(renamed.from)} to ${quote(renamed.to)}`;
  const isChanged = ({ from, to }: { from: number; to: number }): boolean => from !== to;
  if (isChanged(subject.snapshotThreshold) || isChanged(subject.governanceThreshold))
    return 'Change how many yeses are needed';
  const [may] = subject.capabilities;
  if (may) return `Change what ${quote(may.name)} may do`;
  return 'Renew the account’s keys';
};

const title = ({ subject, proposedMs }: DecisionView): string =>
  subject.kind === 'snapshot' ? snapshotTitle(subject, proposedMs) : rosterTitle(subject);

const summary = ({ subject }: DecisionView, proposer: string): string => {
  if (subject.kind === 'snapshot') {
    if (subject.factsToGo > 0)
      return `${proposer} asks to keep the present state and let the old entries go.`;
    const freed = subject.bytesFreed > 0 ? ` Frees ${format.bytes(subject.bytesFreed)}.` : '';
    return `${proposer} asks to keep the present state and let ${count(subject.factsPruned, 'old entry', 'old entries')} go.${freed}`;
  }
  const after = `The account then has ${count(subject.membersAfter, 'device', 'devices')}.`;
  if (subject.merge !== null) return `${proposer} wants one list of devices again. ${after}`;
  if (subject.isPaper) return `${proposer} wants a key on paper beside the devices.`;
  if (subject.joining.length > 0) return `${proposer} wants to let a new device in. ${after}`;
  if (subject.leaving.length > 0) return `${proposer} wants to take a device out. ${after}`;
  if (subject.activation !== null)
    return `${proposer} asks that every device of the account run it from now on.`;
  return `${proposer} asks for it. The devices stay the same.`;
};

const more = (missing: number): string => {
  if (missing <= 0) return 'Enough have said yes.';
  return missing === 1
    ? 'One more yes is enough.'
    : `${capital(spell(missing))} more yeses are needed.`;
};

const explained = ({ subject, proposedMs }: DecisionView, nowMs: number): string => {
  if (subject.kind === 'snapshot') {
    const until = subject.untilMs ?? proposedMs;
    return `The present state is kept as it is. What led there, up to ${format.moment(until, nowMs)}, is let go on every device.`;
  }
  if (subject.merge !== null)
    return 'One list follows all of them. What was written on either side stays. Below stands what differs from the last list before the split.';
  if (subject.isPaper)
    return 'Twenty-four words on paper that may say yes as a device does. They hold no records, and open nothing alone.';
  if (subject.joining.length > 0)
    return 'The new device gets everything in this account and decides with the others from then on.';
  if (subject.leaving.length > 0)
    return 'What it wrote until now stays. It gets nothing new, and what it signs later counts no more.';
  if (subject.admin !== null)
    return 'The admin offers new versions. Nothing in your records changes.';
  if (subject.renamed.length > 0) return 'Only the name changes, on every device.';
  if (subject.activation !== null)
    return 'From then on every device needs this version or a later one. Who has an older one keeps everything, and talks to the others again after updating.';
  if (subject.isRotation)
    return 'Whoever may have seen the present keys is locked out. Devices and records stay as they are.';
  return 'Nothing in your records changes.';
};

/** Words about decisions: on Home, on their own screen, in the log. */
export const decision = {
  title,
  summary,
  more,
  explained,
  entries,
  count,
  back: 'Home',
  unknown: 'This decision is not here',
  unknownText: 'It may have been settled long ago, or has not reached this device yet.',
  asked: (when: string, who: string) => `Asked ${when} by ${who}`,
  tabs: { plain: 'Plain', details: 'Details', raw: 'Raw' },
  tabsLabel: 'How much to show',
  approve: 'Approve',
  approving: 'Saving your yes…',
  refuse: 'Refuse…',
  refuseWhy: 'You have decided.',
  later: 'Later',
  withdraw: 'Withdraw',
  withdrawing: 'Withdrawing…',
  complete: 'Complete it now',
  completing: 'Completing…',
  addComment: 'Add a comment to your yes',
  comment: 'Comment',
  commentHint: 'Everyone in the account sees it.',
  refuseTitle: 'Why not?',
  refuseReason: 'Your reason',
  refuseHint: 'It goes to the others, so that they can ask better. Your records stay as they are.',
  refuseSend: 'Refuse',
  refusing: 'Saving your no…',
  refuseEmpty: 'Say in a few words why.',
  same: {
    title: 'Same result here.',
    text: (device: string) =>
      `${device} worked it out again from its own entries and came to exactly the same.`,
  },
  toGo: {
    title: (facts: number) => `${capital(entries(facts))} to go.`,
    text: 'They come as soon as a device that has them is near. Only then can this device tell whether it agrees.',
  },
  computing: {
    title: 'Working it out.',
    text: 'This device is working the result out from its own entries.',
  },
  differs: {
    title: 'Another result here.',
    text: 'This device came to something else from its own entries. Do not agree before you know why.',
    parts: (names: readonly string[]) =>
      `It differs in ${format.list(names.map((name) => PARTS[name] ?? name))}.`,
  },
  rosterSame: {
    title: 'Checked here.',
    text: (device: string) => `${device} holds the same list of devices that this starts from.`,
    merge: (device: string) => `${device} holds all the lists that this brings together.`,
  },
  stays: 'Stays',
  goes: 'Goes',
  frees: 'Frees',
  behind: 'Behind',
  joins: 'Joins',
  leaves: 'Leaves',
  brokeWord: 'Broke its word',
  renames: 'Renamed',
  nameChange: (from: string, to: string) => `${quote(from)} becomes ${quote(to)}`,
  may: (name: string) => `${plainName(name)} may from then on`,
  mayNot: (name: string) => `${plainName(name)} may no longer`,
  adminChange: (from: string, to: string) => `${quote(to)} instead of ${quote(from)}`,
  binding: 'Needed then',
  bindingVersion: (version: string) => `version ${version} or later`,
  changes: 'What changes',
  runIt: 'Run it already',
  wayBack: 'Way back',
  noWayBack: 'only by a later version',
  keys: 'Keys',
  keysNew: 'new ones for all',
  devicesAfter: 'Devices then',
  andPaper: (devices: number) => `${format.number(devices)} and a recovery key`,
  thresholdSnapshot: 'To tidy up',
  thresholdGovernance: 'To change devices',
  threshold: (of: number, all: number) => `${spell(of)} of ${spell(all)} say yes`,
  thresholdChange: (from: number, to: number) => `${spell(to)} yeses instead of ${spell(from)}`,
  stay: (records: number, devices: number) =>
    `${count(records, 'record', 'records')}, ${count(devices, 'device', 'devices')}`,
  nothing: 'nothing',
  freesEach: (bytes: string) => `${bytes} on each device`,
  behindOne: (name: string, span: string | null) =>
    span === null
      ? `${plainName(name)}; ${unbroken('loses nothing')}`
      : `${plainName(name)}, ${unbroken(`${span};`)} ${unbroken('loses nothing')}`,
  behindNobody: 'nobody',
  byItself: {
    bytes: 'by itself: the past takes much room',
    facts: 'by itself: there are many entries',
    epochs: 'by itself: the devices changed often',
    schedule: 'by itself: it was time',
  },
  keepers: 'Kept for sure',
  keep: (count: number, of: number) =>
    `on ${format.number(count)} of ${format.plural(of, { one: '# device', other: '# devices' })}`,
  who: 'Who decided',
  answer: {
    yes: (when: string) => `yes, ${when}`,
    no: (when: string) => `no, ${when}`,
    yesWaits: 'yes, not counted yet',
    turn: 'your turn',
    turnBlocked: 'your turn, as soon as it can be checked',
    awaited: 'connected, not answered yet',
    away: (age: string | null) => (age === null ? 'away' : `away, last seen ${age}`),
    notAsked: 'not answered',
    foreign: 'on a version that this account never agreed to',
    uncounted: 'does not count, as it was given on a version that this account never agreed to',
  },
  quotedComment: (text: string) => `“${text}”`,
  stageTitle: {
    completed: 'Done',
    withdrawn: 'Withdrawn',
    expired: 'Ran out',
    superseded: 'Asked anew',
  },
  stageText: {
    completed: (of: number) => `${capital(spell(of))} said yes. It is done on this device.`,
    withdrawn: 'Who asked has taken it back. Nothing was changed.',
    expired: 'It was open too long. Nothing was changed.',
    superseded: 'Something else was agreed to first. Nothing was changed by this one.',
  },
  turnedDown: {
    short: 'Turned down',
    title: 'Too many said no',
    text: (no: number, age: string) =>
      `${capital(spell(no))} said no, and too few are left who could say yes: it cannot come about any more. Nothing was changed. It runs out ${age}.`,
  },
  uncountedTitle: 'A yes that does not count',
  uncountedText: (names: readonly string[]) =>
    `${format.list(names.map(plainName))} said yes on a version that your devices never agreed to. It counts once enough of them agree to that version. Or ask anew, with that device on the agreed version.`,
  uncountedNote: (names: readonly string[]) =>
    `The yes of ${format.list(names.map(plainName))} does not count yet.`,
  uncountedRule: 'See the rule',
  lapses: (age: string) => `Runs out ${age} if too few answer.`,
  detail: {
    kind: 'Kind',
    snapshot: 'snapshot',
    roster: 'roster change',
    epoch: 'Identity epoch',
    index: 'Snapshot index',
    digest: 'Digest proposed',
    ownDigest: 'Digest computed here',
    noDigest: 'not yet',
    statement: 'Statement',
    needed: 'Approvals needed',
    neededOf: (needed: number, of: number) => `${needed} of ${of}`,
    proposed: 'Proposed',
    expires: 'Expires',
    facts: 'Facts pruned',
    bytes: 'Bytes freed',
    lacking: 'Facts lacking here',
    period: 'Period',
    snapshotThreshold: 'Snapshot threshold',
    governanceThreshold: 'Governance threshold',
    change: (from: number, to: number) => (from === to ? `${to}` : `${from} → ${to}`),
    manifest: 'Manifest',
    devices: 'Device keys',
  },
  rawHint: 'Everything that this screen is made from, as this device holds it.',
};
