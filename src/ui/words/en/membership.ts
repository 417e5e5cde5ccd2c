import { LIMITS } from '../../../core/base/limits.js';
import type { DeviceView, RemovalReason } from '../../../replica/view.js';
import { plainName } from '../../names.js';
import { format } from './common.js';

const quote = (name: string): string => `“${plainName(name)}”`;
const devices = (count: number): string =>
  format.plural(count, { one: '# device', other: '# devices' });

/** Who has to agree, and what waits: said before anything is asked of the others. */
const asks = (
  needed: number,
  isDangerous: boolean,
  delayMs: number = LIMITS.dangerDelayMs,
): string => {
  const agree =
    needed <= 1
      ? 'This device decides it alone.'
      : `It happens once ${devices(needed)} agree, this one included.`;
  if (!isDangerous || needed <= 1) return agree;
  const delay = format.span(delayMs);
  return `${agree} Each of them waits ${delay} first, and any other device can stop it meanwhile.`;
};

const REASONS: Readonly<Record<RemovalReason, string>> = {
  lost: 'Lost',
  stolen: 'Stolen',
  sold: 'Sold or given away',
  left: 'Its owner leaves',
  other: 'Something else',
};

/** What is on it stays on it: what to do about that. */
const AFTER: Readonly<Record<RemovalReason, string>> = {
  lost: 'What it already holds stays on it. If it may be in strange hands, change the passwords that stand in your records.',
  stolen:
    'What it already holds stays on it. Change the passwords that stand in your records, and lock it from its maker’s website.',
  sold: 'What it already holds stays on it. Erase it before you hand it over.',
  left: 'What it already holds stays on it, and its owner can go on reading that.',
  other: 'What it already holds stays on it.',
};

/** Taking devices out, what they may do, and who decides. */
export const membership = {
  asks,
  elsewhere: (names: readonly string[]) =>
    names.length === 0
      ? 'This device may not ask for this.'
      : `Only ${format.choice(names)} may ask for this.`,
  reasons: REASONS,
  reasonLabel: 'What happened?',
  lostIt: {
    phone: 'I lost this phone',
    tablet: 'I lost this tablet',
    laptop: 'I lost this laptop',
    paper: 'I lost this paper',
  } satisfies Readonly<Record<DeviceView['form'], string>>,
  section: 'If something happens to it',
  sectionText: 'Lost, stolen, sold, or its owner leaves: take it out, and it gets nothing new.',
  sectionMe:
    'Before you sell it or give it away, take it out here. If it gets lost, open this page on another device.',
  sectionPaper: 'Lost, or read by somebody else: take it out, and its yes counts no more.',
  takeOut: 'Take it out',
  newKey: {
    give: 'Give it a new key',
    starting: 'Making a code…',
    code: (name: string) =>
      `The device that enters this code takes the place of ${quote(name)}, whose old key goes. The others are asked, as for taking a device out.`,
    mineTitle: 'This device told two stories',
    mine: 'Its data was copied or put back, and it wrote on from there. Its yes counts again once it has a new key: take over or copy what is listed under Records, choose “Give it a new key” on another device, then remove this site’s data in the browser and enter the code here.',
  },
  takeOutTitle: (name: string) => `Take ${quote(name)} out`,
  taking: 'Asking the others…',
  onlyDevice: 'This is the only device of the account.',
  nothingNew:
    'It gets nothing new, and what it signs from then on does not count. The account’s keys are changed.',
  staysThere: 'What was written on it until now stays.',
  after: AFTER,
  paperOut: [
    'What it signs from then on does not count. The account’s keys are changed.',
    'It holds no records, so nothing else is lost. Make a new recovery key afterwards.',
  ],
  successor: 'It is the admin. Who takes its place?',
  needsSuccessor: 'Choose who takes its place as admin.',
  asked: (when: string, reason: RemovalReason) => `${REASONS[reason]}. Asked ${when}.`,
  rights: {
    title: 'What it may do',
    change: 'Change what it may do',
    changeTitle: (name: string) => `What ${quote(name)} may do`,
    send: 'Ask the others',
    sending: 'Asking…',
    same: 'Nothing is changed yet.',
    reads: 'It reads everything in the account, whatever you choose here.',
    all: 'Everything',
    allButAdmin: 'Everything but offering new versions and making them binding.',
    nothing: 'It only reads.',
    later: 'For later versions',
    capability: {
      record_write: 'Write and change records',
      snapshot_propose: 'Ask to tidy up the past',
      snapshot_approve: 'Agree to tidying up',
      roster_change: 'Change the devices, and agree to changes',
      admin_replace: 'Ask for another admin',
      upgrade_publish: 'Offer new versions',
      upgrade_activate: 'Make new versions binding',
      cache_invalidate: 'Refresh copies',
      policy_change: 'Change the rules for updates',
      schedule_change: 'Change the timetable',
      backup_export: 'Make backups',
    } as Readonly<Record<string, string>>,
  },
  admin: {
    title: 'Admin',
    make: 'Make it the admin',
    makeTitle: (name: string) => `Make ${quote(name)} the admin`,
    text: 'The admin offers new versions and makes them binding. One device at a time has that part.',
    until: (name: string) =>
      `Until now it is ${quote(name)}. It stays in the account as any other, without that part.`,
    send: 'Ask the others',
    sending: 'Asking…',
    paper: 'A paper key cannot be the admin.',
  },
  rules: {
    change: 'Change who decides',
    lockTitle: 'One lost device would lock the account',
    lockNow:
      'Every device has to agree. If one is lost, the others are too few to change anything, even to take it out.',
  },
  danger: {
    number: 'Number to compare',
    numberText: 'Tell it to whoever looks at this on another device. They are asked for it.',
    askNumberTitle: 'Is it really asked for?',
    askNumber: (name: string) =>
      `Look at the screen of ${quote(name)}, or ask who holds it, and type the number that stands there.`,
    askNumberDoubt: 'If nobody there asked for this, refuse it.',
    field: 'Number on the other screen',
    empty: 'Type the number first.',
    approve: 'Approve',
    waitTitle: 'Time to think',
    wait: (time: string, age: string, isAboutSomebody: boolean) =>
      `Until ${time} (${age}) any device${isAboutSomebody ? ' but the one it is about' : ''} can stop this.`,
    waitMine: (time: string, age: string) =>
      `Your yes counts from ${time} (${age}) if nobody stops it.`,
    over: 'The waiting is over on this device.',
    notBegun: 'It begins once enough devices run the new version well.',
    stop: 'Stop it',
    stopTitle: 'Stop this change?',
    stopText:
      'One device is enough to stop it. Everyone sees that it was this one, and why. It can be asked anew.',
    stopReason: 'Your reason',
    stopEmpty: 'Say in a few words why.',
    stopping: 'Stopping…',
    stoppedTitle: 'Stopped',
    stopped: (name: string) => `${plainName(name)} stopped it. It does not happen.`,
  },
  removed: {
    title: 'This device was taken out',
    text: (by: readonly string[], when: string) =>
      by.length === 0
        ? `It heard of it: ${when}.`
        : `${format.list(by.map(plainName))} decided so. This device heard of it: ${when}.`,
    why: 'Why',
    unknownWhy: 'not told',
    since: 'In force since roster',
    stays:
      'What it held until then can be read here. Nothing new comes, and nothing can be written.',
    back: 'If that was a mistake, ask somebody of the account. To come back, remove this site’s data in the browser and pair this device as a new one.',
    records: 'What it holds',
    none: 'It holds no records.',
    alone: 'Only here',
    aloneText:
      'This was written here after the others had left off, so it counts nowhere. Hand it on as text to somebody who needs it.',
    handOn: 'Hand on as text',
    more: (count: number) => `Show ${format.number(count)} more`,
  },
  splitLook: 'See both',
};
