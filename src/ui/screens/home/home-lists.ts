import type { StatementHash } from '../../../core/base/brands.js';
import type { DecisionView, View } from '../../../replica/view.js';
import type { Route } from '../../route.svelte.js';
import { isStopped } from '../../stopped.js';

/** The queue of Home, in the order in which it stands there. */
export interface HomeLists {
  readonly needsMe: readonly DecisionView[];
  readonly waiting: readonly DecisionView[];
  /** Ended and stopped ones, newest first, a few at most. */
  readonly settled: readonly DecisionView[];
}

const SETTLED_MAX = 3;

/** Sorts the decisions of a view: the oldest question first, the newest answer first. */
export const viewToHomeLists = (view: View): HomeLists => {
  const oldestFirst = [...view.decisions].sort((a, b) => a.proposedMs - b.proposedMs);
  const isOpen = (decision: DecisionView): boolean =>
    decision.stage === 'open' && !isStopped(decision);
  return {
    needsMe: oldestFirst.filter((decision) => isOpen(decision) && decision.needsMe),
    waiting: oldestFirst.filter((decision) => isOpen(decision) && !decision.needsMe),
    settled: oldestFirst
      .filter((decision) => !isOpen(decision))
      .reverse()
      .slice(0, SETTLED_MAX),
  };
};

/** What stands beside the queue: what was opened, else what needs the person first. */
export const shownDecision = (view: View, route: Route): StatementHash | null => {
  if (route.kind === 'decision') return route.id;
  const { needsMe, waiting } = viewToHomeLists(view);
  return needsMe[0]?.id ?? waiting[0]?.id ?? null;
};
