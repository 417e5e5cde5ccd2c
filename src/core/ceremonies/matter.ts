import type { AccountId, DeviceId, RosterHash, StatementHash } from '../base/brands.js';
import { forkHashOf } from '../authority/fork.js';
import { parseBody } from '../facts/bodies.js';
import type { BodyOf } from '../facts/bodies.js';
import { type RosterRecord, parseRosterRecord, rosterHashOf } from '../authority/roster.js';
import {
  type SnapshotSubject,
  rosterStatement,
  snapshotStatement,
  statementHashOf,
} from '../authority/statement.js';
import type { Act } from '../journal/state.js';

/** A snapshot that someone asks for. */
export interface SnapshotMatter {
  readonly purpose: 'snapshot';
  readonly subject: SnapshotSubject;
}

/** A roster record that someone asks for, with what its signers need beside it. */
export interface RosterMatter {
  readonly purpose: 'roster';
  readonly record: RosterRecord;
  readonly recordBytes: Uint8Array;
  readonly recordHash: RosterHash;
  /** What its ballots go by: the record that it follows, or the name of all that it unites. */
  readonly previous: RosterHash;
  readonly round: number;
  readonly ballotProposer: DeviceId;
  readonly envelopes: BodyOf<'roster.proposed'>['envelopes'];
  readonly consents: BodyOf<'roster.proposed'>['consents'];
  readonly promises: readonly Uint8Array[];
}

/** What a proposer says beside its matter. */
type Words = Pick<BodyOf<'snapshot.proposed'>, 'expires' | 'comment'>;
/** A proposal as its act puts it. */
export type Proposal = { readonly body: Words; readonly read: ReadMatter };

/**
 * What an act asks for, with the statement rebuilt from its parts (rule C2); null for any other.
 *
 * Bytes of facts never change: each is read once, however often all is folded.
 */
export const proposalOf = (account: AccountId, act: Act): Proposal | null => {
  if (!act.kind.endsWith('.proposed')) return null;
  const held = readByBody.get(act.body);
  if (held?.account === account && isSameSaying(held.act, act)) return held.proposal;
  const proposal = readProposal(account, act);
  readByBody.set(act.body, { account, act, proposal });
  return proposal;
};

interface ReadProposal {
  readonly account: AccountId;
  readonly act: Act;
  readonly proposal: Proposal | null;
}

const readByBody = new WeakMap<Uint8Array, ReadProposal>();

const isSameSaying = (left: Act, right: Act): boolean =>
  left === right ||
  (left.kind === right.kind && left.author === right.author && left.roster === right.roster);

const readProposal = (account: AccountId, act: Act): Proposal | null => {
  const parsed = parseBody(act.kind, act.body);
  const body = parsed.ok ? parsed.value : null;
  if (body?.kind !== 'snapshot.proposed' && body?.kind !== 'roster.proposed') return null;
  const put = body.kind === 'snapshot.proposed' ? snapshotMatter : rosterMatter;
  const read = put(account, act, body as never);
  return read === null ? null : { body, read };
};

interface ReadMatter {
  readonly statement: StatementHash;
  readonly matter: SnapshotMatter | RosterMatter;
}

const snapshotMatter = (
  account: AccountId,
  act: Act,
  body: BodyOf<'snapshot.proposed'>,
): ReadMatter | null => {
  if (body.roster !== act.roster) return null;
  const { epoch, roster, predecessors, index, advance, quarantine, lamport } = body;
  const { digest, payload, fold } = body;
  const subject: SnapshotSubject = {
    ...{ account, epoch, roster, predecessors, index, advance, quarantine, lamport },
    ...{ digest, payload, fold },
  };
  const statement = snapshotStatement(subject);
  if (statement.proposal !== body.proposal) return null;
  return { statement: statementHashOf(statement), matter: { purpose: 'snapshot', subject } };
};

const rosterMatter = (
  account: AccountId,
  act: Act,
  body: BodyOf<'roster.proposed'>,
): ReadMatter | null => {
  const record = parseRosterRecord(body.record);
  if (!record.ok) return null;
  const { merges } = record.value;
  // What unites branches is asked for under the record before them; its ballots go by them all.
  const previous = merges.length > 0 ? forkHashOf(merges) : act.roster;
  if (merges.length === 0 && record.value.previous !== previous) return null;
  const recordHash = rosterHashOf(record.value);
  const ballot = { record: recordHash, round: body.round, proposer: act.author };
  const epoch = record.value.epoch - 1;
  const statement = rosterStatement({ account, epoch, roster: previous, ...ballot });
  return {
    statement: statementHashOf(statement),
    matter: {
      purpose: 'roster',
      record: record.value,
      recordBytes: body.record,
      ...{ recordHash, previous },
      round: body.round,
      ballotProposer: act.author,
      envelopes: body.envelopes,
      consents: body.consents,
      promises: body.promises,
    },
  };
};

/**
 * Two proposals of one statement: of each part that may be left out, the fuller list.
 *
 * A ballot is opened without promises; once they are there its proposer says so in a second fact,
 * which need not repeat what the first one holds.
 */
export const joinMatters = (
  left: SnapshotMatter | RosterMatter,
  right: SnapshotMatter | RosterMatter,
): SnapshotMatter | RosterMatter => {
  if (left.purpose !== 'roster' || right.purpose !== 'roster') return left;
  const fuller = <T>(ours: readonly T[], theirs: readonly T[]): readonly T[] =>
    theirs.length > ours.length ? theirs : ours;
  return {
    ...left,
    envelopes: fuller(left.envelopes, right.envelopes),
    consents: fuller(left.consents, right.consents),
    promises: fuller(left.promises, right.promises),
  };
};
