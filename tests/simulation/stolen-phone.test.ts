import { expect, test } from 'vitest';
import { checkAcknowledged } from '../../src/simulator/checkers/acknowledged.js';
import { CHECKERS } from '../../src/simulator/checkers/catalogue.js';
import { createChance } from '../../src/simulator/chance.js';
import { type SimDevice, replicaOf } from '../../src/simulator/device.js';
import { REMOVED_LIES } from '../../src/simulator/faults/ghost-lies.js';
import { holdingsOn } from '../../src/simulator/faults/reading.js';
import { createPersons } from '../../src/simulator/persons.js';
import { NAMES, inStep, preparedDisks } from '../../src/simulator/prepared.js';
import { type World, createWorld } from '../../src/simulator/world.js';
import { encodeMessage } from '../../src/core/links/messages.js';
import { memberOf } from '../../src/core/authority/roster.js';
import { kitOf } from './kits.js';

const DANGER_MS = 30_000;

/** Bob's laptop leads, and there are his phone, his tablet and the computer at home. */
const household = async () => {
  const kit = kitOf('fake');
  const world = createWorld({
    ...{ kit, seed: 'stolen phone', names: NAMES.slice(0, 5) },
    disks: await preparedDisks(kit, 4),
    timing: { dangerMs: DANGER_MS, pingMs: 30_000, awayMs: 75_000 },
    checkers: [...CHECKERS, checkAcknowledged],
  });
  const [laptop, phone, tablet, home, fresh] = world.devices as SimDevice[] as [
    ...[SimDevice, SimDevice, SimDevice, SimDevice, SimDevice],
  ];
  for (const device of world.devices) world.start(device);
  await world.queue.pass(2_000);
  return { world, persons: createPersons(world), laptop, phone, tablet, home, fresh };
};

const viewOf = (device: SimDevice) => {
  const view = replicaOf(device)?.view();
  if (view === undefined) throw new Error(`${device.name} does not run`);
  return view;
};
const titlesOn = (device: SimDevice) => viewOf(device).records.map(({ title }) => title);
const epochOf = (device: SimDevice) => viewOf(device).account?.identityEpoch;

const until = async (world: World, what: string, isSo: () => boolean): Promise<void> => {
  for (let second = 0; second < 300 && !isSo(); second += 1) await world.queue.pass(1_000);
  expect(isSo(), what).toBe(true);
};

test('[A4, A9, A11, N2] Eve steals Bob’s phone, and Bob heals the account', async () => {
  const { world, persons, laptop, phone, tablet, home, fresh } = await household();
  const me = phone.keys.signer.device;
  persons.create(phone);
  await until(world, 'what Bob wrote is everywhere', () =>
    [laptop, tablet, home].every((each) => titlesOn(each).includes('bob 1')),
  );

  // Eve has it, in flight mode, and writes; the tablet is off at the time.
  world.network.setOnline(phone.name, false);
  world.network.setOnline(tablet.name, false);
  persons.create(phone);
  const asked = replicaOf(laptop)?.devices.remove(me, 'stolen');
  if (asked !== undefined) persons.issue(laptop, 'asks to remove the phone', asked);
  await until(world, 'the computer at home is asked', () =>
    viewOf(home).decisions.some(({ needsMe }) => needsMe),
  );
  const [removal] = viewOf(home).decisions.filter(({ needsMe }) => needsMe);
  if (removal === undefined) throw new Error('nobody is asked');
  const guess = await replicaOf(home)?.decisions.approve(removal.id, '', '0');
  expect(guess).toMatchObject({ ok: false, error: { kind: 'match-wrong' } });
  persons.attend(home, true);

  // She comes online to stop it: she is who it is done to.
  world.network.setOnline(phone.name, true);
  await until(world, 'the phone hears of it', () =>
    viewOf(phone).decisions.some(({ id }) => id === removal.id),
  );
  const veto = await replicaOf(phone)?.decisions.veto(removal.id, 'no');
  expect(veto).toMatchObject({ ok: false, error: { blocker: { kind: 'subject' } } });
  await world.queue.pass(DANGER_MS + 5_000);
  expect(viewOf(laptop).devices.map(({ id }) => id)).toContain(me);

  // With the tablet there are enough of them; who missed the rotation finds the others.
  world.network.setOnline(tablet.name, true);
  await until(world, 'the phone is out everywhere, and knows it', () => {
    for (const device of [laptop, tablet, home]) persons.attend(device, true);
    return [laptop, tablet, home].every((each) => !viewOf(each).devices.some((d) => d.id === me));
  });
  await until(world, 'the phone learns of it', () => viewOf(phone).stage === 'removed');
  expect(titlesOn(laptop)).toContain('bob 1');
  expect(titlesOn(laptop)).not.toContain('bob 2');

  // All that its keys can still say, carried in by a member.
  const own = await holdingsOn(world, phone);
  const member = await holdingsOn(world, laptop);
  if (own === null || member === null) throw new Error('there is an account');
  const chain = member.chain();
  const [roster] = [...chain.lineage]
    .reverse()
    .filter((each) => memberOf(chain.recordAt(each) ?? chain.tip, me) !== null);
  const record = roster === undefined ? null : chain.recordAt(roster);
  if (roster === undefined || record === null) throw new Error('it was a member');
  for (const [name, lie] of Object.entries(REMOVED_LIES)) {
    const chance = createChance(name);
    const { keys } = phone;
    const scene = { keys, own, fresh: member, record, roster, friends: [], chance };
    for (const message of await lie(scene)) {
      world.network.inject(laptop.name, home.name, encodeMessage(message));
    }
  }
  await world.queue.pass(30_000);

  // A new phone comes, all agree on a snapshot, and everything holds.
  persons.pair(laptop, fresh);
  await until(world, 'the new phone is a member', () => {
    for (const device of [laptop, tablet, home, fresh]) persons.attend(device, true);
    return viewOf(fresh).stage === 'member' && viewOf(laptop).devices.length === 4;
  });
  persons.propose(laptop);
  const all = [laptop, tablet, home, fresh];
  await until(world, 'all are in step on a snapshot', () => {
    for (const device of all) persons.attend(device, true);
    return inStep(all) && all.every((each) => viewOf(each).snapshots.some((s) => s.isStanding));
  });
  expect(new Set(all.map(epochOf)).size).toBe(1);
  for (const device of all) {
    expect(titlesOn(device).filter((title) => /bob 2|ghost/.test(title))).toEqual([]);
    expect(viewOf(device).account?.isForked).toBe(false);
  }
  for (const checker of world.checkers) await checker.end?.();
  expect(world.failures).toEqual([]);
});
