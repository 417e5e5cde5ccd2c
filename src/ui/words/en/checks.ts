import type { CheckName } from '../../../replica/view.js';

/** What is wrong where a check fails, and what helps. */
export const CHECKS: Readonly<
  Record<CheckName, { readonly wrong: string; readonly remedy: string }>
> = {
  store: {
    wrong: 'What you write may not be kept',
    remedy: 'Free some room on this device, then load the page anew.',
  },
  room: {
    wrong: 'Almost no room is left here',
    remedy: 'Free some room: a few photos are enough. Your records stay.',
  },
  journal: {
    wrong: 'Something stored here does not read back',
    remedy: 'The other devices send it again. Connect one of them.',
  },
  crypto: {
    wrong: 'Signing does not work here',
    remedy: 'Bring the browser up to date, then load the page anew.',
  },
  code: { wrong: 'This page is of another version', remedy: 'Load the page anew.' },
  digest: {
    wrong: 'The same records come out different',
    remedy: 'Go back to the version before; the other devices have theirs.',
  },
  uptime: { wrong: 'The page was not up for long', remedy: 'Leave it open for a moment.' },
};
