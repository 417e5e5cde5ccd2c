import type { PairingBye } from '../../core/links/pairing.js';
import type { CodeClosing } from '../../core/links/typed-meeting.js';
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
  'code-used': 'code-used',
  expired: 'code-expired',
};

/** What is wrong with a code, as people are told. */
export const failureOf = (
  kind: 'malformed' | 'mistyped' | 'expired' | 'other-purpose' | 'newer-version',
): PairingFailure => `code-${kind}` as const;
