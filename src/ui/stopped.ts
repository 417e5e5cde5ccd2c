import type { DecisionView } from '../replica/view.js';

/**
 * Whether it cannot come about, though it is still open: a device has stopped this change (A9), or
 * too many said no (C3). Nobody is asked about it any more.
 */
export const isStopped = ({ subject, isTurnedDown }: DecisionView): boolean =>
  isTurnedDown || (subject.kind === 'roster' && subject.danger?.vetoedBy != null);
