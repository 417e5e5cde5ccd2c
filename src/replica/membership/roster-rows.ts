import { encodeRosterCompletion } from '../../core/authority/roster-completion.js';
import { completionsOf } from '../../core/authority/shown-record.js';
import type { AdmittedTransition } from '../../core/authority/transition.js';
import type { Change } from '../../ports/store.js';
import { KEYS, putBytes } from '../storage/rows.js';

/**
 * The rows of a record's completions: each is read back alone, so a damaged one costs no other.
 *
 * Where there were more before, those that are kept no longer stay behind the others and count for
 * nothing when they are read: governance is never deleted (rule S5).
 */
export const rosterRows = (transition: AdmittedTransition): readonly Change[] => {
  const { hash } = transition;
  return completionsOf(transition).map((each, index) =>
    putBytes(
      'governance',
      index === 0 ? KEYS.roster(hash) : KEYS.rosterAgain(hash, index),
      encodeRosterCompletion(each),
    ),
  );
};
