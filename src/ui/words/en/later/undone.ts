/** Words for who asked for a change of the devices before it had heard of the last snapshots. */
export const undone = {
  title: 'This has to be asked again',
  text: 'When you asked, this device had not heard that the past was tidied up meanwhile. The change would undo that, so no device can agree to it. Take it back and ask again.',
};
