import { type SimDevice, replicaOf } from './device.js';
import type { Kit } from './kit.js';
import { type Persons, createPersons } from './persons.js';
import type { SimDisk } from './ports/sim-disk.js';
import { type World, createWorld } from './world.js';

/** Names of devices, in the order in which they join. */
export const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi'] as const;

const prepared = new Map<string, Promise<ReadonlyMap<string, SimDisk>>>();

/** So few of them are enough for a snapshot where that is less than half. */
const FEW = 2;

/**
 * The disks of an account's first members, just paired: the past that runs begin from.
 *
 * Made once for each number of members, on a network without faults, from a seed of its own; what
 * happens in a run cannot change it. `isLow` has two members be enough for a snapshot, so that two
 * groups of them can agree to two at once.
 */
export const preparedDisks = (
  kit: Kit,
  members: number,
  isLow = false,
): Promise<ReadonlyMap<string, SimDisk>> => {
  const isOther = isLow && members >= 2 * FEW;
  const key = `${kit.mode}/${members}/${isOther}`;
  const held = prepared.get(key) ?? prepare(kit, members, isOther);
  prepared.set(key, held);
  return held;
};

const prepare = async (
  kit: Kit,
  members: number,
  isLow: boolean,
): Promise<ReadonlyMap<string, SimDisk>> => {
  const names = NAMES.slice(0, members);
  const timing = isLow ? { dangerMs: 500 } : {};
  const world = createWorld({ kit, seed: `prepared/${members}`, names, timing, traceLinesMax: 60 });
  const persons = createPersons(world);
  const [first, ...others] = world.devices as [SimDevice, ...SimDevice[]];
  for (const device of world.devices) world.start(device);
  await world.queue.pass(10);
  const account = replicaOf(first)?.account.create(first.name);
  if (account !== undefined) persons.issue(first, 'creates the account', account);
  await world.queue.pass(10);
  for (const [index, newcomer] of others.entries()) {
    persons.pair(first, newcomer);
    await until(world, `${newcomer.name} is a member`, () => {
      for (const device of world.devices) persons.attend(device, true);
      return membersIn(first) === index + 2 && replicaOf(newcomer)?.view().stage === 'member';
    });
  }
  if (isLow) await lowerThreshold(world, persons, first);
  await until(world, 'all are in step', () => inStep(world.devices));
  for (const device of world.devices) world.stop(device);
  await world.queue.pass(60_000);
  if (world.failures.length > 0) throw new Error(JSON.stringify(world.failures));
  return new Map(world.devices.map((device) => [device.name, device.disk]));
};

const lowerThreshold = async (world: World, persons: Persons, first: SimDevice): Promise<void> => {
  const account = () => replicaOf(first)?.view().account;
  const governance = account()?.governanceThreshold ?? 0;
  const asked = replicaOf(first)?.devices.setThresholds({ snapshot: FEW, governance });
  if (asked !== undefined) persons.issue(first, 'asks for a lower threshold', asked);
  await until(world, 'the threshold is lower', () => {
    for (const device of world.devices) persons.attend(device, true);
    return account()?.snapshotThreshold === FEW;
  });
};

const membersIn = (device: SimDevice): number => replicaOf(device)?.view().devices.length ?? 0;

/** Whether all that run hold the same facts on the same base and fold them alike. */
export const inStep = (devices: readonly SimDevice[]): boolean => {
  const words = devices.flatMap((device) => {
    const replica = replicaOf(device);
    if (replica === null) return [];
    // Of a session with two branches everyone may hold another one: counts do not tell.
    const { digest, base, factSet } = replica.inspect();
    return `${digest}:${base}:${factSet}`;
  });
  return new Set(words).size <= 1;
};

const until = async (world: World, what: string, isSo: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 600; turn += 1) {
    if (isSo()) return;
    await world.queue.pass(200);
  }
  const lines = world.trace.lines().join('\n');
  throw new Error(`broken invariant: it never came to "${what}" without faults\n${lines}`);
};
