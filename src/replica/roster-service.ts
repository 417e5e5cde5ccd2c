import type { DeviceId, StatementHash } from '../core/base/brands.js';
import { assert, err, ok } from '../core/base/result.js';
import { encodeRosterCompletion, sortedShares } from '../core/authority/roster-completion.js';
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
import type { Ceremony, RosterMatter } from '../core/ceremonies/ceremony.js';
import { secretCommitment } from '../core/links/rooms.js';
import { answerRow } from './answers.js';
import type { Done } from './commands.js';
import type { Context } from './context.js';
import { type Envelope, type EpochSecrets, envelopesRow, sealSecret } from './epoch-secrets.js';
import type { Intake } from './intake.js';
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
        comment,
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
    assert(keys !== null, 'this device has keys');
    const signature = await keys.signer.sign(shareSigningBytes(ceremony.statement));
    const { statement } = ceremony;
    const done = await intake.own(
      [{ kind: 'roster.approved', statement, signature, comment, bundle: null }],
      [answerRow(statement, 'yes', null)],
    );
    return done.ok ? ok(undefined) : err({ kind: 'store', error: done.error });
  };

  const canOpen = async (matter: RosterMatter): Promise<boolean> =>
    memberOf(matter.record, context.keys?.signer.device ?? ('' as DeviceId)) === null ||
    (await secrets.open(matter.record, matter.envelopes)) !== null;

  const complete = async (ceremony: Ceremony, matter: RosterMatter): Promise<boolean> => {
    const votes = [...ceremony.approvals].map(([signer, each]) => ({
      signer,
      signature: each.signature,
    }));
    const completion = encodeRosterCompletion({
      record: matter.record,
      round: matter.round,
      proposer: matter.ballotProposer,
      votes: sortedShares(votes),
      consents: matter.consents.map(({ device, signature }) => ({ signer: device, signature })),
      promises: [],
    });
    const done = await intake.own(
      [{ kind: 'roster.completed', completion }],
      [envelopesRow(matter.recordHash, matter.envelopes)],
    );
    return done.ok;
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
      if (counted.length >= record.governanceThreshold) return complete(ceremony, matter);
      // The proposer votes last: until nothing but its vote is missing, nobody is bound to a value.
      if (isMine && counted.length === record.governanceThreshold - 1) {
        return (await vote(ceremony, ceremony.comment)).ok;
      }
    }
    return false;
  };

  return { draft, propose, vote, settle, canOpen };
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
