import type { BallotVote } from '../../core/authority/ballot.js';
import { forkHashOf } from '../../core/authority/fork.js';
import { type RosterRecord, parseRosterRecord, rosterHashOf } from '../../core/authority/roster.js';
import { rosterStatement, statementHashOf } from '../../core/authority/statement.js';
import type { RosterHash, StatementHash } from '../../core/base/brands.js';
import { readOnce } from '../../core/base/read-once.js';
import type { LedgerEntry } from '../ledger.js';

/** What a fact asks the members to agree to: a record, in a ballot. */
export interface ProposedRecord extends BallotVote {
  readonly statement: StatementHash;
  /** What the choice goes by: the record before, or the name of all branches that it unites. */
  readonly previous: RosterHash;
  readonly content: RosterRecord;
  readonly promises: readonly Uint8Array[];
}

/** The proposal of a record that a fact is; null for every other fact. Read once. */
export const proposedIn = readOnce(({ body, fact }: LedgerEntry): ProposedRecord | null => {
  if (body?.kind !== 'roster.proposed') return null;
  const parsed = parseRosterRecord(body.record);
  if (!parsed.ok || parsed.value.previous === null) return null;
  const { merges, epoch } = parsed.value;
  const previous = merges.length > 0 ? forkHashOf(merges) : parsed.value.previous;
  const { account, author: proposer } = fact.envelope;
  const { round, promises } = body;
  const record = rosterHashOf(parsed.value);
  const asked = { account, epoch: epoch - 1, roster: previous, record, round, proposer };
  const statement = statementHashOf(rosterStatement(asked));
  return { statement, previous, record, round, proposer, content: parsed.value, promises };
});
