import type { AccountId, DeviceId, RosterHash } from '../base/brands.js';
import { compareBy, compareText } from '../base/ordering.js';
import { hex32, signature64, type Shape } from '../base/shape.js';
import { row, sortedList } from '../base/shape-groups.js';
import { LIMITS } from '../base/limits.js';
import { roundShape, type Ballot } from './ballot.js';
import type { ForkGround } from './fork.js';
import type { RosterCompletion } from './roster-completion.js';
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

/**
 * Who voted twice, as rival completions show: the signers that two of them have in one ballot.
 *
 * `rivals` follow one record; each with its name. A member once, by the first two that show it.
 */
export const doubleVotesIn = (
  rivals: readonly { readonly hash: RosterHash; readonly completion: RosterCompletion }[],
): readonly DoubleVote[] => {
  const found = new Map<DeviceId, DoubleVote>();
  const sorted = [...rivals].sort((a, b) => compareText(a.hash, b.hash));
  sorted.forEach((left, at) => {
    for (const right of sorted.slice(at + 1)) {
      if (left.hash === right.hash || !isSameBallot(left.completion, right.completion)) continue;
      for (const { signer, signature } of left.completion.votes) {
        const other = right.completion.votes.find((vote) => vote.signer === signer);
        if (other === undefined || found.has(signer)) continue;
        found.set(signer, {
          device: signer,
          round: left.completion.round,
          ballotProposer: left.completion.proposer,
          votes: [
            { record: left.hash, signature },
            { record: right.hash, signature: other.signature },
          ],
        });
      }
    }
  });
  return [...found.values()].sort((a, b) => compareText(a.device, b.device));
};

const isSameBallot = (left: Ballot, right: Ballot): boolean =>
  left.round === right.round && left.proposer === right.proposer;
