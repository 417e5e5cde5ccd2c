import { beforeAll, describe, expect, test } from 'vitest';
import { copyOfDisk } from './dying-device.js';
import type { Fault } from './dying-device.js';
import {
  type Disks,
  UNTOLD,
  atEveryCall,
  copyOfDisks,
  disksOf,
  expectSound,
  startDay,
} from './crash-day.js';
import { createHousehold } from './household.js';
import { threeMembers } from './three-members.js';
import { areEqual, askedOf, draftOf, idOf, titlesOf } from './with-liar.js';

const NAMES = ['alice', 'bob', 'carol'] as const;

/** Three members in step, with a note. */
const membersInStep = async (): Promise<Disks> => {
  const { home } = await threeMembers();
  return disksOf(home, NAMES);
};

/** Carol wrote something alone and left; the others agreed to a name, a snapshot and a name. */
const carolIsAway = async (three: Disks): Promise<Disks> => {
  const home = createHousehold({ disks: copyOfDisks(three) });
  home.network.partition(['carol'], ['alice', 'bob']);
  const carol = await home.start('carol');
  await carol.records.create(draftOf('by carol'));
  await home.stop('carol');
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  const agree = async (): Promise<void> => {
    await home.until('bob is asked', () => askedOf(bob) !== undefined);
    const decision = askedOf(bob);
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
  };
  const isNamed = (name: string) => () =>
    [alice, bob].every((each) => each.view().devices.some((device) => device.name === name));
  await alice.devices.rename(idOf(bob), 'Bob one');
  await agree();
  await home.until('renamed', isNamed('Bob one'));
  await alice.snapshots.propose('');
  await agree();
  await home.until('held', () =>
    [alice, bob].every((each) => each.view().snapshots[0]?.isHeld === true),
  );
  await alice.devices.rename(idOf(bob), 'Bob two');
  await agree();
  await home.until('renamed again', isNamed('Bob two'));
  return disksOf(home, NAMES);
};

describe('every call of what comes late', () => {
  let three: Disks;
  let late: Disks;
  beforeAll(async () => {
    three = await membersInStep();
    late = await carolIsAway(three);
  });

  test('[F9, N3, S6, S7] a device that missed names and a snapshot dies at any call on its return', async () => {
    const runDay = async (fault: Fault): Promise<void> => {
      const day = await startDay(late, fault, NAMES);
      const all = () => NAMES.map((name) => day.at(name));
      await day.until('all hold the same', () => areEqual(...all()));
      expectSound(day, NAMES);
      expect(titlesOf(day.at('bob'))).toEqual(['by carol', 'old']);
      expect(day.at('carol').view().snapshots[0]?.isHeld).toBe(true);
    };
    expect(await atEveryCall('carol', runDay, UNTOLD)).toBeGreaterThan(4);
  }, 240_000);

  const rename = async (fault: Fault): Promise<void> => {
    const day = await startDay(three, fault, NAMES);
    const isDone = (): boolean =>
      NAMES.every((each) =>
        day
          .at(each)
          .view()
          .devices.some(({ name }) => name === 'Bob new'),
      );
    const bob = idOf(day.at('bob'));
    for (let turn = 0; turn < 20 && !isDone(); turn += 1) {
      const { decisions } = day.at('alice').view();
      const isOpen = decisions.some(
        ({ stage, subject }) => stage === 'open' && subject.kind === 'roster',
      );
      if (!isOpen && turn % 4 === 0) {
        await day.attempt('alice', (each) => each.devices.rename(bob, 'Bob new'));
      }
      const asked = askedOf(day.at('bob'));
      if (asked !== undefined) {
        await day.attempt('bob', (each) => each.decisions.approve(asked.id, ''));
      }
      await day.pass(1000);
    }
    expect(isDone()).toBe(true);
    await day.until('all hold the same', () => areEqual(...NAMES.map((name) => day.at(name))));
    expectSound(day, NAMES);
  };

  test('[A2, A3, C4] who proposes a change of the roster dies at any call', async () => {
    expect(await atEveryCall('alice', rename)).toBeGreaterThan(4);
  }, 240_000);

  test('[A3, C10] who votes on a change of the roster dies at any call: one vote', async () => {
    expect(await atEveryCall('bob', rename)).toBeGreaterThan(2);
  }, 240_000);
});

describe('every call of showing two stories', () => {
  let parted: Disks;
  beforeAll(async () => {
    const disks = copyOfDisks(await membersInStep());
    const tell = async (names: readonly string[], disk: Disks, title: string): Promise<Disks> => {
      const home = createHousehold({ disks: copyOfDisks(disk) });
      const [first, ...others] = await Promise.all(names.map((name) => home.start(name)));
      if (first === undefined) throw new Error('it starts');
      await first.records.create(draftOf(title));
      await home.until('heard', () => others.every((each) => titlesOf(each).includes(title)));
      return disksOf(home, names);
    };
    const one = await tell(['carol', 'alice'], disks, 'to alice');
    const other = await tell(['carol', 'bob'], disks, 'to bob');
    const [alice, bob] = [one.get('alice'), other.get('bob')];
    if (alice === undefined || bob === undefined) throw new Error('both were there');
    parted = new Map([
      ['alice', copyOfDisk(alice)],
      ['bob', copyOfDisk(bob)],
    ]);
  });

  test('[F6, F9] who finds it out dies at any call: shown, shut out, nothing else lost', async () => {
    const runDay = async (fault: Fault): Promise<void> => {
      const names = ['alice', 'bob'];
      const day = await startDay(parted, fault, names);
      const isTold = (name: string): boolean =>
        day
          .at(name)
          .view()
          .problems.some(({ kind }) => kind === 'equivocation');
      await day.until('both know', () => names.every(isTold));
      const isHeard = () => titlesOf(day.at('bob')).includes('afterwards');
      for (let turn = 0; turn < 3 && !isHeard(); turn += 1) {
        await day.attempt('alice', (each) => each.records.create(draftOf('afterwards')));
        await day.pass(2000);
      }
      await day.until('all hold the same', () => {
        const [alice, bob] = names.map((name) => day.at(name).inspect());
        return alice?.digest === bob?.digest && alice?.factSet === bob?.factSet;
      });
      for (const name of names) {
        expect([...new Set(titlesOf(day.at(name)))]).toEqual(['afterwards', 'old']);
      }
    };
    expect(await atEveryCall('alice', runDay)).toBeGreaterThan(3);
  }, 240_000);
});
