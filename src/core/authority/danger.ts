import type { DeviceId, RosterHash } from '../base/brands.js';
import { hexToBytes } from '../base/hash.js';
import { meetOf, newcomersOf, type ForkGround } from './fork.js';
import { memberOf, type RosterRecord } from './roster.js';
import { defaultThresholds } from './roster-plan.js';

/**
 * A change that asks for number matching, a delay, and the chance of a veto (rule A9).
 *
 * Removing a device, replacing the admin, a hard fork, and thresholds other than those that a
 * change of members brings by itself. `subjects` are those it is done to: they may not veto.
 */
export interface Danger {
  readonly subjects: readonly DeviceId[];
}

/** What makes the step from one record to the next dangerous; null when nothing does. */
export const dangerOf = (previous: RosterRecord, record: RosterRecord): Danger | null => {
  const removed = previous.members
    .map(({ device }) => device)
    .filter((device) => memberOf(record, device) === null);
  const isAdminNew = record.admin !== previous.admin;
  const usual = defaultThresholds(previous, record.members);
  const areThresholdsChosen =
    record.snapshotThreshold !== usual.snapshotThreshold ||
    record.governanceThreshold !== usual.governanceThreshold;
  const isDangerous =
    removed.length > 0 || isAdminNew || areThresholdsChosen || record.activation !== null;
  if (!isDangerous) return null;
  const subjects = isAdminNew ? [...removed, previous.admin] : removed;
  return { subjects: [...new Set(subjects)].sort() };
};

/**
 * What makes a merge dangerous beyond what its branches agreed to: whom it takes out, a newcomer of
 * one branch whom it leaves out, or another admin than any of them has. Who was the admin of a
 * branch has no veto against another.
 */
export const dangerOfMerge = (
  { common, tips }: Pick<ForkGround, 'common' | 'tips'>,
  record: RosterRecord,
): Danger | null => {
  const danger = dangerOf(meetOf(tips, common), record);
  const leftOut = newcomersOf({ common, tips })
    .map(({ device }) => device)
    .filter((device) => memberOf(record, device) === null);
  if (danger === null && leftOut.length === 0) return null;
  const admins = tips.map(({ admin }) => admin).filter((admin) => admin !== record.admin);
  const subjects = new Set([...(danger?.subjects ?? []), ...leftOut, ...admins]);
  return { subjects: [...subjects].sort() };
};

/**
 * The number that the proposer's screen shows and an approver has to give: 10 to 99.
 *
 * Of the record, not of one ballot's statement, so that it stays the same when the change is put
 * forward again; no screen shows anything else of this hash.
 * Source: rule A9.
 */
export const matchNumberOf = (record: RosterHash): string => {
  const [high, low] = hexToBytes(record).slice(-2) as unknown as [number, number];
  return String(10 + (((high << 8) | low) % 90));
};
