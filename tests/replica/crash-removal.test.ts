import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Day,
  type Disks,
  UNTOLD,
  atEveryCall,
  disksOf,
  expectSound,
  startDay,
} from './crash-day.js';
import type { Fault } from './dying-device.js';
import { createHousehold, pair } from './household.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

const NAMES = ['alice', 'bob', 'carol'] as const;

const threeMembers = async (): Promise<Disks> => {
  const home = createHousehold();
  const [alice, bob, carol] = await Promise.all(NAMES.map((name) => home.start(name)));
  if (!alice || !bob || !carol) throw new Error('all start');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await pair(home, alice, carol, 'Carol laptop', [bob]);
  await alice.records.create(draftOf('old'));
  await home.until('in step', () => areEqual(alice, bob, carol));
  return disksOf(home, NAMES);
};

const dangerOn = (day: Day, name: string) => {
  const open = day
    .at(name)
    .view()
    .decisions.find(({ stage, subject }) => stage === 'open' && subject.kind === 'roster');
  const danger = open?.subject.kind === 'roster' ? open.subject.danger : null;
  return { open, number: danger?.matchNumber ?? undefined };
};

describe('every call of taking a device out', () => {
  let three: Disks;
  beforeAll(async () => {
    three = await threeMembers();
  });

  /** Bob, who is not the admin, asks for it, so there are promises, two yeses and two delays. */
  const remove = async (fault: Fault): Promise<void> => {
    const day = await startDay(three, fault, NAMES);
    const carol = idOf(day.at('carol'));
    const isOut = (): boolean =>
      ['alice', 'bob'].every((name) => day.at(name).view().devices.length === 2);
    for (let turn = 0; turn < 40 && !isOut(); turn += 1) {
      const { open, number } = dangerOn(day, 'bob');
      if (open === undefined && turn % 4 === 0) {
        await day.attempt('bob', (each) => each.devices.remove(carol, 'stolen'));
      }
      const asked = dangerOn(day, 'alice').open;
      if (asked?.needsMe === true && asked.approveBlocker === null && number !== undefined) {
        await day.attempt('alice', (each) => each.decisions.approve(asked.id, '', number));
      }
      await day.pass(1000);
    }
    expect(isOut()).toBe(true);
    await day.until('she knows', () => day.at('carol').view().stage === 'removed');
    await day.attempt('alice', (each) => each.records.create(draftOf('after')));
    await day.until('the others go on', () => areEqual(day.at('alice'), day.at('bob')));
    expectSound(day, ['alice', 'bob']);
    expect(titlesOf(day.at('carol'))).toEqual(['old']);
    expect(day.at('carol').view().removed?.by.length).toBe(2);
  };

  test('[A3, A9, F9] who asks for it dies at any call', async () => {
    expect(await atEveryCall('bob', remove)).toBeGreaterThan(6);
  }, 400_000);

  test('[A3, A9, F9] who agrees to it dies at any call: one promise, one vote', async () => {
    expect(await atEveryCall('alice', remove)).toBeGreaterThan(4);
  }, 400_000);

  test('[N2, F9] who is taken out dies at any call, and learns of it all the same', async () => {
    expect(await atEveryCall('carol', remove, UNTOLD)).toBeGreaterThan(2);
  }, 400_000);
});
