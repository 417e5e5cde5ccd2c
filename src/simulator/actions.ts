import type { Chance } from './chance.js';
import { type SimDevice, replicaOf } from './device.js';
import type { Persons } from './persons.js';
import type { World } from './world.js';

/** One thing that happens in a step: some person does something, or a device goes or comes back. */
export type Act = (world: World, persons: Persons, chance: Chance, device: SimDevice) => void;

/** How likely each act is; a run scales them, so that runs differ in what they are made of. */
export const ACTS: readonly (readonly [name: string, weight: number, act: Act])[] = [
  ['create', 26, (_world, persons, _chance, device) => persons.create(device)],
  ['edit', 18, (_world, persons, _chance, device) => persons.edit(device)],
  ['remove', 6, (_world, persons, _chance, device) => persons.remove(device)],
  ['restore', 1, (_world, persons, _chance, device) => persons.restore(device)],
  ['burst', 3, (_w, persons, _c, device) => [1, 2, 3].forEach(() => persons.create(device))],
  ['propose', 5, (_world, persons, _chance, device) => persons.propose(device)],
  ['attend', 22, (_world, persons, _chance, device) => persons.attend(device)],
  ['withdraw', 1, (_world, persons, _chance, device) => persons.withdraw(device)],
  ['complete', 1, (_world, persons, _chance, device) => persons.complete(device)],
  ['release', 1, (_world, persons, _chance, device) => persons.releaseFence(device)],
  ['rename', 1, (_world, persons, _chance, device) => persons.rename(device)],
  ['pair', 4, (world, persons, chance, device) => pairSomeone(world, persons, chance, device)],
  ['offline', 3, (world, _persons, _chance, device) => goOffline(world, device)],
  ['online', 5, (world, _persons, _chance, device) => comeOnline(world, device)],
  ['restart', 2, (world, _persons, _chance, device) => world.stop(device)],
  ['wake', 1, (_world, _persons, _chance, device) => replicaOf(device)?.wake()],
];

/** Draws how a run weighs its acts: some not at all, some many times. */
export const drawWeights = (chance: Chance): readonly (readonly [number, Act])[] =>
  ACTS.map(([name, weight, act]) => {
    const isCore = name === 'create' || name === 'attend' || name === 'online';
    const factor = isCore ? chance.pick([1, 1, 2]) : chance.pick([0, 0.3, 1, 1, 1, 3]);
    return [weight * factor, act] as const;
  });

const goOffline = (world: World, device: SimDevice): void => {
  world.note(`${device.name} goes offline`);
  world.network.setOnline(device.name, false);
};

const comeOnline = (world: World, device: SimDevice): void => {
  if (device.life === null) return world.start(device);
  world.note(`${device.name} comes online`);
  world.network.setOnline(device.name, true);
};

const pairSomeone = (world: World, persons: Persons, chance: Chance, device: SimDevice): void => {
  const newcomers = world.devices.filter(
    (each) => !each.isLiar && replicaOf(each)?.view().stage === 'empty',
  );
  const view = replicaOf(device)?.view();
  if (newcomers.length === 0 || view?.account == null) return;
  if (view.account.admin !== view.account.me) return;
  persons.pair(device, chance.pick(newcomers));
};
