import type { DeviceId, Hash, HeadId } from '../base/brands.js';
import { compareBy, compareText, sortedBy, sortedUnique } from '../base/ordering.js';
import { err, ok, type Result } from '../base/result.js';
import { ADMIN_CAPABILITIES_MASK } from './capability.js';
import {
  type Activation,
  encodeRosterRecord,
  majorityOf,
  memberOf,
  parseRosterRecord,
  rosterHashOf,
  type ClosingPoint,
  type RosterError,
  type RosterMember,
  type RosterRecord,
} from './roster.js';

/**
 * What people want to be different in the next record. All parts may be absent: a rotation (A10).
 */
export interface RosterChange {
  readonly add?: readonly RosterMember[];
  readonly remove?: readonly DeviceId[];
  readonly rename?: readonly { readonly device: DeviceId; readonly name: string }[];
  readonly thresholds?: { readonly snapshot?: number; readonly governance?: number };
  /** Takes over the admin's part, with the capabilities of it (rule A8). */
  readonly admin?: DeviceId;
  readonly capabilities?: readonly { readonly device: DeviceId; readonly mask: number }[];
  /** The bundle that is binding from the new epoch on (rule U4). */
  readonly activation?: Activation;
}

/** What the planning device knows that is no one's choice. */
export interface RosterGround {
  /** Hash of the next epoch's secret. */
  readonly commitment: Hash;
  readonly closing: readonly ClosingPoint[];
  /** The snapshot heads held here. */
  readonly heads: readonly HeadId[];
}

export type RosterPlanError =
  | RosterError
  | { readonly kind: 'unknown-member'; readonly device: DeviceId }
  | { readonly kind: 'already-member'; readonly device: DeviceId }
  /** The admin leaves and nobody was named in its place. */
  | { readonly kind: 'admin-leaves'; readonly admin: DeviceId };

/**
 * Plans the record that follows another.
 *
 * Another admin takes over what the part allows, and who had it loses that; whose capabilities are
 * named has just those. One that is new to the account has what `add` says.
 * Where no thresholds are given, a join sets both to a simple majority, for snapshots that of the
 * devices, since paper is not at hand; where somebody leaves they move only as far as the number of
 * members, or of devices, makes them; where nobody joins or leaves they stay, and if people chose
 * that paper is needed, it still is.
 * Errors: those of a record that would not parse, and unknown, repeated or missing members.
 * Source: rules A1, A2, A5, A8, A10.
 */
export const planRosterChange = (
  previous: RosterRecord,
  change: RosterChange,
  ground: RosterGround,
): Result<RosterRecord, RosterPlanError> => {
  const members = changedMembers(previous, change);
  if (!members.ok) return members;
  const admin = change.admin ?? previous.admin;
  if (change.admin === undefined && change.remove?.includes(admin) === true) {
    return err({ kind: 'admin-leaves', admin });
  }
  const record: RosterRecord = {
    epoch: previous.epoch + 1,
    previous: rosterHashOf(previous),
    merges: [],
    members: sortedBy(
      members.value,
      compareBy((member) => member.device as string, compareText),
    ),
    ...thresholdsOf(previous, change, members.value),
    admin,
    suites: previous.suites,
    commitment: ground.commitment,
    closing: sortedBy(
      ground.closing,
      compareBy((point) => point.session as string, compareText),
    ),
    heads: sortedUnique(ground.heads, compareText),
    activation: change.activation ?? null,
    origin: null,
  };
  return parseRosterRecord(encodeRosterRecord(record));
};

const changedMembers = (
  previous: RosterRecord,
  change: RosterChange,
): Result<readonly RosterMember[], RosterPlanError> => {
  const { add = [], remove = [], rename = [], capabilities = [] } = change;
  const named = [
    ...remove,
    ...rename.map(({ device }) => device),
    ...capabilities.map(({ device }) => device),
  ];
  const unknown = named.find((device) => memberOf(previous, device) === null);
  if (unknown !== undefined) return err({ kind: 'unknown-member', device: unknown });
  const repeated = add.find((member) => memberOf(previous, member.device) !== null);
  if (repeated !== undefined) return err({ kind: 'already-member', device: repeated.device });
  const staying = previous.members
    .filter((member) => !remove.includes(member.device))
    .map((member) => ({
      ...member,
      name: rename.find(({ device }) => device === member.device)?.name ?? member.name,
      capabilities:
        capabilities.find(({ device }) => device === member.device)?.mask ??
        maskWith(member, previous.admin, change.admin ?? previous.admin),
    }));
  return ok([...staying, ...add]);
};

/** What a member may do once the admin's part went from one device to another. */
const maskWith = (
  { device, capabilities }: RosterMember,
  before: DeviceId,
  after: DeviceId,
): number => {
  if (before === after) return capabilities;
  if (device === after) return capabilities | ADMIN_CAPABILITIES_MASK;
  return device === before ? capabilities & ~ADMIN_CAPABILITIES_MASK : capabilities;
};

const thresholdsOf = (
  previous: RosterRecord,
  change: RosterChange,
  members: readonly RosterMember[],
) => {
  const usual = defaultThresholds(previous, members);
  return {
    snapshotThreshold: change.thresholds?.snapshot ?? usual.snapshotThreshold,
    governanceThreshold: change.thresholds?.governance ?? usual.governanceThreshold,
  };
};

/** The thresholds of the next record where nobody asks for others. See planRosterChange. */
export const defaultThresholds = (
  previous: RosterRecord,
  members: readonly RosterMember[],
): Pick<RosterRecord, 'snapshotThreshold' | 'governanceThreshold'> => {
  const isDevice = ({ storage }: RosterMember): boolean => storage !== 'paper';
  const newcomers = members.filter(({ device }) => memberOf(previous, device) === null);
  const devices = Math.max(1, members.filter(isDevice).length);
  const count = members.length;
  const majority = majorityOf(count);
  const areSame = newcomers.length === 0 && count === previous.members.length;
  return {
    snapshotThreshold: newcomers.some(isDevice)
      ? majorityOf(devices)
      : Math.min(previous.snapshotThreshold, areSame ? count : devices),
    governanceThreshold:
      newcomers.length > 0
        ? majority
        : Math.max(majority, Math.min(previous.governanceThreshold, count)),
  };
};
