import type { DeviceReport, DeviceView } from '../../../replica/view.js';
import { format } from './common.js';

/** "Both", "All 3" or "2 of 3". */
const quorum = (needed: number, of: number): string => {
  if (needed < of) return `${format.number(needed)} of ${format.number(of)}`;
  return of === 2 ? 'Both' : `All ${format.number(of)}`;
};

const others = (count: number): string =>
  format.plural(count, { one: '# device', other: '# devices' });

/** The devices of the account, and what they decide together. */
export const devices = {
  title: 'Devices',
  add: 'Add a device',
  list: 'Devices of this account',
  one: 'One device only: add a second',
  oneText:
    'If this one is lost, everything on it is lost too. A second phone, tablet or laptop keeps a full copy.',
  admin: 'admin',
  me: 'this device',
  standing: (device: DeviceView): string => {
    if (device.isInStep || device.isMe) return 'in step';
    return device.presence === 'away' ? 'catches up when it is back' : 'catching up';
  },
  agreeTitle: 'Who decides',
  share: (needed: number, of: number) => quorum(needed, of),
  leave: 'Leave together',
  alone: 'While there is only this device, it decides alone.',
  agreeBoth: (needed: number, of: number) =>
    `${quorum(needed, of)} must agree before the past is tidied up, and before a device comes or goes.`,
  agreeSnapshot: (needed: number, of: number) =>
    `${quorum(needed, of)} must agree before the past is tidied up.`,
  agreeRoster: (needed: number, of: number) =>
    `${quorum(needed, of)} must agree before a device comes or goes.`,
  fullUp: (max: number) => `An account holds at most ${max} devices.`,
  goneTitle: 'This device is not in the account',
  goneText: 'It was taken out, or has not reached this device yet.',
  rename: 'Rename',
  renameTitle: (name: string) => `Rename “${name}”`,
  newName: 'New name',
  renameHint: (needed: number) =>
    needed <= 1
      ? 'It changes at once.'
      : `It changes once ${others(needed)} agree, this one included.`,
  renaming: 'Renaming…',
  nameSame: 'That is its name already.',
  nameEmpty: 'Give it a name.',
  renameOpen: 'The new name waits for the others to agree.',
  seeDecision: 'See who is missing',
  renameFailed: 'Not renamed.',
  lastSeen: 'Last seen',
  now: 'now',
  state: 'State',
  data: 'Its data',
  keeps: ({ persisted, quota, used }: DeviceReport): string => {
    const promise =
      persisted === true
        ? 'kept for sure'
        : persisted === false
          ? 'the browser may forget it'
          : 'the browser does not say';
    const mib = quota === null || used === null ? null : Math.max(0, quota - used);
    return mib === null ? promise : `${promise}; about ${format.bytes(mib * 1024 * 1024)} left`;
  },
  key: 'Key',
  keyStorage: 'Its key is kept',
  storage: { hardware: 'in secure hardware', soft: 'in the browser', paper: 'on paper' },
  joined: 'Joined in epoch',
};
