import type { Call, LocalClock } from '../../../core/ceremonies/quiet-hours.js';
import type { DecisionView, View } from '../../../replica/view.js';
import { alarmsOf, viewToHomeLists } from '../home/home-lists.js';
import { needsPerson } from '../updates/needs-person.js';

/** What Home would call this person for. */
export interface HomeCall extends Call {
  /** A decision's statement, an alarm's kind, a version's number. */
  readonly id: string;
  /** It is counted at Updates, all others at Home. */
  readonly isVersion: boolean;
}

const VERSION = { sinceMs: 0, lateMs: null, isVersion: true };

/** Alarms, questions and versions that ask this person. Nothing that was answered is among them. */
export const viewToCalls = (view: View, isNewerWaiting: boolean): readonly HomeCall[] => [
  ...alarmsOf(view.problems).map(({ kind, sinceMs }) => ({
    ...{ id: kind, sinceMs, isVersion: false },
    lateMs: sinceMs,
  })),
  ...viewToHomeLists(view).needsMe.map((decision) => ({
    id: decision.id,
    sinceMs: decision.proposedMs,
    lateMs: lateOf(decision),
    isVersion: false,
  })),
  ...view.upgrades.pending.filter(needsPerson).map(({ version }) => ({ id: version, ...VERSION })),
  ...(isNewerWaiting ? [{ id: 'newer', ...VERSION }] : []),
];

/** From when on a dangerous change may be past stopping by this device; all else can wait. */
const lateOf = ({ subject, proposedMs }: DecisionView): number | null => {
  const danger = subject.kind === 'roster' ? subject.danger : null;
  return danger?.canVeto === true ? (danger.votesAtMs ?? proposedMs) : null;
};

/** The clock on this device's wall. */
export const localMoment: LocalClock = (wallMs) => {
  const date = new Date(wallMs);
  return { weekday: date.getDay(), minute: date.getHours() * 60 + date.getMinutes() };
};
