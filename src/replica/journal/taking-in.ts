import type { HeadId, RosterHash } from '../../core/base/brands.js';
import { type AdmittedCompletion, joinCompletions } from '../../core/authority/completion.js';
import type { AdmittedTransition } from '../../core/authority/transition.js';
import { joinTransitions } from '../../core/authority/transition-join.js';

/** Takes in records and completed snapshots that were verified. */
export type AddGovernance = (
  records: readonly AdmittedTransition[],
  heads: readonly AdmittedCompletion[],
) => void;

/** Joins each with what is held of it. */
export const joinInto = (
  transitions: Map<RosterHash, AdmittedTransition>,
  completions: Map<HeadId, AdmittedCompletion>,
  ...[records, heads]: Parameters<AddGovernance>
): void => {
  for (const each of records) {
    const held = transitions.get(each.hash);
    transitions.set(each.hash, held ? joinTransitions(held, each) : each);
  }
  for (const each of heads) {
    const held = completions.get(each.head);
    completions.set(each.head, held ? joinCompletions(held, each) : each);
  }
};
