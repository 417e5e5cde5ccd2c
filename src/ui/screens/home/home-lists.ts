import type { StatementHash } from '../../../core/base/brands.js';
import type { DecisionView, ProblemView, View } from '../../../replica/view.js';
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

/** Loss and attack are said at once; the rest waits until it is read. */
export const TONES = {
  quota: 'bad',
  'store-lost': 'bad',
  'store-newer': 'bad',
  'store-blocked': 'bad',
  'store-failed': 'bad',
  'digest-alarm': 'bad',
  equivocation: 'bad',
  forked: 'bad',
  'loader-changed': 'bad',
  'head-unreadable': 'warn',
  'payload-missing': 'calm',
  'rendezvous-unreachable': 'calm',
  'no-connections': 'warn',
} as const satisfies Record<ProblemView['kind'], string>;

/** What a person is called for at any hour. */
export const alarmsOf = (problems: readonly ProblemView[]): readonly ProblemView[] =>
  problems.filter(({ kind }) => TONES[kind] === 'bad');
