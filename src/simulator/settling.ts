import { LIMITS } from '../core/base/limits.js';
import type { DecisionView } from '../replica/view.js';
import { type SimDevice, replicaOf } from './device.js';
import type { Persons } from './persons.js';
import { WALL_START_MS } from './ports/sim-clock.js';
import { inStep } from './prepared.js';
import { returnBehind, settleUpgrades } from './upgrade-settling.js';
import type { World } from './world.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Liveness: with the faults over, all converge, every decision ends, and a new snapshot completes.
 *
 * Gives the simulated ms until all held the same; null where they never did, which is a failure.
 */
export const settleDown = async (world: World, persons: Persons): Promise<number | null> => {
  world.note('the faults are over');
  world.network.heal();
  for (const device of honest(world)) world.network.setOnline(device.name, true);
  for (const device of honest(world)) if (device.life === null) world.start(device);
  await world.queue.pass(1_000);
  await returnBehind(world, persons, () => membersOf(world));
  if (world.failures.length > 0) return null;
  const startedMs = world.queue.nowMs();
  const isEqual = await waitFor(world, 20 * MINUTE_MS, () => haveConverged(world));
  if (!isEqual) {
    world.fail('L all converge', wordsOf(world));
    return null;
  }
  const convergedMs = world.queue.nowMs() - startedMs;
  await settleUpgrades(world, persons, () => membersOf(world));
  if (world.failures.length === 0) await endDecisions(world, persons);
  // One of them may have been the fork.
  if (world.failures.length === 0) await returnBehind(world, persons, () => membersOf(world));
  if (world.failures.length === 0) await agreeOnce(world, persons);
  return convergedMs;
};

const honest = (world: World): readonly SimDevice[] =>
  world.devices.filter((device) => !device.isLiar);

/** Those that run and belong to the account. */
const membersOf = (world: World): readonly SimDevice[] =>
  honest(world).filter((device) => replicaOf(device)?.view().stage === 'member');

const waitFor = async (world: World, ms: number, isSo: () => boolean): Promise<boolean> => {
  const endMs = world.queue.nowMs() + ms;
  while (world.queue.nowMs() < endMs) {
    if (isSo()) return true;
    for (const device of honest(world)) reopen(world, device);
    await world.queue.pass(1_000);
  }
  return isSo();
};

/** Off, or without its store: a person starts the app again. */
const reopen = (world: World, device: SimDevice): void => {
  if (device.life === null) world.start(device);
  else if (replicaOf(device)?.view().stage === 'lost') world.crash(device);
};

const haveConverged = (world: World): boolean => {
  const all = honest(world);
  if (all.some((device) => replicaOf(device) === null)) return false;
  return allKnown(world) && inStep(membersOf(world));
};

/** Whoever the record in force names, and has its keys, knows that it is a member. */
const allKnown = (world: World): boolean =>
  membersOf(world).every((device) =>
    (replicaOf(device)?.view().devices ?? []).every(({ id }) => {
      const named = world.deviceOf(id);
      return named === null || named.isLiar || replicaOf(named)?.view().stage === 'member';
    }),
  );

const wordsOf = (world: World): string =>
  honest(world)
    .map((device) => {
      const replica = replicaOf(device);
      const view = replica?.view();
      const { digest, base, factSet, facts } = replica?.inspect() ?? {};
      const ids = [digest, base, factSet].map((each) => each?.slice(0, 6)).join('/');
      const epoch = view?.account?.identityEpoch;
      return `${device.name} ${view?.stage} e${epoch} ${ids} ${facts} ${view?.sync.connectedCount}`;
    })
    .join('; ');

/**
 * What a liar asks for it may leave open for ever, and a clock that ran years ahead for years: it
 * keeps nobody from anything. Others may have put it forward again, for as long.
 */
const openOn = (world: World, device: SimDevice): readonly DecisionView[] =>
  (replicaOf(device)?.view().decisions ?? []).filter(
    ({ stage, proposer, expiresMs }) =>
      stage === 'open' &&
      world.deviceOf(proposer)?.isLiar === false &&
      expiresMs - wallMsOf(world, device) <= LIMITS.yesBindsMsMax,
  );

const wallMsOf = (world: World, { skewMs }: SimDevice): number =>
  WALL_START_MS + world.queue.nowMs() + skewMs;

/** Everyone says yes to what waits; what still cannot end is taken back, or lapses. */
const endDecisions = async (world: World, persons: Persons): Promise<void> => {
  await sayYes(world, persons, 40);
  for (const device of membersOf(world)) refuseUnreadable(device, persons);
  await withdrawAll(world, persons);
  await world.queue.pass(2_000);
  const isOver = (): boolean =>
    membersOf(world).every((device) => openOn(world, device).length === 0);
  const isFree = (): boolean => membersOf(world).every((device) => !isBound(world, device));
  if (!isOver() || !isFree()) await world.queue.sleep(8 * DAY_MS);
  // A liar may have asked for it with an expiry in a hundred years.
  if (!isFree()) await world.queue.sleep(LIMITS.yesBindsMsMax);
  await world.queue.pass(6 * MINUTE_MS);
  // What silent devices may have voted for is put forward again by others, until it lapses.
  if (!isOver()) await world.queue.sleep(longestLeftMs(world) + DAY_MS);
  if (!(await waitFor(world, 20 * MINUTE_MS, () => isOver() && haveConverged(world)))) {
    const open = membersOf(world).map((device) => `${device.name} ${openOn(world, device).length}`);
    world.fail('L every decision ends', `${open.join()}; ${wordsOf(world)}`);
  }
};

/** How long open decisions last by the clocks of those who have them, some of which ran behind. */
const longestLeftMs = (world: World): number => {
  const left = membersOf(world).flatMap((device) =>
    openOn(world, device).map(({ expiresMs }) => expiresMs - wallMsOf(world, device)),
  );
  return Math.max(0, ...left);
};

/** All that a device asked for is taken back: by a clock that ran ahead it lapses too late. */
const withdrawAll = async (world: World, persons: Persons): Promise<void> => {
  const holders = (): readonly SimDevice[] =>
    honest(world).filter((device) =>
      replicaOf(device)
        ?.view()
        .decisions.some((each) => each.canWithdraw),
    );
  for (let turn = 0; turn < 20 && holders().length > 0; turn += 1) {
    for (const device of holders()) persons.withdraw(device);
    await world.queue.pass(100);
  }
};

/** All are in step, so the facts that a decision still wants are nowhere: a person says no. */
const refuseUnreadable = (device: SimDevice, persons: Persons): void => {
  for (const decision of replicaOf(device)?.view().decisions ?? []) {
    const isUnreadable = decision.approveBlocker?.kind === 'facts-missing';
    if (decision.needsMe && isUnreadable) persons.refuse(device, decision);
  }
};

/** Whether a yes of its own to a snapshot keeps it from another, until that yes lapses (S12). */
const isBound = (world: World, device: SimDevice): boolean => {
  const view = replicaOf(device)?.view();
  const sinceMs = world.queue.nowMs() + WALL_START_MS - LIMITS.yesBindsMsMax;
  return (view?.decisions ?? []).some(
    ({ stage, subject, answers }) =>
      stage === 'open' &&
      subject.kind === 'snapshot' &&
      answers.some(
        ({ device: by, answer, atMs }) =>
          by === view?.account?.me && answer === 'yes' && (atMs === null || atMs >= sinceMs),
      ),
  );
};

const sayYes = async (world: World, persons: Persons, turns: number): Promise<void> => {
  for (let turn = 0; turn < turns; turn += 1) {
    for (const device of membersOf(world)) persons.attend(device, true);
    await world.queue.pass(1_000);
  }
};

const QUESTIONS_MAX = 200;

/** Liars may have asked so much that their questions still keep everybody from asking. */
const answerAll = async (world: World, persons: Persons): Promise<void> => {
  const isAsked = (device: SimDevice): boolean =>
    replicaOf(device)
      ?.view()
      .decisions.some(({ needsMe }) => needsMe) === true;
  for (let turn = 0; turn < QUESTIONS_MAX && membersOf(world).some(isAsked); turn += 1) {
    await sayYes(world, persons, 1);
  }
};

/** With enough willing devices a snapshot completes and everyone prunes. */
const agreeOnce = async (world: World, persons: Persons): Promise<void> => {
  const able = membersOf(world).filter((device) => isAble(world, device));
  const proposer = able.find((device) => may(device, 'snapshot_propose'));
  const writer = membersOf(world).find((device) => may(device, 'record_write'));
  if (proposer === undefined || writer === undefined) return;
  await answerAll(world, persons);
  persons.create(writer);
  await world.queue.pass(3_000);
  const need = replicaOf(proposer)?.view().account?.snapshotThreshold ?? 0;
  const before = replicaOf(proposer)?.inspect().base;
  persons.propose(proposer);
  await sayYes(world, persons, 12);
  const isDone = (): boolean =>
    haveConverged(world) &&
    membersOf(world).every((device) => replicaOf(device)?.inspect().base !== before);
  if (await waitFor(world, 10 * MINUTE_MS, isDone)) return;
  if (able.length < need) return;
  world.fail('L willing devices complete', `${able.length} of ${need}; ${wordsOf(world)}`);
};

const may = (device: SimDevice, capability: string): boolean =>
  (replicaOf(device)?.view().devices ?? []).some(
    ({ isMe, capabilities }) => isMe && capabilities.includes(capability),
  );

/** Allowed to agree, bound by no yes, not shown to have told two stories, robbed of no word. */
const isAble = (world: World, device: SimDevice): boolean => {
  const view = replicaOf(device)?.view();
  if (view?.account == null || device.isDamaged || view.account.isForked) return false;
  if (isBound(world, device) || !may(device, 'snapshot_approve')) return false;
  return !view.problems.some(
    (each) => each.kind === 'equivocation' && each.device === view.account?.me,
  );
};
