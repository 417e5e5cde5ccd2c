import type { LeavingError, LeavingFault } from '../../../replica/commands.js';

/** Why this device cannot come along. */
export const leavingBlocker = (blocker: LeavingFault): string => {
  switch (blocker.kind) {
    case 'no-origin':
    case 'other-account':
      return 'What that device asks is about another account. Say no.';
    case 'other-snapshot':
      return 'It begins with a snapshot that this device does not know, or no longer counts. Wait until both devices are in step.';
  }
};

/** Why nothing came of leaving. */
export const leavingError = (error: LeavingError): string => {
  switch (error.kind) {
    case 'leaving-unsupported':
      return 'This app cannot hold another account here.';
    case 'leaving-open':
      return 'This device is beginning another account already. Finish or cancel that first.';
    case 'leaving-unknown':
      return 'That is over: the device that asked no longer leaves, or it has left.';
    case 'leaving-answered':
      return 'You answered that already.';
    case 'leaving-lost':
      return 'The place for the new account is gone from this browser. Cancel, and begin anew.';
    case 'leaving-blocked':
      return leavingBlocker(error.blocker);
  }
};
