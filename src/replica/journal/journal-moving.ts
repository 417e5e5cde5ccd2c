import { type Frontier, seqIn } from '../../core/journal/frontier.js';
import {
  type Journal,
  type OutgoingRun,
  createJournal,
  runFrom,
} from '../../core/journal/journal.js';

/** What a base change let go of. */
export interface Pruned {
  readonly facts: number;
  readonly bytes: number;
}

/** A journal on another cut, and what does not reach down to it. */
export interface MovedJournal {
  readonly journal: Journal;
  /** Runs that begin beyond the end of their session; another base may reach them. */
  readonly apart: readonly OutgoingRun[];
}

/**
 * Moves a journal onto a cut with every fact that the cut does not cover.
 *
 * Where the base goes back, what lay between is pruned: facts after it follow nothing any more.
 * They are held apart, and join again as soon as a base reaches them.
 */
export const movedOnto = (
  before: Journal,
  apart: readonly OutgoingRun[],
  cut: Frontier,
): MovedJournal => {
  const journal = createJournal(cut);
  const left: OutgoingRun[] = [];
  const held = [...before.sessions()].flatMap(([session, log]) => {
    return runFrom(log, session, Math.max(log.firstSeq, seqIn(cut, session) + 1)) ?? [];
  });
  for (const run of [...held, ...apart]) {
    const nextSeq = seqIn(journal.frontier(), run.session) + 1;
    if (run.firstSeq > nextSeq) left.push(run);
    else if (run.lastSeq >= nextSeq) journal.append(run);
  }
  return { journal, apart: left };
};
