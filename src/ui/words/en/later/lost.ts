/** Words for a device whose browser let go of its store: not for one that was never here. */
export const back = {
  was: (name: string) => `This was “${name}”, a device of an account.`,
  hint: 'On another device, open Devices and choose Add a device. It asks there whether this one takes the place of the one that was lost.',
  only: 'This was my only device',
  onlyText: [
    'Then what was written on it is gone with the browser’s storage: no server has a copy.',
    'You can begin anew here. Add a second device soon, so that one is left when another loses its data.',
  ],
  anew: 'Begin anew',
};

/** Words for a store that is there and does not open. */
export const unopened = {
  title: 'Your account does not open',
  why: {
    quota:
      'There is no room left on this device, so the browser does not open what is kept here. Free some space and try again.',
    'store-newer':
      'A later version of Upkeep wrote here last, and this one cannot read it. Nothing is gone: it opens under that version. Try again to get it.',
    'store-blocked':
      'Another tab holds it open under an older version of Upkeep. Close the other tabs and try again.',
    'store-failed':
      'The browser could not open what is kept here; it gave no reason. Nothing was changed. Try again, or start the browser anew.',
  },
  tryAgain: 'Try again',
  otherwise:
    'Your other devices go on meanwhile. Clear this site’s data only if it stays so and another device has everything: this one then joins anew.',
};
