import type { DeviceId, RosterHash } from '../../core/base/brands.js';
import { matchNumberOf } from '../../core/authority/danger.js';
import { whoBrokeWord } from '../../core/authority/broken-word.js';
import { newcomersOf } from '../../core/authority/fork.js';
import { devicesOf, memberOf } from '../../core/authority/roster.js';
import { type Confirmations, dangerIn, vetoOf } from '../membership/confirmations.js';
import { changedBy, choiceOf, brokenAfter, brokenShown } from '../membership/choice.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { mergeBlocker } from '../membership/merge-blocker.js';
import { REMOVAL_REASONS } from '../membership/membership-view.js';
import type { Newcomers } from '../pairing/newcomers.js';
import type { Recovery } from '../recovery/recovery.js';
import { type RosterAnswers, undoesSnapshots } from '../membership/roster-answers.js';
import {
  type RosterCeremony,
  authorOf,
  ballotsOf,
  rosterCeremonies,
  shownBallot,
} from '../membership/roster-ballots.js';
import { stageNow } from '../decisions/standing-of.js';
import { changesOf, hasChanges, isAboutPaper } from './roster-changes.js';
import type {
  DangerView,
  ForkView,
  LockoutView,
  MergingView,
  RemovedView,
  RosterSubject,
} from '../view.js';

/** What changes of the roster are shown from. */
export interface RosterSources {
  readonly confirmations: Confirmations;
  readonly rosterAnswers: RosterAnswers;
  readonly recovery: Recovery;
  readonly newcomers: Newcomers;
}

/** A change of the roster, read off the two records themselves (rule C2). */
export const rosterSubject = (
  context: Context,
  sources: RosterSources,
  holdings: Holdings,
  ceremony: RosterCeremony,
): RosterSubject => {
  const { record } = ceremony.matter;
  const previous = changedBy(holdings, ceremony.matter);
  const changes = changesOf(previous, record);
  const { merges, activation } = record;
  const isOpen = stageNow(holdings, ceremony, context.ports.clock.wallMs()) === 'open';
  const brokeWord = whoBrokeWord(brokenShown(holdings, ceremony.matter)).map((device) => ({
    device,
    name: memberOf(previous, device)?.name ?? '',
  }));
  return {
    kind: 'roster',
    epoch: record.epoch,
    ...changes,
    membersAfter: devicesOf(record).length,
    signersAfter: record.members.length,
    isPaper: isAboutPaper(previous, record, changes),
    isRotation: merges.length === 0 && activation === null && !hasChanges(changes),
    activation,
    undoesSnapshots: isOpen && undoesSnapshots(holdings, ceremony.matter),
    merge: merges.length === 0 ? null : { branches: merges.length, brokeWord },
    danger: dangerView(context, sources, ceremony),
  };
};

const dangerView = (
  context: Context,
  { confirmations, rosterAnswers }: RosterSources,
  ceremony: RosterCeremony,
): DangerView | null => {
  const { matter } = ceremony;
  const { holdings } = context;
  if (holdings === null || dangerIn(context, matter) === null) return null;
  const { recordHash } = matter;
  const isMine = authorOf(holdings, recordHash) === holdings.me;
  const confirmation = confirmations.of(recordHash);
  return {
    matchNumber: isMine ? matchNumberOf(recordHash) : null,
    needsMatch: !isMine && confirmation === null,
    confirmedAtMs: confirmation?.atMs ?? null,
    votesAtMs: confirmations.votesAtMs(recordHash),
    vetoedBy: vetoOf(context, matter),
    canVeto: rosterAnswers.canVeto(ceremony),
  };
};

/** Who took this device out, as far as what reached it tells. */
export const removedView = (context: Context, holdings: Holdings): RemovedView | null => {
  const { removedMs } = context;
  const chain = holdings.chain();
  const removal = chain.removedBy(holdings.me)[0];
  const transition = removal === undefined ? undefined : holdings.transitions().get(removal);
  if (removedMs === null || removal === undefined || transition === undefined) return null;
  const { previous, epoch } = transition.record;
  const before = previous === null ? null : chain.recordAt(previous);
  const by = transition.voters.flatMap((voter) =>
    before === null ? [] : (memberOf(before, voter)?.name ?? []),
  );
  const said = ballotsOf(holdings, removal)[0]?.comment;
  const reason = REMOVAL_REASONS.find((each) => each === said) ?? null;
  return { atMs: removedMs, byEpoch: epoch, by, reason };
};

/** Rivals side by side, with which one stands and why (rules A3 and A8). */
export const forkViews = (holdings: Holdings): readonly ForkView[] => {
  const chain = holdings.chain();
  return chain.forks.map(({ parent, rivals }) => ({
    parent,
    branches: rivals.flatMap((record) => {
      const link = chain.links.get(record);
      if (link === undefined) return [];
      const { admin, members } = link.record;
      const named = members.map(({ device, name }) => ({ device, name }));
      const before = chain.recordAt(parent) ?? link.record;
      const changes = changesOf(before, link.record);
      const later = chain.tips.filter((tip) => tip !== record && chain.isAncestor(record, tip));
      return [
        {
          ...{ record, signedBy: link.voters, admin, members: named, changes },
          goesOn: later.length > 0,
        },
      ];
    }),
    // A vote for each in different ballots may be honest: only what is shown is said of anyone.
    ...shownAfter(holdings, parent),
    stands: null,
    canMerge: mergeBlocker(holdings, choiceOf(holdings)) === null,
  }));
};

const shownAfter = (
  holdings: Holdings,
  parent: RosterHash,
): Pick<ForkView, 'votedTwice' | 'brokePromise'> => {
  const { votedTwice, brokePromise } = brokenAfter(holdings, parent);
  const deviceOf = ({ device }: { readonly device: DeviceId }): DeviceId => device;
  return { votedTwice: votedTwice.map(deviceOf), brokePromise: brokePromise.map(deviceOf) };
};

/** What uniting the branches of a fork takes; null where there is one list of devices. */
export const mergingView = (context: Context, holdings: Holdings): MergingView | null => {
  if (!holdings.chain().isForked) return null;
  const choice = choiceOf(holdings);
  const nowMs = context.ports.clock.wallMs();
  const open = rosterCeremonies(holdings).find(
    (each) => stageNow(holdings, each, nowMs) === 'open',
  );
  const nameOf = (device: DeviceId): string =>
    (choice.fork === null ? null : memberOf(choice.fork.common, device))?.name ?? '';
  const named = (device: DeviceId) => ({ device, name: nameOf(device) });
  return {
    deciders: choice.record.members.map(({ device }) => named(device)),
    needed: choice.record.members.length === 0 ? 0 : choice.record.governanceThreshold,
    brokeWord: whoBrokeWord(choice).map(named),
    newcomers: (choice.fork === null ? [] : newcomersOf(choice.fork)).map(({ device, name }) => ({
      ...{ device, name },
    })),
    decision: open === undefined ? null : shownBallot(holdings, open.matter.recordHash),
    blocker: mergeBlocker(holdings, choice)?.kind ?? null,
  };
};

/** Whether one lost device would leave too few to change the devices, or to agree on the past. */
export const lockoutView = (holdings: Holdings): LockoutView => {
  const { members, governanceThreshold, snapshotThreshold } = holdings.chain().tip;
  const left = members.length - 1;
  return { oneLostDeviceLocks: left < Math.max(governanceThreshold, snapshotThreshold) };
};
