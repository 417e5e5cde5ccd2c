/** The optional lock before what matters. */
export const lock = {
  title: 'App lock',
  off: 'Anyone who holds this device unlocked can approve and let devices in.',
  on: 'This device asks for your finger, face or code before you approve, let devices in, or make a recovery key.',
  limits:
    'It guards against a hand that picks up the unlocked device. It does not hide what is written here.',
  turnOn: 'Turn the lock on',
  turnOff: 'Turn the lock off',
  turning: 'Asking the device…',
  refused: 'The device did not recognise you. Nothing was changed.',
  absent: 'This device or browser cannot ask for a finger, face or code.',
  lostKey:
    'If it no longer recognises you at all, take this device out from another one and let it in anew.',
  lockedTitle: 'Locked',
  lockedText: 'Show that it is you, and it goes on right here.',
  unlock: 'Unlock',
  unlocking: 'Asking the device…',
  notYou: 'The device did not recognise you. Try again.',
};
