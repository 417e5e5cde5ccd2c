import { memberOf } from '../../core/authority/roster.js';
import type { HeadId, SessionId } from '../../core/base/brands.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { State } from '../../core/journal/state.js';
import type { Change } from '../../ports/store.js';
import type { Holdings } from './holdings.js';
import { KEYS, factRows } from '../storage/rows.js';
import { askedLists } from '../decisions/standing-of.js';

/**
 * Rows with the facts below a head that this device would have to give back, kept aside from the
 * day that it is adopted until the base builds on what builds on it (rule A11).
 *
 * Should the head fall, nobody else may hold them. They are its own, and those of whoever is no
 * member, or will be none by a list of devices that is asked for: the others give back their own.
 * Packed as the rows of facts are.
 */
export const keptPastRows = (
  holdings: Holdings,
  head: HeadId,
  state: State,
  nowMs: number,
): Change[] => {
  const lists = [holdings.chain().tip, ...askedLists(holdings, nowMs)];
  return [...holdings.journal().sessions()].flatMap(([session, log]) => {
    const author = holdings.journal().tip(session)?.author;
    if (author === undefined) return [];
    const stays = lists.every((list) => memberOf(list, author) !== null);
    if (author !== holdings.me && stays) return [];
    const covered = seqIn(state.frontier, session) - log.firstSeq + 1;
    const facts = covered > 0 ? log.facts.slice(0, covered) : [];
    return factRows(session, log.firstSeq, facts).flatMap((row) =>
      row.kind === 'put' ? { ...row, table: 'governance', key: KEYS.past(head, row.key) } : [],
    );
  });
};

/** Lets go of what was kept aside for a head that can fall no more. */
export const dropKeptPast = (head: HeadId): Change => ({
  kind: 'delete-range',
  table: 'governance',
  ...keptPastRange(head),
});

/** Where the rows of a head stand: from the first key up to before the second. */
export const keptPastRange = (head: HeadId): { readonly from: string; readonly to: string } => ({
  from: KEYS.past(head, ''),
  to: KEYS.past(head, '~'),
});

/** The session that a row kept aside is of. */
export const sessionOfKeptPast = (head: HeadId, key: string): SessionId =>
  key.slice(KEYS.past(head, '').length).split(':')[0] as SessionId;
