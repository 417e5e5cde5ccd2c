/** The page with three pretend devices. */
export const tryIt = {
  title: 'Try it',
  lead: 'Three devices, side by side. They are real to each other and gone when you say so.',
  frameName: { 'try-1': 'Laptop', 'try-2': 'Phone', 'try-3': 'Tablet' },
  devices: 'Pretend devices',
  guide: 'Five steps',
  steps: {
    create: {
      title: 'Create an account',
      text: 'On the laptop, choose Create an account and keep the name.',
      act: 'Show the laptop',
    },
    pair: {
      title: 'Pair the phone',
      text: 'Show a code on the laptop. Then hand it to the phone and compare the words on both.',
      act: 'Open pairing on the laptop',
      hand: {
        'try-1': 'Hand the code to the laptop',
        'try-2': 'Hand the code to the phone',
        'try-3': 'Hand the code to the tablet',
      },
      compare:
        'Choose the words on the one that the other shows, and say on the other that they match.',
    },
    write: {
      title: 'Write a record',
      text: 'Write anything on one device and watch it appear on the other.',
      act: 'Write on the laptop',
    },
    propose: {
      title: 'Propose to tidy up',
      text: 'Propose a snapshot: keep the present, let the past go.',
      act: 'Open Snapshots on the laptop',
    },
    approve: {
      title: 'Approve it',
      text: 'The phone works the result out by itself and asks you. Say yes there.',
      act: 'Show the phone',
    },
  },
  doneTitle: 'That is all of it',
  doneText:
    'Both hold the same, and the past is let go because both agreed. Add the tablet, or start again.',
  stepDone: 'done',
  reset: 'Start again',
  resetTitle: 'Start again?',
  resetText: 'The three pretend devices forget everything. Your own account is not touched.',
  resetting: 'Clearing…',
  resetFailed: 'The browser kept some of it. Close other tabs with this page and try again.',
  leave: 'Leave',
};
