import type { CheckName } from '../../../replica/view.js';
import { plainName } from '../../names.js';

/** What is looked at, what is wrong where it fails, and what helps. */
interface Check {
  /** As the name of a row. */
  readonly title: string;
  readonly what: string;
  readonly wrong: string;
  readonly remedy: string;
}

const CHECKS: Readonly<Record<CheckName, Check>> = {
  store: {
    title: 'Writing and reading back',
    what: 'writing',
    wrong: 'What you write may not be kept',
    remedy: 'Free some room on this device, then load the page anew.',
  },
  room: {
    title: 'Free room',
    what: 'free room',
    wrong: 'Almost no room is left here',
    remedy: 'Free some room: a few photos are enough. Your records stay.',
  },
  journal: {
    title: 'What is stored here',
    what: 'what is stored here',
    wrong: 'Something stored here does not read back',
    remedy: 'The other devices send it again. Connect one of them.',
  },
  crypto: {
    title: 'Signing',
    what: 'signing',
    wrong: 'Signing does not work here',
    remedy: 'Bring the browser up to date, then load the page anew.',
  },
  code: {
    title: 'Version of this page',
    what: 'the version of this page',
    wrong: 'This page is of another version',
    remedy: 'Load the page anew.',
  },
  digest: {
    title: 'Same records as before the update',
    what: 'comparing the records',
    wrong: 'The same records come out different',
    remedy: 'Go back to the version before; the other devices have theirs.',
  },
  uptime: {
    title: 'Staying open',
    what: 'staying open',
    wrong: 'The page was not up for long',
    remedy: 'Leave it open for a moment.',
  },
  loader: {
    title: 'Opening without a network',
    what: 'opening without a network',
    wrong: 'This page would not open without a network',
    remedy: 'Load the page anew. In a private window it stays so.',
  },
  clock: {
    title: 'Date and time',
    what: 'the time of the other devices',
    wrong: 'The clock here differs from those of your other devices',
    remedy: 'Let each device set its date and time by itself.',
  },
  persistence: {
    title: 'Kept for good',
    what: 'whether the browser keeps things',
    wrong: 'The browser may clear what is kept here when room runs low',
    remedy: 'Ask it to keep the account under More, or install the app.',
  },
  rendezvous: {
    title: 'Meeting point',
    what: 'the meeting point',
    wrong: 'The meeting point is out of reach',
    remedy: 'Devices that are connected stay so. Look whether this one is online.',
  },
  peers: {
    title: 'Other devices',
    what: 'the other devices',
    wrong: 'No other device was met for a week',
    remedy: 'Open the app on one of them while this one is open too.',
  },
};

/** The words of one of the app's own checks; null for another. */
export const ownCheck = (name: string): Check | null =>
  Object.hasOwn(CHECKS, name) ? CHECKS[name as CheckName] : null;

/** In words; a check that whoever embeds the app added is told by its own name and cause. */
export const checkOf = (name: string, cause: string | null): Check => {
  const title = plainName(name);
  const added = {
    title,
    what: title,
    wrong: `${title} is not well`,
    remedy: plainName(cause ?? ''),
  };
  return ownCheck(name) ?? added;
};
