import type { OwnLeavingView } from '../../../../replica/view.js';
import { plainName } from '../../../names.js';
import { format } from '../common.js';
import { leavingBlocker } from '../leaving-errors.js';

const entries = (count: number): string =>
  format.plural(count, { one: '# entry', other: '# entries' });
const devices = (count: number): string =>
  format.plural(count, { one: '# device', other: '# devices' });
const snapshot = (index: number | null): string =>
  index === null ? 'the records as they are' : `snapshot ${format.number(index)}`;

type Asked = OwnLeavingView['with'][number];

const standing = ({ answer, isMember }: Asked): string => {
  if (!isMember) return 'was taken out since, so it does not count';
  if (answer === null) return 'has not answered yet';
  return answer === 'yes' ? 'comes along' : 'stays';
};

/** Leaving an account together with others. */
export const leave = {
  title: 'Leave together',
  lead: 'Begin another account with those you trust. For whoever stays nothing changes, and nobody is taken out.',
  does: [
    'The new account begins with a copy of your records.',
    'Each of you signs from which snapshot you went. Nobody can sign for another.',
    'Then the others join it with a code, like any new device.',
    'Rules, open decisions and the recovery key do not come along. Make a new key there.',
    'This device stays in this account too, until somebody takes it out here.',
  ],
  how: 'How it goes',
  start: 'Leave together…',
  who: 'Who comes along',
  alone: 'You go alone.',
  what: 'What comes along',
  kept: (index: number) => `The records as in ${snapshot(index)}`,
  keptNote: (facts: number) => `without the ${entries(facts)} since`,
  tail: 'All records as they are on this device',
  tailNote: 'what came after the snapshot is then on this device’s word alone',
  noSnapshot: 'There is no snapshot yet: the records come along as they are on this device.',
  files: (count: number) =>
    format.plural(count, {
      one: '# file is not on this device and stays behind. Fetch it first if you need it.',
      other: '# files are not on this device and stay behind. Fetch them first if you need them.',
    }),
  send: (count: number) => (count === 0 ? 'Go on' : 'Ask them'),
  sending: 'Asking…',
  own: {
    title: 'You are leaving',
    list: 'Who was asked',
    standing,
    none: 'You go alone. Nobody has to agree.',
    wait: 'Those who were asked see it as soon as they are near. You can begin without whoever does not answer: they can still join with a code.',
    what: (tail: boolean) =>
      tail
        ? 'All records come along, as they are on this device then.'
        : 'The records come along as in the last snapshot.',
    found: 'Begin the new account',
    founding: 'Copying…',
    cancel: 'Cancel',
    cancelling: 'Cancelling…',
  },
  founded: {
    title: 'The new account is there',
    text: 'It lives beside this one in this browser. Open it, and let the others in there with a code.',
    keep: 'Keep its address, or add it to your home screen: the app itself goes on opening this account.',
    open: 'Open the new account',
    again: 'Leave once more',
  },
  asked: {
    title: (name: string) => `${plainName(name)} wants to leave with you`,
    what: (index: number | null, tail: boolean) =>
      tail && index !== null
        ? `To another account, which begins with ${snapshot(index)} and what came after it on that device.`
        : `To another account, which begins with ${snapshot(index)}.`,
    means:
      'Yes signs that you leave from there, and nothing else. Here everything stays as it is; you join the new account with a code.',
    yes: 'Yes, I come along',
    yesBusy: 'Signing…',
    no: 'No, I stay',
    noBusy: 'Answering…',
    saidYes: 'You said yes.',
    saidNo: 'You said no.',
    waits: 'The new account is not there yet.',
    join: 'The new account is there. Ask for a code on that device, open a place for it here, and choose “Join”.',
    place: 'Open a place for it',
    blocked: leavingBlocker,
  },
  origin: {
    title: 'Where this account comes from',
    text: (signers: number) =>
      `It was begun from another account, by ${devices(signers)} that left that one together.`,
    head: 'It began with the snapshot',
    none: 'That account had no snapshot.',
    account: 'The account before',
  },
  notice: {
    title: (name: string) => `${plainName(name)} wants to leave this account with you`,
    look: 'Look',
  },
};
