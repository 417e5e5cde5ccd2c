import type { SyncView } from '../../../replica/view.js';
import { format } from './common.js';

/** Words of More and of what the app says about itself. */
export const more = {
  title: 'More',
  snapshots: 'Snapshots',
  snapshotsNote: (last: string | null) => (last === null ? 'none yet' : `the last one ${last}`),
  activity: 'Activity',
  activityNote: 'what happened, line by line',
  health: 'Health',
  healthNote: (wrong: number | null): string => {
    if (wrong === null) return 'what this device looks at in itself';
    const some = { one: '# check needs care', other: '# checks need care' };
    return wrong === 0 ? 'all checks good' : format.plural(wrong, some);
  },
  palette: 'Everything by name',
  paletteNote: 'type what you want to do',
  tryIt: 'Try it',
  tryItNote: 'three pretend devices, side by side',
  about: 'About',
  version: 'Version',
  bundle: 'Build',
  noBundle: 'not stated',
  protocols: 'Protocols',
  accountId: 'Account',
  deviceKey: 'This device',
  storage: 'Storage',
  used: (used: string, quota: string | null) =>
    quota === null ? `${used} used` : `${used} of ${quota} used`,
  persisted: {
    yes: 'The browser keeps this account until you remove it.',
    no: 'This browser may forget the account when space runs low.',
    unknown: 'This browser does not say whether it keeps the account.',
    fix: 'Keep it safe',
    fixing: 'Asking the browser…',
    refused: 'The browser said no. Installing the app, or allowing notifications, usually helps.',
  },
  trustTitle: 'What you trust',
  trust:
    'Everything is checked on your own devices; no server owns or reads your data. One thing is taken on trust: the first load of this app from its website. From then on this device runs what it has stored, and shows which build that is, so that you can compare it with another device.',
};

/** Words of the sheet behind the pill. */
export const sync = {
  title: 'Connection',
  headline: (view: SyncView): string => {
    const others = view.deviceCount - 1;
    switch (view.kind) {
      case 'alone':
        return others <= 0
          ? 'This is the only device of the account.'
          : 'No other device is connected. Everything is kept here until one is near.';
      case 'syncing':
        return 'Entries are being exchanged.';
      case 'in-step':
        return view.inStepCount === view.deviceCount
          ? 'All devices hold exactly the same.'
          : `${format.number(view.inStepCount)} of ${format.number(view.deviceCount)} devices hold exactly the same.`;
      case 'problem':
        return 'Something is in the way.';
    }
  },
  devices: 'Devices',
  dot: { yes: 'in step', awaited: 'catching up', away: 'away' },
  rendezvous: 'Meeting point',
  rendezvousText: {
    connecting: 'connecting…',
    connected: 'connected',
    unreachable: 'out of reach; tried again by itself',
  },
  rendezvousHint: 'It only helps devices find each other. It reads nothing.',
  latest: 'Lately',
  allActivity: 'All activity',
  reconnect: 'Connect again',
};

/** Words for the times when there is no account to show. */
export const stage = {
  opening: 'Opening your account…',
  openingStep: 'Reading what is kept here',
  elsewhereTitle: 'Open in another tab',
  elsewhereText: 'Upkeep writes from one tab at a time, so that nothing is written twice.',
  useHere: 'Use here',
  lostTitle: 'Welcome back',
  lostText:
    'This browser has let go of what was kept here. It does so when room runs out, when its storage is damaged, or when somebody clears the data of this site.',
  lostStays:
    'Whatever had reached another device is still there: join again, and it all comes back.',
  lostAlone: 'If this was the only device, what was on it is gone.',
  pairAgain: 'Join again with a code',
  lockedTitle: 'Locked for safety',
  lockedText:
    'The website changed the part that opens the app into one that this version does not know. This device signs nothing and talks to nobody until you say so. Everything here stays. Your other devices were told, if one was near.',
  lockedAsk:
    'Ask whoever runs the website whether they changed it. Do not enter a recovery key here.',
  lockedGoOn: 'I know of the change: go on',
  lateTitle: 'This part is missing',
  lateText: 'It could not be loaded, perhaps because the app has just been renewed. Load it again.',
  reload: 'Load again',
  recovery: 'Recovery page',
  recoveryText:
    'One page opens without the app. It saves your records as a file, goes back to the version before, or starts again from the website.',
};
