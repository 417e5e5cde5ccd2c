import type { DecisionView, RosterSubject } from '../replica/view.js';
import { replicaOf } from './device.js';
import type { World } from './world.js';

/**
 * The number that the proposer's screen shows for a dangerous change (rule A9), as a person who
 * walks over there reads it; null where that screen is off, or shows none.
 */
export const numberFor = (world: World, decision: DecisionView): string | null => {
  if (dangerIn(decision)?.needsMatch !== true) return null;
  const proposer = world.deviceOf(decision.proposer);
  const view = proposer === null ? null : replicaOf(proposer)?.view();
  const shown = (view?.decisions ?? []).filter((each) => dangerIn(each)?.matchNumber != null);
  // Another ballot may put the same change forward under another name.
  const same =
    shown.find(({ id }) => id === decision.id) ??
    shown.find((each) => wordsOf(each) === wordsOf(decision));
  return same === undefined ? null : (dangerIn(same)?.matchNumber ?? null);
};

/** Whether a person has what the device asks for beside a yes. */
export const canMatch = (world: World, decision: DecisionView): boolean =>
  dangerIn(decision)?.needsMatch !== true || numberFor(world, decision) !== null;

const dangerIn = ({ subject }: DecisionView): RosterSubject['danger'] =>
  subject.kind === 'roster' ? subject.danger : null;

/** What a decision says it does, to the eye. */
const wordsOf = ({ subject }: DecisionView): string => {
  if (subject.kind !== 'roster') return '';
  const { danger: _danger, ...said } = subject;
  return JSON.stringify(said);
};
