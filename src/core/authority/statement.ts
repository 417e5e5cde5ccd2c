import type {
  AccountId,
  DeviceId,
  Digest,
  Hash,
  HeadId,
  PayloadId,
  RosterHash,
  SessionId,
  StatementHash,
} from '../base/brands.js';
import { brandHex } from '../base/brands.js';
import { encodeCanonical } from '../base/canonical.js';
import { DOMAINS } from '../base/domains.js';
import { hashOf, hexToBytes, messageOf, sha256Hex } from '../base/hash.js';
import { LIMITS } from '../base/limits.js';
import { compareText } from '../base/ordering.js';
import { hex32, idToBytes, integer, unsigned, type Shape } from '../base/shape.js';
import { map, sortedList } from '../base/shape-groups.js';
import type { CutEntry } from '../journal/frontier.js';
import { DEFAULT_SUITE } from './roster.js';
import { roundShape } from './ballot.js';
import { cutShape, quarantineShape } from './roster-wire.js';

/** The seq from which a session is quarantined. */
export interface QuarantinePoint {
  readonly session: SessionId;
  readonly seq: number;
}

/** What the approvers of a snapshot have each computed for themselves. */
export interface SnapshotBody {
  /** The place of the snapshot in its line: 1 for the first. */
  readonly index: number;
  /** The cut as its difference from the join of the predecessors' cuts, sorted by session. */
  readonly advance: readonly CutEntry[];
  /** Sorted by session. */
  readonly quarantine: readonly QuarantinePoint[];
  /** The largest lamport of a covered fact. */
  readonly lamport: number;
  readonly digest: Digest;
  readonly payload: PayloadId;
  /** Fold version. */
  readonly fold: number;
}

/** One ballot's choice of the record that follows. */
export interface RosterBody {
  readonly record: RosterHash;
  readonly round: number;
  readonly proposer: DeviceId;
}

/** The snapshot heads that something builds on, sorted. */
export const headsShape: Shape<readonly HeadId[]> = sortedList(
  hex32<HeadId>(),
  compareText,
  LIMITS.standingHeadsMax,
);

/** The form of each part of a snapshot's body. */
export const SNAPSHOT_BODY = {
  index: integer(1),
  advance: cutShape,
  quarantine: quarantineShape,
  lamport: unsigned,
  digest: hex32<Digest>(),
  payload: hex32<PayloadId>(),
  fold: integer(1),
} as const;

const snapshotBody: Shape<SnapshotBody> = map(SNAPSHOT_BODY);
const rosterBody: Shape<RosterBody> = map({
  record: hex32<RosterHash>(),
  round: roundShape,
  proposer: hex32<DeviceId>(),
});

interface StatementHead {
  readonly suite: typeof DEFAULT_SUITE;
  readonly account: AccountId;
  /** Epoch and hash of the record whose members sign. */
  readonly epoch: number;
  readonly roster: RosterHash;
  readonly proposal: Hash;
  /** The heads that the statement builds on, sorted. */
  readonly predecessors: readonly HeadId[];
}

/** What a member's approval is a signature of. Rebuilt by every verifier, never taken on trust. */
export type Statement =
  | (StatementHead & { readonly purpose: 'snapshot'; readonly body: SnapshotBody })
  | (StatementHead & { readonly purpose: 'roster'; readonly body: RosterBody });

export interface SnapshotSubject extends SnapshotBody {
  readonly account: AccountId;
  readonly epoch: number;
  readonly roster: RosterHash;
  readonly predecessors: readonly HeadId[];
}

export interface RosterSubject extends RosterBody {
  readonly account: AccountId;
  /** Epoch and hash of the predecessor; of the record itself where it is the first. */
  readonly epoch: number;
  readonly roster: RosterHash;
}

/** The statement that the approvers of a snapshot sign. Source: rules A6 and S1. */
export const snapshotStatement = (subject: SnapshotSubject): Statement => {
  const { epoch, roster, predecessors } = subject;
  const proposal = proposalIdOf({ epoch, roster, predecessors, body: subject });
  return statementOfProposal(subject, proposal);
};

/** The same, where it is known already which proposal the subject makes. */
export const statementOfProposal = (subject: SnapshotSubject, proposal: Hash): Statement => {
  const { account, epoch, roster, predecessors, ...rest } = subject;
  const { index, advance, quarantine, lamport, digest, payload, fold } = rest;
  const body = { index, advance, quarantine, lamport, digest, payload, fold };
  const suite = DEFAULT_SUITE;
  return { suite, account, epoch, roster, purpose: 'snapshot', proposal, predecessors, body };
};

/** The statement that the voters of a roster change sign. Source: rules A3 and A6. */
export const rosterStatement = (subject: RosterSubject): Statement => ({
  suite: DEFAULT_SUITE,
  account: subject.account,
  epoch: subject.epoch,
  roster: subject.roster,
  purpose: 'roster',
  proposal: brandHex<Hash>(subject.record),
  predecessors: [],
  body: { record: subject.record, round: subject.round, proposer: subject.proposer },
});

/** The name of a snapshot's proposal: equal proposals by several devices are one. */
export const proposalIdOf = (subject: {
  readonly epoch: number;
  readonly roster: RosterHash;
  readonly predecessors: readonly HeadId[];
  readonly body: SnapshotBody;
}): Hash =>
  hashOf<Hash>(DOMAINS.proposal, [
    'snapshot',
    subject.epoch,
    idToBytes(subject.roster),
    headsShape.toCanonical(subject.predecessors),
    snapshotBody.toCanonical(subject.body),
  ]);

/** The canonical bytes of a statement. Every list in it is to be sorted already. */
export const encodeStatement = (statement: Statement): Uint8Array =>
  encodeCanonical({
    domain: DOMAINS.statement,
    suite: statement.suite,
    account: idToBytes(statement.account),
    epoch: statement.epoch,
    roster: idToBytes(statement.roster),
    purpose: statement.purpose,
    proposal: idToBytes(statement.proposal),
    predecessors: headsShape.toCanonical(statement.predecessors),
    body:
      statement.purpose === 'snapshot'
        ? snapshotBody.toCanonical(statement.body)
        : rosterBody.toCanonical(statement.body),
  });

/** The name of a statement; of a completed snapshot, also its head id. */
export const statementHashOf = (statement: Statement): StatementHash =>
  brandHex<StatementHash>(sha256Hex(encodeStatement(statement)));

/** The 32 bytes that a member signs to agree to a statement: a domain of its own. Source: A6. */
export const shareSigningBytes = (statement: StatementHash): Uint8Array =>
  messageOf(DOMAINS.share, idToBytes(statement));

/** 32 letters and digits without I, L, O and U, which are misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The short code that two people compare: the first 80 bits of a hash, in four groups of four.
 *
 * Source: rule C2.
 */
export const shortCodeOf = (hash: StatementHash): readonly [string, string, string, string] => {
  const bytes = hexToBytes(hash);
  const group = (index: number): string => {
    const first = (index * 5) >> 1;
    const bits =
      ((bytes[first] as number) << 16) |
      ((bytes[first + 1] as number) << 8) |
      (bytes[first + 2] as number);
    const twenty = (bits >> (index % 2 === 0 ? 4 : 0)) & 0xfffff;
    return [15, 10, 5, 0].map((shift) => ALPHABET[(twenty >> shift) & 31]).join('');
  };
  return [group(0), group(1), group(2), group(3)];
};
