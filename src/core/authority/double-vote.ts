import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { compareBytes } from '../base/hash.js';
import { compareBy, compareInTurn, compareText } from '../base/ordering.js';
import { hex32, signature64, type Shape } from '../base/shape.js';
import { row, sortedList } from '../base/shape-groups.js';
import { LIMITS } from '../base/limits.js';
import { compareBallots, roundShape, type Ballot } from './ballot.js';
import type { ForkGround } from './fork.js';
import { completionsOf, type Shown } from './shown-record.js';
import type { SignatureCheck } from './signature-check.js';
import { rosterStatement, shareSigningBytes, statementHashOf } from './statement.js';

/** A vote as its signer gave it. */
interface CastVote {
  readonly record: RosterHash;
  /** 64 bytes over the share of the ballot's statement. */
  readonly signature: Uint8Array;
}

/** Two votes of one member in one ballot: no honest device ever gives them. Source: rule A3. */
export interface DoubleVote {
  readonly device: DeviceId;
  readonly round: number;
  readonly ballotProposer: DeviceId;
  /** Two, for different records, sorted by them. */
  readonly votes: readonly CastVote[];
}

const votesShape = sortedList<CastVote>(
  row({ record: hex32<RosterHash>(), signature: signature64 }),
  compareBy(({ record }) => record, compareText),
  2,
);

/** Double votes as they travel: each member once, sorted. */
export const doubleVotesShape: Shape<readonly DoubleVote[]> = sortedList(
  row({
    device: hex32<DeviceId>(),
    round: roundShape,
    ballotProposer: hex32<DeviceId>(),
    votes: { ...votesShape, parse: (value) => exactlyTwo(votesShape.parse(value)) },
  }),
  compareBy(({ device }) => device, compareText),
  LIMITS.rosterMembersMax,
);

const exactlyTwo = <T>(items: readonly T[] | undefined): readonly T[] | undefined =>
  items?.length === 2 ? items : undefined;

/** The signatures that show a double vote in the choice of what followed the common record. */
export const doubleVoteChecks = (
  account: AccountId,
  { common, commonHash }: Pick<ForkGround, 'common' | 'commonHash'>,
  { device, round, ballotProposer: proposer, votes }: DoubleVote,
): SignatureCheck[] =>
  votes.map(({ record, signature }) => {
    const subject = { account, epoch: common.epoch, roster: commonHash, record, round, proposer };
    const message = shareSigningBytes(statementHashOf(rosterStatement(subject)));
    return { key: device, message, signature };
  });

/** A member's vote in one ballot, as it was given. */
export interface KnownVote extends Ballot {
  readonly signer: DeviceId;
  readonly record: RosterHash;
  readonly signature: Uint8Array;
}

/** A record by its name, with the completions that show it. */
export type NamedRecord = Shown & { readonly hash: RosterHash };

/** The votes in all completions of a record. */
export const votesIn = (shown: NamedRecord): readonly KnownVote[] =>
  completionsOf(shown).flatMap(({ round, proposer, votes }) =>
    votes.map(({ signer, signature }) => ({
      ...{ signer, record: shown.hash, round, proposer, signature },
    })),
  );

/**
 * Who voted twice, as rival completions show: the signers that two of them have in one ballot.
 *
 * `rivals` follow one record.
 */
export const doubleVotesIn = (rivals: readonly NamedRecord[]): readonly DoubleVote[] =>
  doubleVotesAmong(rivals.flatMap(votesIn));

/**
 * Who voted for two records in one ballot, among verified votes on what follows one record, whether
 * these came about or not. A member once, by its first ballot and the least two records in it.
 */
export const doubleVotesAmong = (votes: Iterable<KnownVote>): readonly DoubleVote[] => {
  const found = new Map<DeviceId, DoubleVote>();
  const inOrder = [...votes].sort(
    compareInTurn<KnownVote>(
      compareBallots,
      compareBy(({ record }) => record as string, compareText),
      compareBy(({ signature }) => signature, compareBytes),
    ),
  );
  const firstByBallot = new Map<string, KnownVote>();
  for (const vote of inOrder) {
    const { signer: device, round, proposer: ballotProposer } = vote;
    const key = `${device}:${round}:${ballotProposer}`;
    const first = firstByBallot.get(key);
    if (first === undefined) firstByBallot.set(key, vote);
    if (first === undefined || first.record === vote.record || found.has(device)) continue;
    const votes = [first, vote].map(({ record, signature }) => ({ record, signature }));
    found.set(device, { device, round, ballotProposer, votes });
  }
  return [...found.values()].sort((a, b) => compareText(a.device, b.device));
};
