import type { RosterCompletion } from './roster-completion.js';
import type { AdmittedTransition } from './transition.js';

/** What shows a record to be valid, and what was said of it besides. */
export type Shown = Pick<AdmittedTransition, 'completion'> &
  Partial<Pick<AdmittedTransition, 'others'>>;

/** Every completion of a transition's record that is kept: what others are told of it. */
export const completionsOf = ({ completion, others = [] }: Shown): readonly RosterCompletion[] => [
  completion,
  ...others,
];
