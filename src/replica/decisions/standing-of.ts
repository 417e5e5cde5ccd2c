import { need } from '../../core/authority/capability.js';
import type { RosterRecord } from '../../core/authority/roster.js';
import { LIMITS } from '../../core/base/limits.js';
import { type Ceremony, stageOf } from '../../core/ceremonies/ceremony.js';
import type { Stage } from '../../core/ceremonies/protocol.js';
import { hasTooManyRefusals } from '../../core/ceremonies/turned-down.js';
import { awaitedHeads } from '../snapshots/awaited-heads.js';
import { decidersOf } from '../membership/choice.js';
import type { Holdings } from '../journal/holdings.js';
import { ballotsOf } from '../membership/roster-ballots.js';

/** Whether what a ceremony builds on is past: another roster, or another set of heads. */
export const isSuperseded = (holdings: Holdings, ceremony: Ceremony): boolean => {
  const { matter } = ceremony;
  const { tipHash, choiceHash } = holdings.chain();
  if (matter.purpose === 'roster') return matter.previous !== choiceHash;
  if (ceremony.roster !== tipHash) return true;
  const on = matter.subject.predecessors.join();
  if (on === holdings.tips().join()) return false;
  // What the base is joined from may be built on where every other head is passed by.
  return on !== holdings.base().heads.join() || awaitedHeads(holdings).length > 0;
};

/** Where a ceremony stands for this replica at that wall time. */
export const stageNow = (holdings: Holdings, ceremony: Ceremony, nowMs: number): Stage => {
  const { matter, statement } = ceremony;
  const isCompleted =
    matter.purpose === 'snapshot'
      ? holdings.completions().has(statement)
      : holdings.transitions().has(matter.recordHash);
  return stageOf(ceremony, { isCompleted, isSuperseded: isSuperseded(holdings, ceremony), nowMs });
};

/**
 * Whether too few are left who may still say yes to it, because others refused (rule C3).
 *
 * Whatever its stage: what came about elsewhere all the same is completed.
 */
export const isTurnedDown = (holdings: Holdings, ceremony: Ceremony): boolean => {
  const { matter } = ceremony;
  if (matter.purpose === 'roster') {
    const { members, governanceThreshold } = decidersOf(holdings, matter);
    const ballots = ballotsOf(holdings, matter.recordHash);
    return hasTooManyRefusals(
      members.map(({ device }) => device),
      ballots,
      governanceThreshold,
    );
  }
  const record = holdings.chain().recordAt(ceremony.roster);
  if (record === null) return false;
  const voters = record.members.map(({ device }) => device);
  const mayApprove = voters.filter((device) => need('snapshot_approve')(record, device));
  return hasTooManyRefusals(mayApprove, [ceremony], record.snapshotThreshold);
};

/** Whether a yes may still bring it about at that wall time: open, and not turned down. */
export const isUndecided = (holdings: Holdings, ceremony: Ceremony, nowMs: number): boolean =>
  stageNow(holdings, ceremony, nowMs) === 'open' && !isTurnedDown(holdings, ceremony);

/**
 * The lists of devices that are asked for at that wall time, for which the past is kept.
 *
 * None that too many refused, and none longer than a yes binds, whatever its proposer says of when
 * it asked and how long that is open: else one member could have everybody keep all there ever was.
 */
export const askedLists = (holdings: Holdings, nowMs: number): readonly RosterRecord[] =>
  [...holdings.ceremonies().values()].flatMap((ceremony) =>
    ceremony.matter.purpose === 'roster' &&
    Math.abs(nowMs - ceremony.proposedMs) <= LIMITS.yesBindsMsMax &&
    isUndecided(holdings, ceremony, nowMs)
      ? [ceremony.matter.record]
      : [],
  );
