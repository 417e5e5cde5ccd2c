import type { DeviceId } from '../../core/base/brands.js';
import { whoBrokeWord } from '../../core/authority/broken-word.js';
import { newcomersOf } from '../../core/authority/fork.js';
import { type MergePlanError, planMerge } from '../../core/authority/merge-plan.js';
import { encodeRosterRecord } from '../../core/authority/roster.js';
import { err, ok } from '../../core/base/result.js';
import { secretCommitment } from '../../core/links/rooms.js';
import { choiceOf, recordsOf } from './choice.js';
import type { CommandError, Done } from '../commands.js';
import type { Context } from '../context.js';
import { sealSecret } from './epoch-secrets.js';
import { mergeBlocker } from './merge-blocker.js';
import { type DraftedRecord, tooFewHolders } from './roster-draft.js';

/**
 * Drafts the record that unites all branches of a fork (rule A3).
 *
 * A new secret is drawn and sealed to its members; what it takes from anyone, of whichever branch,
 * is bound to what was folded here (A4).
 * Errors: those of mergeBlocker; unknown-device for who kept its word and was a member before;
 * bad-threshold; too-few-left; ill-formed.
 */
export const draftMerge = async (
  context: Context,
  remove: readonly DeviceId[],
): Done<DraftedRecord> => {
  const { holdings, keys } = context;
  if (holdings === null || keys === null) return err({ kind: 'no-account' });
  const choice = choiceOf(holdings);
  const blocker = mergeBlocker(holdings, choice);
  if (blocker !== null) return err(blocker);
  const { fork: ground, record: electors } = choice;
  if (ground === null) return err({ kind: 'not-forked' });
  // Two lists that let many in could leave those who decide no majority of the new one.
  const fresh = newcomersOf(ground).map(({ device }) => device);
  const removable = [...whoBrokeWord(choice), ...fresh];
  if (!remove.every((device) => removable.includes(device))) {
    return err({ kind: 'unknown-device' });
  }
  const secret = context.ports.randomness.bytes(32);
  const planned = planMerge({
    ...{ ground, electors, remove, recordAt: recordsOf(holdings) },
    given: { commitment: secretCommitment(secret), heads: holdings.tips() },
    ...{ folded: holdings.fold().state().frontier, covered: holdings.base().state.frontier },
  });
  if (!planned.ok) return err(errorOf(planned.error));
  const record = planned.value;
  const lacking = tooFewHolders(record);
  if (lacking !== null) return err(lacking);
  const envelopes = await sealSecret(keys.sealer, holdings.account, record.members, secret);
  return ok({ record, recordBytes: encodeRosterRecord(record), envelopes });
};

const errorOf = (error: MergePlanError): CommandError =>
  error.kind === 'too-few'
    ? { kind: 'too-few-left', have: error.have, need: error.need }
    : { kind: 'ill-formed', field: error.kind };
