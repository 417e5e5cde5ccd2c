import { ALL_CAPABILITIES_MASK } from '../../core/authority/capability.js';
import type { RosterCompletion } from '../../core/authority/roster-completion.js';
import {
  type Origin,
  type RosterRecord,
  accountOf,
  genesisRecord,
} from '../../core/authority/roster.js';
import type { Share } from '../../core/authority/signature-check.js';
import { shareSigningBytes, statementHashOf } from '../../core/authority/statement.js';
import {
  type AdmittedTransition,
  type TransitionError,
  admitTransition,
  transitionChecks,
  transitionStatement,
} from '../../core/authority/transition.js';
import type { AccountId } from '../../core/base/brands.js';
import type { Result } from '../../core/base/result.js';
import { secretCommitment } from '../../core/links/rooms.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { Verifier } from '../../ports/verifier.js';
import { type Envelope, sealSecret } from './epoch-secrets.js';

/** The first record of an account to be, and its secret as its founder can open it. */
export interface Founding {
  readonly record: RosterRecord;
  readonly account: AccountId;
  readonly envelopes: readonly Envelope[];
}

/** Drafts an account with these keys as its only member (rule A2). Nothing is kept yet. */
export const draftFounding = async (
  { signer, sealer }: DeviceKeys,
  name: string,
  secret: Uint8Array,
  origin: Origin | null = null,
): Promise<Founding> => {
  const member = {
    ...{ device: signer.device, encryptionKey: sealer.encryptionKey, name },
    ...{ capabilities: ALL_CAPABILITIES_MASK, storage: signer.storage },
  };
  const record = genesisRecord(member, secretCommitment(secret), origin);
  const account = accountOf(record);
  return { record, account, envelopes: await sealSecret(sealer, account, [member], secret) };
};

/**
 * Signs a first record with the keys that it names. `leavers` are those who left another account
 * for it (rule A12); signatures of theirs that do not hold are left out.
 *
 * Errors: those of a first record.
 */
export const signFounding = async (
  { signer }: DeviceKeys,
  record: RosterRecord,
  verifier: Verifier,
  leavers: readonly Share[] = [],
): Promise<Result<AdmittedTransition, TransitionError>> => {
  const draft: RosterCompletion = {
    ...{ record, round: 0, proposer: record.admin, votes: [], consents: leavers, promises: [] },
  };
  const statement = statementHashOf(transitionStatement(draft, null));
  const signature = await signer.sign(shareSigningBytes(statement));
  const completion = { ...draft, votes: [{ signer: signer.device, signature }] };
  const verdicts = await verifier.verify(transitionChecks(completion, null));
  return admitTransition(completion, null, verdicts);
};
