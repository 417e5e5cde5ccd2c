import type { DecisionView, View } from '../../../replica/view.js';

/** The queue of Home, in the order in which it stands there. */
export interface HomeLists {
  readonly needsMe: readonly DecisionView[];
  readonly waiting: readonly DecisionView[];
  /** Ended ones, newest first, a few at most. */
  readonly settled: readonly DecisionView[];
}

const SETTLED_MAX = 3;

/** Sorts the decisions of a view: the oldest question first, the newest answer first. */
export const viewToHomeLists = (view: View): HomeLists => {
  const oldestFirst = [...view.decisions].sort((a, b) => a.proposedMs - b.proposedMs);
  const isOpen = (decision: DecisionView): boolean => decision.stage === 'open';
  return {
    needsMe: oldestFirst.filter((decision) => isOpen(decision) && decision.needsMe),
    waiting: oldestFirst.filter((decision) => isOpen(decision) && !decision.needsMe),
    settled: oldestFirst
      .filter((decision) => !isOpen(decision))
      .reverse()
      .slice(0, SETTLED_MAX),
  };
};
