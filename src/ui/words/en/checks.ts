import type { CheckName } from '../../../replica/view.js';

/** What is looked at, what is wrong where it fails, and what helps. */
interface Check {
  readonly what: string;
  readonly wrong: string;
  readonly remedy: string;
}

/** What is wrong where a check fails, and what helps. */
export const CHECKS: Readonly<Record<CheckName, Check>> = {
  store: {
    what: 'writing',
    wrong: 'What you write may not be kept',
    remedy: 'Free some room on this device, then load the page anew.',
  },
  room: {
    what: 'free room',
    wrong: 'Almost no room is left here',
    remedy: 'Free some room: a few photos are enough. Your records stay.',
  },
  journal: {
    what: 'what is stored here',
    wrong: 'Something stored here does not read back',
    remedy: 'The other devices send it again. Connect one of them.',
  },
  crypto: {
    what: 'signing',
    wrong: 'Signing does not work here',
    remedy: 'Bring the browser up to date, then load the page anew.',
  },
  code: {
    what: 'the version of this page',
    wrong: 'This page is of another version',
    remedy: 'Load the page anew.',
  },
  digest: {
    what: 'comparing the records',
    wrong: 'The same records come out different',
    remedy: 'Go back to the version before; the other devices have theirs.',
  },
  uptime: {
    what: 'staying open',
    wrong: 'The page was not up for long',
    remedy: 'Leave it open for a moment.',
  },
};
