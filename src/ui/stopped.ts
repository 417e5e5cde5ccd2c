import type { DecisionView } from '../replica/view.js';

/** Whether a device has stopped this change: nobody is asked about it any more (A9). */
export const isStopped = ({ subject }: DecisionView): boolean =>
  subject.kind === 'roster' && subject.danger !== null && subject.danger.vetoedBy !== null;
