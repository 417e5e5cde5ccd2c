import type { HeadId, SessionId } from '../core/base/brands.js';
import { seqIn } from '../core/journal/frontier.js';
import type { State } from '../core/journal/state.js';
import type { Change } from '../ports/store.js';
import type { Holdings } from './holdings.js';
import { KEYS, factRows } from './rows.js';

/**
 * Rows with the own facts that a head covers, kept aside from the day that it is adopted until the
 * base builds on what builds on it (rule A11).
 *
 * Should the head fall, nobody else may hold them: they are what this device gives back. Packed as
 * the rows of facts are.
 */
export const ownPastRows = (holdings: Holdings, head: HeadId, state: State): Change[] =>
  [...holdings.journal().sessions()].flatMap(([session, log]) => {
    if (holdings.journal().tip(session)?.author !== holdings.me) return [];
    const covered = seqIn(state.frontier, session) - log.firstSeq + 1;
    const facts = covered > 0 ? log.facts.slice(0, covered) : [];
    return factRows(session, log.firstSeq, facts).flatMap((row) =>
      row.kind === 'put' ? { ...row, table: 'governance', key: KEYS.ownPast(head, row.key) } : [],
    );
  });

/** Lets go of what was kept aside for a head that can fall no more. */
export const dropOwnPast = (head: HeadId): Change => ({
  kind: 'delete-range',
  table: 'governance',
  ...ownPastRange(head),
});

/** Where the rows of a head stand: from the first key up to before the second. */
export const ownPastRange = (head: HeadId): { readonly from: string; readonly to: string } => ({
  from: KEYS.ownPast(head, ''),
  to: KEYS.ownPast(head, '~'),
});

/** The session that a row kept aside is of. */
export const sessionOfOwnPast = (head: HeadId, key: string): SessionId =>
  key.slice(KEYS.ownPast(head, '').length).split(':')[0] as SessionId;
