import type { Platform } from '../../screens/welcome/device-name.js';

const platformName: Record<Platform, string> = {
  iphone: 'iPhone',
  ipad: 'iPad',
  'android-phone': 'Android phone',
  'android-tablet': 'Android tablet',
  mac: 'Mac',
  windows: 'Windows computer',
  chromebook: 'Chromebook',
  linux: 'Linux computer',
  unknown: 'My device',
};

/** Welcome, and making an account. */
export const welcome = {
  title: 'Your records, kept by your own devices',
  lead: 'No server owns them. Your devices hold them together, and the past is tidied up only when enough of them agree.',
  create: 'Create an account',
  join: 'Join with a code',
  joinHint: 'One of your devices already has Upkeep? Open Devices there and choose Add a device.',
  tryIt: 'Try it with three pretend devices',
  trust: 'Why trust this page?',
  trustText: [
    'The first time you open Upkeep, you trust whoever serves this page, as with any website. From then on this device keeps its own copy of the app and opens without asking anyone.',
    'Your records and keys stay in this browser. They travel only to devices that you paired yourself, and encrypted. The website behind this page never sees them.',
    'There is no password to reset and nobody who could do it. A second device is what saves the account when this one is lost.',
  ],
  createTitle: 'Name this device',
  createLead: 'Your other devices will know it by this name. You can change it later.',
  name: 'Name of this device',
  nameEmpty: 'Give it a name, so that you know it among the others.',
  creating: 'Creating…',
  createNow: 'Create',
  start: 'Start',
  platformName,
  tryName: { 'try-1': 'Laptop', 'try-2': 'Phone', 'try-3': 'Tablet' },
};
