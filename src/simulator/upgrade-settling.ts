import type { UpgradeView } from '../replica/view.js';
import { type SimDevice, replicaOf } from './device.js';
import type { Persons } from './persons.js';
import type { World } from './world.js';

const TURNS = 40;
const TURN_MS = 5_000;

/** What a device says for good, with every fault over. */
const FINAL = new Set(['older', 'quarantined', 'mismatch']);

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
  for (const device of members()) {
    const next = nextOn(device);
    if (next === undefined || next.stage === 'locked-in') continue;
    const able = members().filter((each) => isAble(each, next));
    if (able.length < next.needed) continue;
    const what = `${next.version} is ${next.stage}: ${able.map(stateOn(next)).join()}`;
    return world.fail('L an upgrade that enough could take comes to its end', what);
  }
};

/** The newest one that waits and that no trial spoke against. */
const nextOn = (device: SimDevice): UpgradeView | undefined =>
  replicaOf(device)
    ?.view()
    .upgrades.pending.find(
      ({ stage, activateBlocker }) => stage !== 'active' && activateBlocker?.kind !== 'quarantined',
    );

const goAlong = (world: World, persons: Persons, device: SimDevice): void => {
  const replica = replicaOf(device);
  if (replica === null) return;
  const { running, pending, mayPublish } = replica.view().upgrades;
  if (running?.trial != null) {
    return persons.issue(device, 'is healthy', replica.upgrades.confirmHealthy(running.trial));
  }
  const due = pending.find(({ canActivate }) => canActivate);
  if (due !== undefined) {
    return persons.issue(device, 'switches', replica.upgrades.activate(due.id), ({ reload }) => {
      if (reload) world.reload(device);
    });
  }
  const next = nextOn(device);
  if (next === undefined) return;
  const { id, mine, halted, canFetch } = next;
  if (halted !== null && mayPublish) {
    persons.issue(device, 'resumes an upgrade', replica.upgrades.resume(id));
  }
  const isFinal = mine.kind === 'refused' && FINAL.has(mine.reason);
  if (!canFetch || isFinal || isReady(device, next)) return;
  persons.issue(device, 'fetches an upgrade', replica.upgrades.fetch(id));
};

const isReady = (device: SimDevice, { readiness }: UpgradeView): boolean =>
  readiness.some((each) => each.device === device.keys.signer.device && each.verdict === 'ready');

const mineOn = (device: SimDevice, { id }: UpgradeView) =>
  replicaOf(device)
    ?.view()
    .upgrades.pending.find((each) => each.id === id)?.mine;

const isAble = (device: SimDevice, upgrade: UpgradeView): boolean => {
  const mine = mineOn(device, upgrade);
  if (mine === undefined || mine.kind === 'rolled-back') return false;
  return mine.kind !== 'refused' || !FINAL.has(mine.reason);
};

const stateOn = (upgrade: UpgradeView) => (device: SimDevice) =>
  `${device.name} ${mineOn(device, upgrade)?.kind}`;
