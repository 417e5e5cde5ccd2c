import type { DeviceView, SyncView } from '../../../replica/view.js';
import { createFormat } from '../format.js';

/** English numbers and dates. */
export const format = createFormat('en-GB', 'just now');

/** Words that more than one screen uses. */
export const common = {
  appName: 'Upkeep',
  home: 'Home',
  records: 'Records',
  devices: 'Devices',
  updates: 'Updates',
  more: 'More',
  navigation: 'Main',
  skip: 'Skip to the content',
  back: 'Back',
  toHome: 'Go to Home',
  toDevices: 'See all devices',
  backTo: (where: string) => `Back to ${where}`,
  close: 'Close',
  cancel: 'Cancel',
  done: 'Done',
  save: 'Save',
  details: 'Details',
  thisDevice: 'This device',
  you: 'you',
  unknownDevice: 'A device not on the list',
  never: 'never',
  copied: 'Copied',
  copy: 'Copy',
  compare: 'Compare with another screen',
  compareHint: 'The same four groups stand on every device that looks at exactly this.',
  formName: { phone: 'Phone', tablet: 'Tablet', laptop: 'Laptop', paper: 'Paper key' },
  presence: (device: DeviceView, nowMs: number): string => {
    if (device.isMe) return 'this device';
    if (device.form === 'paper') return 'kept on paper, signs only';
    if (device.presence !== 'away')
      return device.isInStep ? 'connected, in step' : 'connected, catching up';
    return device.lastSeenMs === null
      ? 'not seen yet'
      : `away, last seen ${format.age(device.lastSeenMs, nowMs)}`;
  },
  step: {
    done: 'done',
    now: 'in progress',
    next: 'not started',
    failed: 'failed',
  },
  quorum: {
    yes: (count: number) => format.plural(count, { one: '# said yes', other: '# said yes' }),
    turn: 'your answer is awaited',
    awaited: (count: number) => format.plural(count, { one: '# awaited', other: '# awaited' }),
    away: (count: number) => format.plural(count, { one: '# away', other: '# away' }),
    no: (count: number) => format.plural(count, { one: '# said no', other: '# said no' }),
    needed: (count: number) =>
      format.plural(count, { one: '# yes needed', other: '# yeses needed' }),
  },
  syncPill: (sync: SyncView): string => {
    switch (sync.kind) {
      case 'alone':
        return 'Alone';
      case 'syncing':
        return 'Syncing';
      case 'in-step':
        return `In step with ${sync.inStepCount} of ${sync.deviceCount}`;
      case 'problem':
        return 'Problem';
    }
  },
  syncPillHint: 'Show devices and connection',
};
