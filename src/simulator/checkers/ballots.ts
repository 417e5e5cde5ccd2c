import {
  type Ballot,
  type BallotVote,
  compareBallots,
  parsePromise,
} from '../../core/authority/ballot.js';
import type { DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import { replicaOf } from '../device.js';
import type { LedgerEntry } from '../ledger.js';
import type { CreateChecker } from './checker.js';
import { proposedIn } from './roster-words.js';

/** What one device said in choosing what follows one record. */
interface Word {
  promised: Ballot | null;
  lastVote: BallotVote | null;
}

/**
 * A3: no honest device votes below what it promised, votes twice in one ballot, or hides its last
 * vote; and where all keep to that, the account never forks.
 */
export const checkBallots: CreateChecker = (scene) => {
  const ballotByStatement = new Map<StatementHash, BallotVote & { previous: RosterHash }>();
  const words = new Map<string, Word>();

  const wordOf = (author: DeviceId, previous: RosterHash): Word => {
    const key = `${author}:${previous}`;
    const word = words.get(key) ?? { promised: null, lastVote: null };
    words.set(key, word);
    return word;
  };

  const promised = (who: string, { body, fact }: LedgerEntry): void => {
    const promise = body?.kind === 'roster.promised' ? parsePromise(body.promise) : null;
    // A promise of paper is carried by the device beside it.
    if (promise === null || !promise.ok || promise.value.signer !== fact.envelope.author) return;
    const { previous, last } = promise.value;
    const word = wordOf(promise.value.signer, previous);
    if (word.promised !== null && compareBallots(promise.value, word.promised) < 0) {
      scene.fail('A3 a promise binds', `${who} promises ballot ${promise.value.round}`);
    }
    const isTold =
      word.lastVote === null
        ? last === null
        : last !== null && compareBallots(last, word.lastVote) === 0;
    if (!isTold) scene.fail('A3 a promise states the last vote', who);
    word.promised = promise.value;
  };

  const voted = (who: string, { body, fact }: LedgerEntry): void => {
    const vote = body?.kind === 'roster.approved' ? ballotByStatement.get(body.statement) : null;
    if (vote == null) return;
    const word = wordOf(fact.envelope.author, vote.previous);
    const held = word.lastVote;
    if (word.promised !== null && compareBallots(vote, word.promised) < 0) {
      scene.fail('A3 a promise binds', `${who} votes in ballot ${vote.round}`);
    }
    if (held !== null && compareBallots(vote, held) === 0 && vote.record !== held.record) {
      scene.fail('A3 one vote a ballot', `${who} in ballot ${vote.round}`);
    }
    word.lastVote = vote;
    if (word.promised === null || compareBallots(vote, word.promised) > 0) word.promised = vote;
  };

  return {
    wrote: (entry) => {
      const proposed = proposedIn(entry);
      if (proposed !== null) ballotByStatement.set(proposed.statement, proposed);
      const device = scene.deviceOf(entry.fact.envelope.author);
      if (device === null || device.isLiar || device.mayRepeat) return;
      promised(device.name, entry);
      voted(device.name, entry);
    },
    end: () => {
      if (scene.devices.some((device) => device.isLiar || device.mayRepeat)) return;
      for (const device of scene.devices) {
        if (replicaOf(device)?.view().account?.isForked !== true) continue;
        scene.fail('A3 honest members do not fork', device.name);
      }
    },
  };
};
