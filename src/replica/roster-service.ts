import type { DeviceId, StatementHash } from '../core/base/brands.js';
import { type Result, assert, err, ok } from '../core/base/result.js';
import {
  type RosterCompletion,
  encodeRosterCompletion,
  sortedShares,
} from '../core/authority/roster-completion.js';
import {
  type RosterRecord,
  encodeRosterRecord,
  memberOf,
  rosterHashOf,
} from '../core/authority/roster.js';
import { type RosterChange, planRosterChange } from '../core/authority/roster-plan.js';
import {
  rosterStatement,
  shareSigningBytes,
  statementHashOf,
} from '../core/authority/statement.js';
import { ballotFault } from '../core/authority/ballot.js';
import {
  type BallotMemory,
  encodeBallotMemory,
  freshMemory,
  mayVote,
  parseBallotMemory,
} from '../core/authority/ballot-memory.js';
import {
  admitTransition,
  consentSigningBytes,
  newcomersOf,
  transitionChecks,
} from '../core/authority/transition.js';
import type { RosterHash } from '../core/base/brands.js';
import type { StoreError } from '../ports/store.js';
import type { Ceremony } from '../core/ceremonies/ceremony.js';
import type { RosterMatter } from '../core/ceremonies/matter.js';
import { secretCommitment } from '../core/links/rooms.js';
import { answerRow } from './answers.js';
import type { Done } from './commands.js';
import type { Context } from './context.js';
import { type Envelope, type EpochSecrets, envelopesRow, sealSecret } from './epoch-secrets.js';
import type { Intake } from './intake.js';
import { remarkOf } from './remark.js';
import { KEYS, putBytes } from './rows.js';
import { isSetAside } from './set-aside.js';
import { stageNow } from './standing-of.js';

/** A record that was drafted and not yet proposed, with the secret of its epoch sealed to all. */
export interface DraftedRecord {
  readonly record: RosterRecord;
  readonly recordBytes: Uint8Array;
  readonly envelopes: readonly Envelope[];
}

/** Roster changes as ceremonies (rules A1 to A4): draft, propose, vote, complete. */
export interface RosterService {
  readonly draft: (change: RosterChange) => Done<DraftedRecord>;
  readonly propose: (
    draft: DraftedRecord,
    consents: readonly { readonly device: DeviceId; readonly signature: Uint8Array }[],
    comment: string,
  ) => Done<StatementHash>;
  /** Casts this device's vote. */
  readonly vote: (ceremony: Ceremony, comment: string) => Done;
  readonly settle: () => Promise<boolean>;
  /** True when it completed it; false while the votes do not make it valid. */
  readonly complete: (ceremony: Ceremony) => Done<boolean>;
  /** Lets go of this device's own proposal, so that it never votes for it. */
  readonly letGo: (statement: StatementHash) => Promise<void>;
  /** Whether its ballot may bring this record about at all (rule A3). */
  readonly isOpenTo: (matter: RosterMatter) => boolean;
  /** Whether this device can open its envelope of a proposed record. */
  readonly canOpen: (matter: RosterMatter) => Promise<boolean>;
}

export const createRosterService = (
  context: Context,
  intake: Intake,
  secrets: EpochSecrets,
): RosterService => {
  const draft = async (change: RosterChange): Done<DraftedRecord> => {
    const { holdings, keys } = context;
    if (holdings === null || keys === null) return err({ kind: 'no-account' });
    const { tip, isForked } = holdings.chain();
    if (isForked) return err({ kind: 'forked' });
    if (tip.admin !== holdings.me) return err({ kind: 'not-allowed', capability: 'roster_change' });
    const secret = context.ports.randomness.bytes(32);
    const planned = planRosterChange(tip, change, {
      commitment: secretCommitment(secret),
      closing: [],
      heads: holdings.tips(),
    });
    if (!planned.ok) return err({ kind: 'ill-formed', field: planned.error.kind });
    const record = planned.value;
    const envelopes = await sealSecret(keys.sealer, holdings.account, record.members, secret);
    return ok({ record, recordBytes: encodeRosterRecord(record), envelopes });
  };

  const propose: RosterService['propose'] = async (drafted, consents, comment) => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    const { tip, tipHash } = holdings.chain();
    if (drafted.record.previous !== tipHash) {
      return err({ kind: 'blocked', blocker: { kind: 'epoch-moved' } });
    }
    const done = await intake.own([
      {
        kind: 'roster.proposed',
        record: drafted.recordBytes,
        envelopes: drafted.envelopes.map(({ device, envelope }) => ({ device, envelope })),
        consents: [...consents].sort((a, b) => (a.device < b.device ? -1 : 1)),
        comment: remarkOf(comment),
        expires: Math.floor(context.ports.clock.wallMs() + context.timing.approvalMs),
        round: 0,
        promises: [],
      },
    ]);
    if (!done.ok) return err({ kind: 'store', error: done.error });
    const statement = rosterStatement({
      account: holdings.account,
      epoch: tip.epoch,
      roster: tipHash,
      record: rosterHashOf(drafted.record),
      round: 0,
      proposer: holdings.me,
    });
    return ok(statementHashOf(statement));
  };

  const vote = async (ceremony: Ceremony, comment: string): Done => {
    const { keys } = context;
    assert(keys !== null && ceremony.matter.purpose === 'roster', 'a member votes on records');
    const { previous, round, ballotProposer: proposer, recordHash: record } = ceremony.matter;
    const held = await readMemory(context, previous);
    if (!held.ok) return err({ kind: 'store', error: held.error });
    const isFree = holdingsAllow(context, held.value);
    const bound = isFree ? freshMemory(previous) : held.value;
    const memory = mayVote(bound, { round, proposer, record });
    if (!memory.ok) return err({ kind: 'blocked', blocker: { kind: 'answered-another' } });
    const signature = await keys.signer.sign(shareSigningBytes(ceremony.statement));
    const { statement } = ceremony;
    const done = await intake.own(
      [{ kind: 'roster.approved', statement, signature, comment, bundle: null }],
      [
        answerRow(statement, 'yes', null),
        putBytes('own', KEYS.ballot(previous), encodeBallotMemory(memory.value)),
      ],
    );
    return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
  };

  const canOpen = async (matter: RosterMatter): Promise<boolean> => {
    const me = context.keys?.signer.device;
    const isMember = me !== undefined && memberOf(matter.record, me) !== null;
    if (isMember && (await secrets.open(matter.record, matter.envelopes)) === null) return false;
    return haveConsented(context, matter);
  };

  const isOpenTo = (matter: RosterMatter): boolean => {
    const { holdings } = context;
    if (holdings === null) return false;
    const { tip, tipHash } = holdings.chain();
    const { round, ballotProposer: proposer, recordHash: record } = matter;
    if (matter.previous !== tipHash || matter.record.epoch !== tip.epoch + 1) return false;
    // Later rounds need promises, which this version neither asks for nor gives.
    return (
      round === 0 &&
      ballotFault({ round, proposer, record }, { hash: tipHash, record: tip }, []) === null
    );
  };

  const letGo = async (statement: StatementHash): Promise<void> => {
    const { holdings } = context;
    const ceremony = holdings?.ceremonies().get(statement);
    if (holdings === null || ceremony?.heldBy.has(holdings.me) !== true) return;
    const { members, governanceThreshold } = holdings.chain().tip;
    // Votes bind those who gave them, so what the others can bring about alone has to be let
    // happen.
    const isBound = ceremony.approvals.size > 0 && members.length - 1 >= governanceThreshold;
    const isOpen = stageNow(holdings, ceremony, context.ports.clock.wallMs()) === 'open';
    if (isOpen && !isBound)
      await intake.own([{ kind: 'roster.abandoned', statement, cause: 'withdrawn' }]);
  };

  const complete = async (ceremony: Ceremony): Done<boolean> => {
    const { holdings } = context;
    const { matter } = ceremony;
    if (holdings === null || matter.purpose !== 'roster' || !isOpenTo(matter)) return ok(false);
    const votes = [...ceremony.approvals].map(([signer, each]) => ({
      signer,
      signature: each.signature,
    }));
    const completion: RosterCompletion = {
      record: matter.record,
      round: matter.round,
      proposer: matter.ballotProposer,
      votes: sortedShares(votes),
      consents: matter.consents.map(({ device, signature }) => ({ signer: device, signature })),
      promises: [],
    };
    const predecessor = { account: holdings.account, record: holdings.chain().tip };
    const checks = transitionChecks(completion, predecessor);
    const verdicts = await context.ports.verifier.verify(checks);
    // What no one would admit is not published, and not tried again and again.
    if (!admitTransition(completion, predecessor, verdicts).ok) return ok(false);
    const done = await intake.own(
      [{ kind: 'roster.completed', completion: encodeRosterCompletion(completion) }],
      [envelopesRow(matter.recordHash, matter.envelopes)],
    );
    return done.ok ? ok(true) : err({ kind: 'store', error: done.error });
  };

  const settle = async (): Promise<boolean> => {
    const { holdings } = context;
    if (holdings === null) return false;
    const nowMs = context.ports.clock.wallMs();
    for (const ceremony of holdings.ceremonies().values()) {
      const { matter } = ceremony;
      if (matter.purpose !== 'roster') continue;
      if (holdings.transitions().has(matter.recordHash)) {
        await keepEnvelopes(context, secrets, matter);
        continue;
      }
      if (stageNow(holdings, ceremony, nowMs) !== 'open') continue;
      const record = holdings.chain().tip;
      const counted = [...ceremony.approvals.keys()].filter(
        (device) => memberOf(record, device) !== null,
      );
      const isMine = matter.ballotProposer === holdings.me && !counted.includes(holdings.me);
      if (!isOpenTo(matter) || isSetAside(holdings, holdings.me)) continue;
      if (counted.length >= record.governanceThreshold) {
        const done = await complete(ceremony);
        if (done.ok && done.value) return true;
        continue;
      }
      // The proposer votes last: until nothing but its vote is missing, nobody is bound to a value.
      if (isMine && counted.length === record.governanceThreshold - 1) {
        if ((await vote(ceremony, ceremony.comment)).ok) return true;
      }
    }
    return false;
  };

  return { draft, propose, vote, settle, complete, letGo, canOpen, isOpenTo };
};

/** What this device bound itself to in choosing what follows that record (rule A3). */
const readMemory = async (
  context: Context,
  previous: RosterHash,
): Promise<Result<BallotMemory, StoreError>> => {
  const row = await context.ports.store.get('own', KEYS.ballot(previous));
  if (!row.ok) return row;
  const memory = row.value === null ? null : parseBallotMemory(row.value);
  return ok(memory?.ok ? memory.value : freshMemory(previous));
};

/**
 * Whether the vote that this device gave can come to nothing: who proposed it has let go of it in
 * writing, and the others are too few without it. Else a vote binds for its whole ballot.
 */
const holdingsAllow = (context: Context, { lastVote }: BallotMemory): boolean => {
  const { holdings } = context;
  if (holdings === null || lastVote === null) return true;
  const { members, governanceThreshold } = holdings.chain().tip;
  const ceremony = [...holdings.ceremonies().values()].find(
    ({ matter }) => matter.purpose === 'roster' && matter.recordHash === lastVote.record,
  );
  return ceremony?.heldBy.size === 0 && members.length - 1 < governanceThreshold;
};

/** Every newcomer signed that it wants in: else the record could never come about. */
const haveConsented = async (context: Context, matter: RosterMatter): Promise<boolean> => {
  const { holdings } = context;
  if (holdings === null) return false;
  const message = consentSigningBytes(holdings.account, matter.recordHash);
  const newcomers = newcomersOf(matter.record, holdings.chain().tip);
  if (matter.consents.length !== newcomers.length) return false;
  const checks = matter.consents.map(({ device, signature }) => ({
    key: device,
    message,
    signature,
  }));
  const verdicts = await context.ports.verifier.verify(checks);
  const consenting = new Set(matter.consents.map(({ device }) => device));
  return verdicts.every(Boolean) && newcomers.every((device) => consenting.has(device));
};

/** Envelopes of the epoch in force are kept beside its record: they outlive the proposal's fact. */
const keepEnvelopes = async (
  context: Context,
  secrets: EpochSecrets,
  matter: RosterMatter,
): Promise<void> => {
  if ((await secrets.envelopesOf(matter.recordHash)).length > 0) return;
  await context.commit([envelopesRow(matter.recordHash, matter.envelopes)], 'strict');
};
