import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import {
  type BallotPromise,
  type BallotVote,
  promiseSigningBytes,
} from '../../src/core/authority/ballot.js';
import { planClosing } from '../../src/core/authority/closing-plan.js';
import {
  encodeRosterCompletion,
  sortedShares,
} from '../../src/core/authority/roster-completion.js';
import { ALL_CAPABILITIES_MASK } from '../../src/core/authority/capability.js';
import { type RosterChange, planRosterChange } from '../../src/core/authority/roster-plan.js';
import {
  type RosterMember,
  type RosterRecord,
  memberOf,
  rosterHashOf,
} from '../../src/core/authority/roster.js';
import { shareSigningBytes, statementHashOf } from '../../src/core/authority/statement.js';
import { consentSigningBytes, transitionStatement } from '../../src/core/authority/transition.js';
import type { RosterHash } from '../../src/core/base/brands.js';
import { sha256 } from '../../src/core/base/hash.js';
import { secretCommitment } from '../../src/core/links/rooms.js';
import type { Replica } from '../../src/replica/commands.js';
import { envelopeContext } from '../../src/replica/membership/epoch-secrets.js';
import type { Holdings } from '../../src/replica/journal/holdings.js';
import type { Liar } from './liar.js';
import { idOf } from './with-liar.js';

export interface Rival {
  /** Its epoch's secret is `secretNamed` of it. */
  readonly name: string;
  readonly record: RosterRecord;
  readonly hash: RosterHash;
  /** Its completion. */
  readonly bytes: Uint8Array;
}

const secretNamed = (name: string): Uint8Array => sha256(new TextEncoder().encode(name));

/** The liar gives a device the secret of a record. */
export const tellSecret = async (liar: Liar, to: Replica, rival: Rival): Promise<void> => {
  const { account } = liar.holdings;
  const device = idOf(to);
  const member = memberOf(rival.record, device);
  if (member === null) throw new Error('the record has that device');
  const bound = envelopeContext(account, rival.record.commitment);
  const envelope = await liar.keys.sealer.seal(
    member.encryptionKey,
    secretNamed(rival.name),
    bound,
  );
  const envelopes = [{ device, roster: rival.hash, envelope }];
  liar.to(device).say({ kind: 'envelopes', envelopes });
};

/** Keys that no device of the account has, as a member that is let in with them. */
export const memberWith = (seed: string, name: string): RosterMember => {
  const { signer, sealer } = createMemoryKeys(seed);
  const { device, storage } = signer;
  const { encryptionKey } = sealer;
  return { device, encryptionKey, name, storage, capabilities: ALL_CAPABILITIES_MASK };
};

/** A ballot that is not the admin's first, with what its promises say was voted for before. */
export interface LaterBallot {
  readonly round: number;
  /** Whose ballot it is. */
  readonly by: string;
  readonly promises: readonly (readonly [signer: string, last: BallotVote | null])[];
}

/** Promises as their signers give them, true or not; sorted. */
export const promisesIn = async (
  { account }: Holdings,
  previous: RosterHash,
  { round, by, promises }: LaterBallot,
): Promise<readonly BallotPromise[]> => {
  const proposer = createMemoryKeys(by).signer.device;
  const given = promises.map(async ([name, last]) => {
    const { signer } = createMemoryKeys(name);
    const said = { previous, round, proposer, last };
    const signature = await signer.sign(promiseSigningBytes(account, said));
    return { ...said, signer: signer.device, signature };
  });
  return (await Promise.all(given)).sort((a, b) => (a.signer < b.signer ? -1 : 1));
};

/**
 * A record that follows the one in force, or `after`, voted for in round 0, or in a later ballot,
 * by these keys; of them those that it lets in consent.
 */
export const rivalBy = async (
  { holdings }: Liar,
  name: string,
  change: RosterChange,
  voters: readonly string[],
  after: RosterRecord = holdings.chain().tip,
  later: LaterBallot | null = null,
): Promise<Rival> => {
  const commitment = secretCommitment(secretNamed(name));
  const planned = planRosterChange(after, change, { commitment, closing: [], heads: [] });
  if (!planned.ok) throw new Error(planned.error.kind);
  const { frontier } = holdings.fold().state();
  const record = { ...planned.value, closing: planClosing(after, planned.value, frontier) };
  const promises = later ? await promisesIn(holdings, rosterHashOf(after), later) : [];
  const proposer = later ? createMemoryKeys(later.by).signer.device : after.admin;
  const draft = {
    ...{ record, round: later?.round ?? 0, proposer, votes: [], consents: [], promises },
  };
  const predecessor = { account: holdings.account, record: after };
  const vote = shareSigningBytes(statementHashOf(transitionStatement(draft, predecessor)));
  const consent = consentSigningBytes(holdings.account, rosterHashOf(record));
  const signed = voters.map(async (voter) => {
    const { signer } = createMemoryKeys(voter);
    const message = memberOf(after, signer.device) === null ? consent : vote;
    return { signer: signer.device, signature: await signer.sign(message) };
  });
  const shares = sortedShares(await Promise.all(signed));
  const isVoter = ({ signer }: (typeof shares)[number]) => memberOf(after, signer) !== null;
  const completion = {
    ...draft,
    votes: shares.filter(isVoter),
    consents: shares.filter((share) => !isVoter(share)),
  };
  return { name, record, hash: rosterHashOf(record), bytes: encodeRosterCompletion(completion) };
};

/** The liar tells a device of records. */
export const tell = (liar: Liar, to: Replica, ...rivals: readonly Rival[]): void =>
  liar.to(idOf(to)).say({ kind: 'rosterChain', completions: rivals.map(({ bytes }) => bytes) });
