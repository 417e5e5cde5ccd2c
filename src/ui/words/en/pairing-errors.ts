import type { PairingFailure } from '../../../replica/view.js';

/** Why a pairing came to nothing, and what to do, in one sentence or two. */
export const pairing: Record<PairingFailure, string> = {
  'code-malformed': 'This is not a code of Upkeep. Look at the other screen once more.',
  'code-mistyped': 'A letter or digit is not right. Compare the code group by group.',
  'code-expired': 'The code was good for ten minutes and has run out. Ask for a new one.',
  'code-used': 'The code was used already; each is good once. Ask for a new one.',
  'code-wrong': 'The two devices had different codes. Ask for a new one; each is good for one try.',
  'code-guessed': 'Somebody entered a wrong code, so this one is spent. Show a new one.',
  'code-other-purpose': 'This code is for something else, not for adding a device.',
  'code-newer-version': 'The code comes from a newer version. Reload this page first.',
  'other-account': 'This device already belongs to another account.',
  'no-direct-way': 'This browser cannot be reached directly. Use a code that needs a network.',
  'no-connections':
    'This browser connects to no other device. Use another browser, or allow WebRTC in this one.',
  'nobody-there':
    'The device with this code was not found. Is its screen still on, and is it online?',
  'words-differ': 'The words were not the same, so nothing was shared. Start again, in one room.',
  withdrawn: 'The other device stopped. Start again when both are ready.',
  'peer-lied': 'What the other device sent does not hold true. Nothing was taken over.',
  'connection-lost': 'The connection broke off. Nothing was changed; start again.',
  'refused-by-members': 'The other devices said no.',
  lapsed: 'Too few devices said yes in time. Start again with a new code.',
  superseded: 'The devices changed meanwhile. Start again with a new code.',
  'not-asked': 'This device could not ask the others. Start again later.',
  'store-failed': 'This device could not save what it received. Nothing was changed.',
};
