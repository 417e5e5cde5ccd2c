import { format } from '../common.js';

/** Words for a device that a hard fork left behind, and for one that has no way back from one. */
export const fenced = {
  title: 'This device has to update',
  text: (version: string): string =>
    `Your other devices went on with ${version}. With the version here you can read and decide, but nothing that you write reaches them.`,
  stays: 'Everything that is here stays.',
  queued: (edits: number): string =>
    edits === 0
      ? 'What you write now goes out after the update.'
      : format.plural(edits, {
          one: '# edit waits here and goes out after the update.',
          other: '# edits wait here and go out after the update.',
        }),
  records: 'Look at your records',
  notHere: 'The new version has not been announced here yet. It comes once a device is near.',
  detail: (fence: number): string => `In force since step ${format.number(fence)} of the account.`,
  missing: 'Not spoken here',
  wentBack:
    'This device went back to the version before. Your other devices go on with it, and need this one to have it too.',
  againHint:
    'Every file is checked anew, and you say when to switch. If it fails again, this device goes back again.',
  trial:
    'The app checks itself. Your other devices need this version: what is not well is told below and looked at again. Only if the app does not open does this device go back.',
};
