import { encodeRosterCompletion } from '../core/authority/roster-completion.js';
import type { AdmittedTransition } from '../core/authority/transition.js';
import { completionsOf } from '../core/authority/shown-record.js';
import type { Change } from '../ports/store.js';
import { KEYS, deleteRow, putBytes } from './rows.js';

/**
 * The rows of a record's completions, and the end of those that it has no more: each is read back
 * alone, so a damaged one costs no other.
 *
 * `before` is what the store holds of the record; undefined: nothing.
 */
export const rosterRows = (
  transition: AdmittedTransition,
  before?: AdmittedTransition,
): readonly Change[] => {
  const { hash } = transition;
  const keyAt = (index: number): string =>
    index === 0 ? KEYS.roster(hash) : KEYS.rosterAgain(hash, index);
  const kept = completionsOf(transition);
  const stored = before === undefined ? [] : completionsOf(before);
  return [
    ...kept.map((each, index) =>
      putBytes('governance', keyAt(index), encodeRosterCompletion(each)),
    ),
    ...stored.flatMap((_, index) =>
      index < kept.length ? [] : deleteRow('governance', keyAt(index)),
    ),
  ];
};
