import type { DeviceId } from '../../core/base/brands.js';
import { type Capability, need } from '../../core/authority/capability.js';
import { CLOSING_POINTS_LEAST, planClosing } from '../../core/authority/closing-plan.js';
import {
  type RosterChange,
  type RosterPlanError,
  planRosterChange,
} from '../../core/authority/roster-plan.js';
import {
  type RosterMember,
  type RosterRecord,
  devicesOf,
  encodeRosterRecord,
  majorityOf,
  memberOf,
} from '../../core/authority/roster.js';
import { err, ok } from '../../core/base/result.js';
import { secretCommitment } from '../../core/links/rooms.js';
import type { CommandError, Done } from '../commands.js';
import type { Context } from '../context.js';
import { type Envelope, sealSecret } from './epoch-secrets.js';
import { isSetAside } from '../journal/set-aside.js';

/** A record that was drafted and not yet proposed, with the secret of its epoch sealed to all. */
export interface DraftedRecord {
  readonly record: RosterRecord;
  readonly recordBytes: Uint8Array;
  readonly envelopes: readonly Envelope[];
}

/**
 * Drafts the record that follows the one in force (rules A1, A2, A4, A10).
 *
 * The new epoch's secret is drawn and sealed to its members alone; the closing frontier binds who
 * loses something to what was folded here.
 * Errors: not-allowed without the capability, forked, bad-threshold, last-admin, unknown-device,
 * only-device, ill-formed.
 */
export const draftRecord = async (
  context: Context,
  change: RosterChange,
  needed: Capability = 'roster_change',
): Done<DraftedRecord> => {
  const { holdings, keys } = context;
  if (holdings === null || keys === null) return err({ kind: 'no-account' });
  const { tip, isForked } = holdings.chain();
  if (isForked) return err({ kind: 'forked' });
  if (!need(needed)(tip, holdings.me) || isSetAside(holdings, holdings.me)) {
    return err({ kind: 'not-allowed', capability: needed });
  }
  const isStaying = ({ device }: RosterMember): boolean => !change.remove?.includes(device);
  if (!devicesOf(tip).some(isStaying)) return err({ kind: 'only-device' });
  const isAdminPaper = change.admin !== undefined && isPaper(tip, change.admin);
  if (isAdminPaper) return err({ kind: 'unknown-device' });
  const secret = context.ports.randomness.bytes(32);
  const ground = {
    commitment: secretCommitment(secret),
    closing: [],
    heads: holdings.tips(),
  };
  const planned = planRosterChange(tip, change, ground);
  if (!planned.ok) return err(errorOf(planned.error, tip, change));
  const points = planClosing(tip, planned.value, holdings.fold().state().frontier);
  const isMany = points.length > CLOSING_POINTS_LEAST;
  const room = isMany ? await fetchRoom() : { nameableClosing: () => points };
  if (room === null) return err({ kind: 'busy' });
  const closing = room.nameableClosing(points, {
    ...{ record: planned.value, deciders: tip, newcomers: change.add?.length ?? 0 },
    ...{ brokenWords: 0, covered: holdings.base().state.frontier },
  });
  const record = { ...planned.value, closing };
  const lacking = tooFewHolders(record);
  if (lacking !== null) return err(lacking);
  const envelopes = await sealSecret(keys.sealer, holdings.account, record.members, secret);
  return ok({ record, recordBytes: encodeRosterRecord(record), envelopes });
};

/** Few devices ever open so many sessions that their number matters. */
const fetchRoom = () => import('../../core/authority/closing-room.js').catch(() => null);

/** A key on paper signs; it cannot be the device that leads. */
const isPaper = (tip: RosterRecord, device: DeviceId): boolean =>
  memberOf(tip, device)?.storage === 'paper';

const errorOf = (
  error: RosterPlanError,
  tip: RosterRecord,
  { add = [], remove = [] }: RosterChange,
): CommandError => {
  const max = tip.members.length + add.length - remove.length;
  switch (error.kind) {
    case 'threshold':
      return error.field === 'm'
        ? { kind: 'bad-threshold', field: 'snapshot', min: 1, max }
        : { kind: 'bad-threshold', field: 'governance', min: majorityOf(max), max };
    case 'admin-leaves':
      return { kind: 'last-admin' };
    case 'admin-not-member':
    case 'unknown-member':
      return { kind: 'unknown-device' };
    default:
      return { kind: 'ill-formed', field: error.kind };
  }
};

/**
 * A threshold that those who are able to agree could never reach again would lock the account: a
 * capability is taken from nobody whose yes is needed.
 */
export const tooFewHolders = (record: RosterRecord): CommandError | null => {
  const holders = (capability: Capability): number =>
    record.members.filter(({ device }) => need(capability)(record, device)).length;
  const governing = holders('roster_change');
  const min = majorityOf(record.members.length);
  if (governing < record.governanceThreshold) {
    return { kind: 'bad-threshold', field: 'governance', min, max: governing };
  }
  const approving = holders('snapshot_approve');
  return approving < record.snapshotThreshold
    ? { kind: 'bad-threshold', field: 'snapshot', min: 1, max: approving }
    : null;
};
