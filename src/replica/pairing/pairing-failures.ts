import type { PairingBye } from '../../core/links/pairing.js';
import type { CodeClosing } from '../../core/links/typed-meeting.js';
import type { CommandError } from '../commands.js';
import type { PairingFailure } from '../view.js';

/** What a newcomer is told where the code is good no more. */
export const FAILURE_BY_CLOSING: Readonly<Record<CodeClosing, PairingFailure>> = {
  'wrong-code': 'code-wrong',
  'code-used': 'code-used',
  expired: 'code-expired',
  withdrawn: 'withdrawn',
};

/** What a newcomer is told where the other side left; `withdrawn` for all other reasons. */
export const FAILURE_BY_BYE: Partial<Record<PairingBye, PairingFailure>> = {
  'words-differ': 'words-differ',
  'refused-by-members': 'refused-by-members',
  lapsed: 'lapsed',
  superseded: 'superseded',
  'code-used': 'code-used',
  expired: 'code-expired',
};

/** Why the others are not asked about a newcomer: what this device shows, and what it tells it. */
export const notAsked = (error: CommandError): readonly [shown: PairingFailure, PairingBye] => {
  switch (error.kind) {
    case 'store':
      return ['store-failed', 'store-failed'];
    case 'no-account':
    case 'not-allowed':
    case 'unknown-device':
    case 'forked':
      return ['superseded', 'superseded'];
    case 'blocked':
      if (error.blocker.kind === 'epoch-moved') return ['superseded', 'superseded'];
      break;
  }
  return ['not-asked', 'withdrawn'];
};

/** Byes that end a joining after the newcomer's consent: the decision about it came to nothing. */
export const isDecided = (bye: PairingBye): boolean =>
  bye === 'refused-by-members' || bye === 'lapsed' || bye === 'superseded' || bye === 'withdrawn';

/** What is wrong with a code, as people are told. */
export const failureOf = (
  kind: 'malformed' | 'mistyped' | 'expired' | 'other-purpose' | 'newer-version',
): PairingFailure => `code-${kind}` as const;
