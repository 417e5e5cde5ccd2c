import { plainName } from '../../../names.js';
import { format } from '../common.js';

const devices = (count: number): string =>
  format.plural(count, { one: '# device', other: '# devices' });

const others = (count: number): string => (count === 1 ? 'One' : `Up to ${format.number(count)}`);
const every = (all: number): string => (all === 2 ? 'Both' : `All ${format.number(all)}`);

/** Words of the rules of the account. */
export const rules = {
  title: 'Who decides',
  snapshot: 'To tidy up the past',
  snapshotHint: (of: number, all: number) => {
    if (of === 1) return 'Any one device may do it by itself, without asking the others.';
    if (of === all) return `${every(all)} must agree. While one is away, nothing can be tidied up.`;
    return `Any ${of} of your ${all} devices must agree. ${others(all - of)} may be away.`;
  },
  governance: 'To change the devices',
  governanceHint: (of: number, all: number) => {
    if (all === 1) return 'This device decides alone.';
    if (of === all) return `${every(all)} must agree to let a device in or take one out.`;
    return `Any ${of} of your ${all} devices must agree. ${others(all - of)} may be lost, and the others can still take ${all - of === 1 ? 'it' : 'them'} out.`;
  },
  majority: (min: number) => `At least ${min}: more than half.`,
  fewer: 'One fewer',
  more: 'One more',
  of: (of: number, all: number) => `${of} of ${all}`,
  lockText:
    'All of them have to agree, so with one gone nobody can agree any more, not even to take the lost one out. A recovery key on paper counts as a device and helps.',
  same: 'These are the rules already.',
  only: 'While there is only this device, it decides alone.',
  send: 'Ask the others',
  sending: 'Asking…',
  keysTitle: 'Keys of the account',
  keysText:
    'New keys lock out whoever may have seen the present ones. The devices and the records stay as they are. When a device is taken out, this happens by itself.',
  keys: 'Renew the keys',
  notAllowed: 'This device may not change the rules.',
  said: (name: string, age: string) => `${plainName(name)} set this ${age}.`,
  code: {
    title: 'Which yes counts',
    any: 'Every yes',
    anyNote: 'One from a version that you never agreed to is marked, and counts.',
    agreed: 'Only from agreed versions',
    agreedNote:
      'A device that runs another version says no yes, and no device finishes anything with one.',
    foreign:
      'This device runs a version that your devices never agreed to, so it cannot ask for that.',
  },
  ready: {
    title: 'To agree to a new version',
    hint: (count: number, all: number, least: number) => {
      if (count === all) {
        return `${every(all)} must have checked it. While one is away, no new version is agreed to.`;
      }
      const enough = count === least ? ', as many as decide over the devices' : '';
      return `${devices(count)} must have checked it${enough}. ${devices(all - count)} may be away.`;
    },
    least: (least: number) => `At least ${least}.`,
    stays: 'It holds from now on. What was agreed to stays.',
    more: (asked: number) =>
      `Your devices asked for ${asked}, which is more than there are: all of them count.`,
    onlyBack: (least: number) =>
      `This device may not change the rules, but may put this one back to ${least}.`,
    same: 'It is that many already.',
    send: 'Set it',
    sending: 'Setting…',
  },
};
