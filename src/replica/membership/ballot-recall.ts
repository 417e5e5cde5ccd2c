import type { RosterHash } from '../../core/base/brands.js';
import { type Ballot, type BallotVote, compareBallots } from '../../core/authority/ballot.js';
import type { BallotMemory } from '../../core/authority/ballot-memory.js';
import { proposalOf } from '../../core/ceremonies/matter.js';
import { parseBody } from '../../core/facts/bodies.js';
import type { Act } from '../../core/journal/state.js';
import type { Holdings } from '../journal/holdings.js';
import { ballotOf, isAboutRoster, promiseIn } from './roster-ballots.js';

/** What one fact bound its author to; a vote for what is not held here says nothing. */
interface Word {
  readonly ballot: Ballot;
  readonly vote: BallotVote | null;
}

export interface RecalledMemory {
  readonly memory: BallotMemory;
  /** Whether all that it voted for is held here; what is not may follow that record or another. */
  readonly isAll: boolean;
}

/**
 * What this device bound itself to after a record, by its own facts alone (rule A3).
 *
 * Each of its promises and votes is a fact that stays while what follows that record is open.
 */
export const recallMemory = (holdings: Holdings, previous: RosterHash): RecalledMemory => {
  const { tipHash } = holdings.chain();
  let isAll = true;
  let promised: Ballot | null = null;
  let lastVote: BallotVote | null = null;
  for (const act of holdings.fold().state().acts.values()) {
    if (act.author !== holdings.me || act.roster !== tipHash) continue;
    const word = wordIn(holdings, previous, act);
    if (word === 'unknown') isAll = false;
    if (word === null || word === 'unknown') continue;
    promised = higher(promised, word.ballot);
    if (word.vote !== null) lastVote = higher(lastVote, word.vote);
  }
  promised &&= { round: promised.round, proposer: promised.proposer };
  return { memory: { previous, promised, lastVote }, isAll };
};

const higher = <T extends Ballot>(left: T | null, right: T): T =>
  left === null || compareBallots(left, right) < 0 ? right : left;

/** Null for an act that binds to nothing after that record. */
const wordIn = (holdings: Holdings, previous: RosterHash, act: Act): Word | 'unknown' | null => {
  switch (act.kind) {
    case 'roster.proposed': {
      const matter = proposalOf(holdings.account, act)?.read.matter;
      const isIts = matter?.purpose === 'roster' && matter.previous === previous;
      return isIts ? { ballot: ballotOf(matter), vote: null } : null;
    }
    case 'roster.promised': {
      const promise = promiseIn(act);
      const isOwn = promise?.previous === previous && promise.signer === holdings.me;
      return isOwn ? { ballot: promise, vote: promise.last } : null;
    }
    case 'roster.approved': {
      const body = parseBody(act.kind, act.body);
      if (!body.ok || body.value.kind !== 'roster.approved') return null;
      const ceremony = holdings.ceremonies().get(body.value.statement);
      if (ceremony === undefined || !isAboutRoster(ceremony)) return 'unknown';
      const { matter } = ceremony;
      const vote = { ...ballotOf(matter), record: matter.recordHash };
      return matter.previous === previous ? { ballot: vote, vote } : null;
    }
    default:
      return null;
  }
};
