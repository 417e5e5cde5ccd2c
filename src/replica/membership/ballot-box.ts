import type { RosterHash } from '../../core/base/brands.js';
import { type Result, assert, err, ok } from '../../core/base/result.js';
import {
  type Ballot,
  type BallotPromise,
  encodePromise,
  promiseCheck,
  promiseSigningBytes,
} from '../../core/authority/ballot.js';
import {
  type BallotMemory,
  encodeBallotMemory,
  freshMemory,
  mayPromise,
  mayVote,
  parseBallotMemory,
} from '../../core/authority/ballot-memory.js';
import { shareSigningBytes } from '../../core/authority/statement.js';
import type { Body } from '../../core/facts/bodies.js';
import type { Change, StoreError } from '../../ports/store.js';
import { answerRow } from '../decisions/answers.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { Intake } from '../journal/intake.js';
import { type OwnSession, mayLackOwn } from '../journal/own-session.js';
import { recallMemory } from './ballot-recall.js';
import { promisesOf } from './known-promises.js';
import { type RosterCeremony, ballotOf, promisesHeld } from './roster-ballots.js';
import { KEYS, putBytes } from '../storage/rows.js';

/** A promise of this device with what makes it durable: fact and memory go into one commit. */
export interface OwnPromise {
  readonly promise: BallotPromise;
  readonly body: Body;
  readonly row: Change;
}

/**
 * The word that this device gives in choosing what follows a record (rule A3).
 *
 * Promises and votes are durable before they leave, together with the memory that keeps this device
 * from ever breaking them.
 */
export interface BallotBox {
  /**
   * Null where what was kept does not read back and own facts do not say it all: this device may
   * have voted for anything, and says no more of what follows that record.
   */
  readonly memoryOf: (previous: RosterHash) => Promise<Result<BallotMemory | null, StoreError>>;
  /** Whether that was so when it was last looked at. */
  readonly isForgotten: (previous: RosterHash) => boolean;
  /** Prepares a promise; null where an earlier word forbids it. */
  readonly promiseFor: (previous: RosterHash, ballot: Ballot) => Promise<OwnPromise | null>;
  /** Promises a ballot that another device opened. True when it wrote. */
  readonly promise: (ceremony: RosterCeremony) => Promise<boolean>;
  /** Casts this device's vote; `extra` becomes durable with it. */
  readonly vote: (ceremony: RosterCeremony, comment: string, extra?: readonly Change[]) => Done;
  /** Whether no earlier promise or vote keeps this device from voting for it. */
  readonly isFree: (ceremony: RosterCeremony) => Promise<boolean>;
  /** Promises for a ballot whose signatures are good, one a signer. */
  readonly promisesFor: (ballot: Ballot) => Promise<readonly BallotPromise[]>;
}

export const createBallotBox = (
  context: Context,
  intake: Intake,
  session: Pick<OwnSession, 'lostUnder'>,
): BallotBox => {
  const forgotten = new Set<RosterHash>();

  /**
   * Promises and votes went into one commit with the facts that say them. Where nothing was kept
   * this device may have said nothing: then facts that may be lost do not take its word away.
   */
  const recalled = (previous: RosterHash, isKept: boolean): BallotMemory | null => {
    const { holdings } = context;
    if (holdings === null) return isKept ? null : freshMemory(previous);
    if (isKept && mayLackOwn(holdings, session)) return null;
    const { memory, isAll } = recallMemory(holdings, previous);
    const isOfFork = previous !== holdings.chain().tipHash;
    return isAll || (!isKept && isOfFork) ? memory : null;
  };

  const memoryOf: BallotBox['memoryOf'] = async (previous) => {
    const row = await context.ports.store.get('own', KEYS.ballot(previous));
    if (!row.ok) return row;
    const read = row.value === null ? null : parseBallotMemory(row.value);
    const isSound = read?.ok === true && read.value.previous === previous;
    const memory = isSound ? read.value : recalled(previous, row.value !== null);
    if (memory === null) forgotten.add(previous);
    else forgotten.delete(previous);
    return ok(memory);
  };

  const promiseFor: BallotBox['promiseFor'] = async (previous, ballot) => {
    const { holdings, keys } = context;
    const memory = await memoryOf(previous);
    if (holdings === null || keys === null || !memory.ok || memory.value === null) return null;
    const allowed = mayPromise(memory.value, ballot);
    if (!allowed.ok) return null;
    const { round, proposer } = ballot;
    const said = { previous, round, proposer, last: allowed.value.last };
    const signature = await keys.signer.sign(promiseSigningBytes(holdings.account, said));
    const promise = { ...said, signer: keys.signer.device, signature };
    return {
      promise,
      body: { kind: 'roster.promised', promise: encodePromise(promise) },
      row: putBytes('own', KEYS.ballot(previous), encodeBallotMemory(allowed.value.next)),
    };
  };

  const promise: BallotBox['promise'] = async ({ matter }) => {
    const own = await promiseFor(matter.previous, ballotOf(matter));
    return own !== null && (await intake.own([own.body], [own.row])).ok;
  };

  const areTrue = async (promises: readonly BallotPromise[]): Promise<readonly boolean[]> => {
    const { holdings } = context;
    if (holdings === null || promises.length === 0) return promises.map(() => false);
    const checks = promises.map((each) => promiseCheck(holdings.account, each));
    return context.ports.verifier.verify(checks);
  };

  const vote: BallotBox['vote'] = async (ceremony, comment, extra = []) => {
    const { keys } = context;
    assert(keys !== null, 'a member votes on records');
    const { statement, matter } = ceremony;
    const { previous, recordHash: record } = matter;
    const verdicts = await areTrue(promisesOf(matter));
    if (!verdicts.every(Boolean)) return err({ kind: 'blocked', blocker: { kind: 'not-allowed' } });
    const held = await memoryOf(previous);
    if (!held.ok) return err({ kind: 'store', error: held.error });
    if (held.value === null) return err({ kind: 'blocked', blocker: { kind: 'votes-forgotten' } });
    const memory = mayVote(held.value, { ...ballotOf(matter), record });
    if (!memory.ok) return err({ kind: 'blocked', blocker: { kind: 'answered-another' } });
    const signature = await keys.signer.sign(shareSigningBytes(statement));
    const done = await intake.own(
      [{ kind: 'roster.approved', statement, signature, comment, bundle: context.code.content }],
      [
        answerRow(statement, 'yes', null),
        putBytes('own', KEYS.ballot(previous), encodeBallotMemory(memory.value)),
        ...extra,
      ],
    );
    return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
  };

  return {
    memoryOf,
    isForgotten: (previous) => forgotten.has(previous),
    promiseFor,
    promise,
    vote,
    isFree: async ({ matter }) => {
      const held = await memoryOf(matter.previous);
      const vote = { ...ballotOf(matter), record: matter.recordHash };
      return held.ok && held.value !== null && mayVote(held.value, vote).ok;
    },
    promisesFor: async (ballot) => {
      const { holdings } = context;
      if (holdings === null) return [];
      const promises = promisesHeld(holdings, ballot);
      const verdicts = await areTrue(promises);
      const good = promises.filter((_, index) => verdicts[index]);
      return good.filter(({ signer }, at) => good.findIndex((e) => e.signer === signer) === at);
    },
  };
};
