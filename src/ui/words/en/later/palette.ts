import { plainName } from '../../../names.js';

/** Everything that can be done, by name. */
export const palette = {
  title: 'Do something',
  hint: 'Type a name: snapshot propose',
  list: 'What can be done',
  none: 'Nothing is called that.',
  found: (count: number): string => (count === 1 ? '1 fits' : `${count} fit`),
  show: (name: string) => ({
    name: `device show ${plainName(name)}`,
    note: 'how it is, and what it may do',
  }),
  rename: (name: string) => ({
    name: `device rename ${plainName(name)}`,
    note: 'give it another name',
  }),
  remove: (name: string) => ({
    name: `device remove ${plainName(name)}`,
    note: 'lost, stolen, sold: take it out',
  }),
  rights: (name: string) => ({
    name: `device allow ${plainName(name)}`,
    note: 'what it may do',
  }),
  admin: (name: string) => ({
    name: `admin replace ${plainName(name)}`,
    note: 'make it the admin',
  }),
  operations: {
    home: { name: 'decisions show', note: 'what needs you' },
    recordNew: { name: 'record new', note: 'write something down' },
    records: { name: 'record search', note: 'everything that is kept' },
    fileAttach: { name: 'file attach', note: 'a picture or paper, to a new record' },
    filePolicy: { name: 'file policy', note: 'which files this device fetches by itself' },
    fileTransfers: { name: 'file fetch', note: 'what is on its way to this device' },
    storage: { name: 'storage show', note: 'room left, and what takes it' },
    snapshotPropose: { name: 'snapshot propose', note: 'tidy up the past' },
    snapshots: { name: 'snapshot list', note: 'what was tidied up, and when' },
    deviceAdd: { name: 'device add', note: 'let a phone, tablet or laptop in' },
    rules: { name: 'threshold set', note: 'how many devices must agree' },
    keys: { name: 'key rotate', note: 'new keys for the account' },
    recovery: { name: 'recovery key', note: 'make, check or use the words on paper' },
    lock: { name: 'lock set', note: 'ask for finger, face or code' },
    quiet: { name: 'quiet hours', note: 'when nothing should call you' },
    leave: { name: 'account leave', note: 'begin another account with those you trust' },
    split: { name: 'roster compare', note: 'two lists of devices, side by side' },
    updates: { name: 'update check', note: 'which version runs here, and what is offered' },
    updatePolicy: { name: 'update policy', note: 'switch by itself, or when you say so' },
    updateOffer: { name: 'update offer', note: 'put a new version to your devices' },
    activity: { name: 'activity show', note: 'what happened, line by line' },
    connection: { name: 'connection show', note: 'who is near, and in step' },
    reconnect: { name: 'connection renew', note: 'look for the other devices again' },
    release: { name: 'fence release', note: 'go on writing now' },
    persist: { name: 'storage keep', note: 'ask the browser to keep the account' },
    tryIt: { name: 'try it', note: 'three pretend devices, side by side' },
  },
};

export type PaletteWords = typeof palette;
