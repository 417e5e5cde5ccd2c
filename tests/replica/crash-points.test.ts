import { beforeAll, describe, expect, test } from 'vitest';
import { type Day, type Disks, atEveryCall, disksOf, expectSound, startDay } from './crash-day.js';
import type { Fault } from './dying-device.js';
import { createHousehold, pair } from './household.js';
import { areEqual, draftOf, titlesOf } from './with-liar.js';

describe('every call of an agreed snapshot, on both devices', () => {
  let disks: Disks;
  beforeAll(async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await bob.records.create(draftOf('old'));
    await home.until('in step', () => areEqual(alice, bob) && titlesOf(alice).length === 1);
    disks = await disksOf(home, ['alice', 'bob']);
  });

  const agreeOn = async (day: Day): Promise<void> => {
    const { at } = day;
    const isHeld = () => ['alice', 'bob'].every((name) => at(name).view().snapshots[0]?.isHeld);
    for (let turn = 0; turn < 20 && !isHeld(); turn += 1) {
      const isOpen = at('alice')
        .view()
        .decisions.some((each) => each.stage === 'open');
      const hasNone = at('alice').view().snapshots.length === 0;
      if (!isOpen && hasNone) await day.attempt('alice', (each) => each.snapshots.propose(''));
      for (const name of ['alice', 'bob']) {
        const asked = at(name)
          .view()
          .decisions.find((each) => each.needsMe);
        if (asked?.approveBlocker !== null || asked === undefined) continue;
        await day.attempt(name, (each) => each.decisions.approve(asked.id, ''));
      }
      await day.pass(1000);
    }
    expect(isHeld()).toBe(true);
  };

  const runDay = async (fault: Fault): Promise<void> => {
    const day = await startDay(disks, fault, ['alice', 'bob']);
    const { at } = day;
    const said: string[] = [];
    const write = async (title: string): Promise<void> => {
      const isSaid = await day.attempt(fault.device, (each) => each.records.create(draftOf(title)));
      if (isSaid) said.push(title);
    };
    await write('edit');
    await day.attempt('alice', (each) => each.snapshots.propose(''));
    await day.pass(1000);
    await write('queued 1');
    await write('queued 2');
    await agreeOn(day);
    await write('afterwards');
    await day.pass(1000);
    await day.until('both hold the same', () => areEqual(at('alice'), at('bob')));
    await day.until('no queue is left', () =>
      ['alice', 'bob'].every((name) => at(name).view().journal.queuedEdits === 0),
    );
    await day.until('still the same', () => areEqual(at('alice'), at('bob')));
    await write('last');
    if (at(fault.device).view().problems.length > 0) await write('once more');
    await day.until('and once more', () => areEqual(at('alice'), at('bob')));
    const titles = titlesOf(at('bob'));
    expect(titles).toEqual(expect.arrayContaining(['old', ...said]));
    // Whoever says it again after a restart says it twice; nothing else does.
    if (fault.mode !== 'repeated') expect(new Set(titles).size).toBe(titles.length);
    expectSound(day, ['alice', 'bob']);
    expect(at(fault.device).view().problems).toEqual([]);
    expect(at('alice').view().fence).toBeNull();
  };

  test('[F5, F9, S2, S5] the proposer fails or dies at any of them: nothing acknowledged is lost', async () => {
    expect(await atEveryCall('alice', runDay)).toBeGreaterThan(6);
  }, 240_000);

  test('[F5, F9, C10, S5] the approver fails or dies at any of them: one answer, nothing lost', async () => {
    expect(await atEveryCall('bob', runDay)).toBeGreaterThan(6);
  }, 240_000);
});
