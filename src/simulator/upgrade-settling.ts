import type { UpgradeView } from '../replica/view.js';
import { type SimDevice, replicaOf } from './device.js';
import type { Persons } from './persons.js';
import { WALL_START_MS } from './ports/sim-clock.js';
import type { World } from './world.js';

const TURNS = 40;
const TURN_MS = 5_000;
/** No release of a run has a longer one. */
const GRACE_MS_MAX = 60_000;

/** What a device says for good, with every fault over. */
const FINAL = new Set(['older', 'quarantined', 'mismatch']);

/**
 * Whoever a hard fork left behind comes back, so that all can hold the same again (rules U4, C9).
 *
 * Where the version that binds failed on it, somebody offers another one that speaks as much.
 */
export const returnBehind = async (
  world: World,
  persons: Persons,
  members: () => readonly SimDevice[],
): Promise<void> => {
  if (world.devices.every(({ code }) => code === null)) return;
  const behind = (): readonly SimDevice[] => {
    const required = members().flatMap((each) => codeOn(each)?.required ?? []);
    return members().filter((each) => {
      const spoken = codeOn(each)?.running?.protocols ?? [];
      return fenceOn(each) !== null || required.some((protocol) => !spoken.includes(protocol));
    });
  };
  // Who tries a version agrees to nothing until that is over.
  const isTrying = (): boolean => members().some((each) => codeOn(each)?.running?.trial != null);
  for (let turn = 0; turn < TURNS && (behind().length > 0 || isTrying()); turn += 1) {
    if (turn % 10 === 5) world.offerAnew?.();
    for (const device of members()) goAlong(world, persons, device);
    await world.queue.pass(TURN_MS);
  }
  const left = behind();
  if (left.length === 0) return;
  const what = left.map((each) => `${each.name} lacks ${fenceOn(each)?.missing.join()}`).join('; ');
  world.fail('L who stayed behind a fence comes back', what);
};

const codeOn = (device: SimDevice) => replicaOf(device)?.view().upgrades;

const fenceOn = (device: SimDevice) => codeOn(device)?.fencedOut ?? null;

/** What the screen of a device that a fence keeps out names as the way back, however old it is. */
const wayBackOn = (device: SimDevice): UpgradeView | undefined => {
  const { pending = [], past = [] } = codeOn(device) ?? {};
  return [...pending, ...past].find(({ id }) => id === fenceOn(device)?.upgrade);
};

/**
 * Liveness of upgrades: with the faults over everyone goes along with the newest release that
 * nobody saw fail, and that one comes to its end.
 */
export const settleUpgrades = async (
  world: World,
  persons: Persons,
  members: () => readonly SimDevice[],
): Promise<void> => {
  if (world.devices.every(({ code }) => code === null)) return;
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const device of members()) goAlong(world, persons, device);
    await world.queue.pass(TURN_MS);
  }
  const nowMs = WALL_START_MS + world.queue.nowMs();
  for (const device of members()) {
    const endless = codeOn(device)?.pending.find((each) => waitMsOf(each) > nowMs + GRACE_MS_MAX);
    if (endless !== undefined) {
      return world.fail('U4 a grace is as long as was said', `${device.name} ${endless.version}`);
    }
    const next = nextOn(device);
    if (next === undefined || next.stage === 'locked-in') continue;
    const able = members().filter((each) => isAble(each, next));
    if (able.length < next.needed) continue;
    const what = `${next.version} is ${next.stage}: ${able.map(stateOn(next)).join()}`;
    return world.fail('L an upgrade that enough could take comes to its end', what);
  }
};

/** Until when a grace holds a device back, wall ms; 0 where none does. */
const waitMsOf = ({ activateBlocker, wave }: UpgradeView): number =>
  Math.max(activateBlocker?.kind === 'grace' ? activateBlocker.untilMs : 0, wave?.nextMs ?? 0);

/** The newest one that waits and that no trial spoke against. */
const nextOn = (device: SimDevice): UpgradeView | undefined =>
  codeOn(device)?.pending.find(
    ({ stage, activateBlocker }) => stage !== 'active' && activateBlocker?.kind !== 'quarantined',
  );

const goAlong = (world: World, persons: Persons, device: SimDevice): void => {
  const replica = replicaOf(device);
  if (replica === null) return;
  const { running, pending, mayPublish } = replica.view().upgrades;
  if (running?.trial != null) {
    return persons.issue(device, 'is healthy', replica.upgrades.confirmHealthy(running.trial));
  }
  const wayBack = wayBackOn(device);
  const due = [wayBack ?? [], pending].flat().find(({ canActivate }) => canActivate);
  if (due !== undefined) {
    return persons.issue(device, 'switches', replica.upgrades.activate(due.id), ({ reload }) => {
      if (reload) world.reload(device);
    });
  }
  const next = wayBack ?? nextOn(device);
  if (next === undefined) return;
  const { id, mine, halted, canFetch } = next;
  if (halted !== null && mayPublish) {
    persons.issue(device, 'resumes an upgrade', replica.upgrades.resume(id));
  }
  const isFinal = mine.kind === 'refused' && FINAL.has(mine.reason);
  // Who had it once may have taken another one since, and has to fetch it again.
  const isHere = isReady(device, next) && next.activateBlocker?.kind !== 'not-verified';
  if (!canFetch || isFinal || isHere) return;
  persons.issue(device, 'fetches an upgrade', replica.upgrades.fetch(id));
};

const isReady = (device: SimDevice, { readiness }: UpgradeView): boolean =>
  readiness.some((each) => each.device === device.keys.signer.device && each.verdict === 'ready');

const seenOn = (device: SimDevice, { id }: UpgradeView): UpgradeView | undefined =>
  codeOn(device)?.pending.find((each) => each.id === id);

const isAble = (device: SimDevice, upgrade: UpgradeView): boolean => {
  const seen = seenOn(device, upgrade);
  if (seen === undefined || seen.mine.kind === 'rolled-back') return false;
  // Who saw it fail tells all others, also those who never had it.
  if (seen.activateBlocker?.kind === 'quarantined') return false;
  return seen.mine.kind !== 'refused' || !FINAL.has(seen.mine.reason);
};

const stateOn = (upgrade: UpgradeView) => (device: SimDevice) =>
  `${device.name} ${seenOn(device, upgrade)?.mine.kind}`;
