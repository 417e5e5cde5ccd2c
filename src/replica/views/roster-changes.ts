import type { DeviceId } from '../../core/base/brands.js';
import { capabilitiesOf, effectiveMask } from '../../core/authority/capability.js';
import { type RosterRecord, memberOf } from '../../core/authority/roster.js';
import type { CapabilityChange, RosterChanges } from '../view.js';

/** A recovery key comes, takes the place of another at most, and all else stays as it was. */
export const isAboutPaper = (
  previous: RosterRecord,
  record: RosterRecord,
  changes: RosterChanges,
): boolean => {
  const { joining, leaving } = changes;
  const isPaper = (list: RosterRecord) => (each: { readonly device: DeviceId }) =>
    memberOf(list, each.device)?.storage === 'paper';
  return (
    joining.length > 0 &&
    joining.every(isPaper(record)) &&
    leaving.every(isPaper(previous)) &&
    record.merges.length === 0 &&
    record.activation === null &&
    !hasChanges({ ...changes, joining: [], leaving: [] })
  );
};

/** What differs between two records, in the terms of people. */
export const changesOf = (previous: RosterRecord, record: RosterRecord): RosterChanges => {
  const joining = record.members.filter(({ device }) => memberOf(previous, device) === null);
  const leaving = previous.members.filter(({ device }) => memberOf(record, device) === null);
  const renamed = record.members.flatMap(({ device, name }) => {
    const before = memberOf(previous, device)?.name;
    return before === undefined || before === name ? [] : [{ from: before, to: name }];
  });
  const capabilities = capabilityChanges(previous, record);
  const admin = previous.admin === record.admin ? null : { from: previous.admin, to: record.admin };
  return {
    joining: joining.map(({ device, name }) => ({ device, name })),
    leaving: leaving.map(({ device, name }) => ({ device, name })),
    renamed,
    snapshotThreshold: { from: previous.snapshotThreshold, to: record.snapshotThreshold },
    governanceThreshold: { from: previous.governanceThreshold, to: record.governanceThreshold },
    capabilities,
    admin,
  };
};

/** Whether anything of it is other than it was. */
export const hasChanges = ({
  joining,
  leaving,
  renamed,
  capabilities,
  admin,
  snapshotThreshold: snapshot,
  governanceThreshold: governance,
}: RosterChanges): boolean =>
  [joining, leaving, renamed, capabilities].flat().length > 0 ||
  admin !== null ||
  snapshot.from !== snapshot.to ||
  governance.from !== governance.to;

const capabilityChanges = (
  previous: RosterRecord,
  record: RosterRecord,
): readonly CapabilityChange[] =>
  record.members.flatMap((after) => {
    const before = memberOf(previous, after.device);
    if (before === null) return [];
    const [was, is] = [effectiveMask(before), effectiveMask(after)];
    if (was === is) return [];
    const { device, name } = after;
    return [{ device, name, gained: capabilitiesOf(is & ~was), lost: capabilitiesOf(was & ~is) }];
  });
