/** What stands of the key on paper outside its own screen. */
export const recovery = {
  title: 'Recovery key',
  promptTitle: 'Save a recovery key',
  promptText: 'Twenty-four words on paper: with them, losing one phone never locks you out.',
  promptDo: 'Do it now',
  checkTitle: 'Do you still have the recovery key?',
  checkText: 'Three of its words are enough to know.',
  checkDo: 'Check it',
  only: 'I only have the recovery key',
  onlyText:
    'It says yes, but it holds no records. Take any device that is still in the account, let this one in from there, and then take the lost ones out with the key. Without any device it takes a backup.',
};
