import type { DeviceId } from '../base/brands.js';
import { compareBy, compareText, sortedBy, sortedUnique } from '../base/ordering.js';
import { err, type Result } from '../base/result.js';
import type { Frontier } from '../journal/frontier.js';
import { planClosing } from './closing-plan.js';
import { nameableClosing } from './closing-room.js';
import { everHeld, meetOf, type ForkGround, type RecordAt } from './fork.js';
import { defaultThresholds, type RosterGround } from './roster-plan.js';
import {
  devicesOf,
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

/** What a merge is planned from. */
export interface MergeParts {
  readonly ground: ForkGround;
  /** Who decides it. See electorsOf. */
  readonly electors: RosterRecord;
  /** Members that it takes out. */
  readonly remove: readonly DeviceId[];
  readonly given: Pick<RosterGround, 'commitment' | 'heads'>;
  /** What was folded here, where the sessions of those who lose something end. */
  readonly folded: Frontier;
  /** What the base covers here. */
  readonly covered: Frontier;
  readonly recordAt: RecordAt;
}

export type MergePlanError =
  | RosterError
  /** Who is left to agree could never reach the majority of the members of the new record. */
  | { readonly kind: 'too-few'; readonly have: number; readonly need: number };

/**
 * Plans the record that unites the branches of a fork.
 *
 * It holds whom no branch took out, newcomers of any branch included; each may do what every branch
 * that has it allows, and is called what a branch changed its name to. The admin is whom a branch
 * put in the place of the one before, else that one. Thresholds are the highest of the branches,
 * moved as a joining or leaving moves them, and no higher than those who decide can reach.
 * Errors: those of a record that would not parse; too-few.
 * Source: rules A3, A4 and A10.
 */
export const planMerge = (parts: MergeParts): Result<RosterRecord, MergePlanError> => {
  const { ground, electors, remove, given, folded, covered } = parts;
  const { common, tips } = ground;
  const merges = tips.map(rosterHashOf);
  const [previous] = merges;
  const members = unitedMembers(parts);
  const staying = electors.members.filter(({ device }) => !remove.includes(device)).length;
  const majority = majorityOf(members.length);
  if (previous === undefined || staying < majority) {
    return err({ kind: 'too-few', have: staying, need: majority });
  }
  const usual = defaultThresholds(meetOf(tips, common), members);
  const draft: RosterRecord = {
    ...common,
    ...{ epoch: Math.max(...tips.map(({ epoch }) => epoch)) + 1, previous, merges, members },
    snapshotThreshold: usual.snapshotThreshold,
    governanceThreshold: Math.max(majority, Math.min(usual.governanceThreshold, staying)),
    admin: adminOf(ground, electors, members),
    commitment: given.commitment,
    heads: sortedUnique(given.heads, compareText),
    ...{ closing: [], activation: null, origin: null },
  };
  const closing = nameableClosing(closingOf(tips, draft, folded), {
    ...{ record: draft, deciders: electors, newcomers: 0, covered },
    brokenWords: common.members.length - electors.members.length,
  });
  const record = { ...draft, closing };
  return parseRosterRecord(encodeRosterRecord(record));
};

/** Whom a branch removed stays out; whom it never had is let in by another (rule A4). */
const unitedMembers = ({ ground, remove, recordAt }: MergeParts): readonly RosterMember[] => {
  const { common, tips } = ground;
  const wasRemoved = (device: DeviceId): boolean =>
    tips.some(
      (tip) =>
        memberOf(tip, device) === null && everHeld(rosterHashOf(tip), new Set([device]), recordAt),
    );
  const all = sortedUnique(
    tips.flatMap(({ members }) => members.map(({ device }) => device)),
    compareText,
  );
  return all
    .filter((device) => !remove.includes(device) && !wasRemoved(device))
    .flatMap((device) => unitedMember(common, tips, device) ?? []);
};

const unitedMember = (
  common: RosterRecord,
  tips: readonly RosterRecord[],
  device: DeviceId,
): RosterMember | undefined => {
  const before = memberOf(common, device);
  const all = tips.flatMap((tip) => memberOf(tip, device) ?? []);
  const [first] = all;
  if (first === undefined) return undefined;
  const renamed = all.find(({ name }) => before !== null && name !== before.name);
  const capabilities = all.reduce((mask, each) => mask & each.capabilities, first.capabilities);
  return { ...first, name: (renamed ?? first).name, capabilities };
};

/** A branch that put another in the place of the admin meant it; paper leads nothing. */
const adminOf = (
  { common, tips }: ForkGround,
  electors: RosterRecord,
  members: readonly RosterMember[],
): DeviceId => {
  const replaced = tips.map(({ admin }) => admin).filter((admin) => admin !== common.admin);
  const others = [
    ...devicesOf(electors).map(({ device }) => device),
    ...members.map((m) => m.device),
  ];
  const isFit = (device: DeviceId): boolean =>
    members.some((each) => each.device === device && each.storage !== 'paper');
  return [...replaced, common.admin, ...others].find(isFit) ?? common.admin;
};

/** Each branch's members lose by it what they lose against their branch. */
const closingOf = (
  tips: readonly RosterRecord[],
  record: RosterRecord,
  folded: Frontier,
): readonly ClosingPoint[] => {
  const bySession = new Map(
    tips
      .flatMap((tip) => planClosing(tip, record, folded))
      .map((point) => [point.session as string, point] as const),
  );
  return sortedBy(
    bySession.values(),
    compareBy(({ session }) => session as string, compareText),
  );
};
