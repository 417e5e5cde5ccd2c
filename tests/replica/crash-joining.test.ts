import { beforeAll, describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import type { PairingView } from '../../src/replica/view.js';
import {
  type Day,
  type Disks,
  UNTOLD,
  atEveryCall,
  copyOfDisks,
  disksOf,
  expectSound,
  startDay,
} from './crash-day.js';
import type { Fault } from './dying-device.js';
import { createHousehold, pair } from './household.js';
import { areEqual, askedOf, draftOf, titlesOf } from './with-liar.js';

/** So long people look at screens that show nothing new before they call it off. */
const PATIENCE_TURNS = 4;

const pairingOf = (day: Day, name: string): PairingView => day.at(name).view().pairing;

/** What two people do who want the newcomer in, whatever happens; voters say yes when asked. */
const joinUp = async (
  day: Day,
  [inviter, newcomer]: readonly [string, string],
  voters: readonly string[] = [],
): Promise<void> => {
  const isIn = (): boolean => day.at(newcomer).view().stage === 'member';
  let before = '';
  let waited = 0;
  for (let turn = 0; turn < 90 && !isIn(); turn += 1) {
    const here = pairingOf(day, inviter);
    const there = pairingOf(day, newcomer);
    const now = `${here.kind} ${there.kind} ${isConfirmed(here)} ${isConfirmed(there)}`;
    waited = now === before ? waited + 1 : 0;
    before = now;
    await step(day, inviter, newcomer, waited > PATIENCE_TURNS);
    for (const voter of voters) {
      const asked = askedOf(day.at(voter));
      if (asked !== undefined) {
        await day.attempt(voter, (each) => each.decisions.approve(asked.id, ''));
      }
    }
    await day.pass(1000);
  }
  expect(isIn()).toBe(true);
};

const isConfirmed = (pairing: PairingView): boolean =>
  pairing.kind === 'comparing' && pairing.isConfirmed;

const step = async (
  day: Day,
  inviter: string,
  newcomer: string,
  isTired: boolean,
): Promise<void> => {
  const here = pairingOf(day, inviter);
  const there = pairingOf(day, newcomer);
  if (isTired) {
    await day.attempt(newcomer, (each) => each.devices.cancelPairing());
    await day.attempt(inviter, (each) => each.devices.cancelPairing());
  } else if (here.kind === 'comparing' && there.kind === 'comparing') {
    for (const [name, pairing] of [
      [newcomer, there],
      [inviter, here],
    ] as const) {
      if (isConfirmed(pairing)) continue;
      await day.attempt(name, (each) => each.devices.confirmWords(true));
    }
  } else if (here.kind === 'inviting' && day.at(newcomer).view().stage === 'empty') {
    await day.attempt(newcomer, (each) => each.devices.join(here.uri, 'New laptop'));
  } else if (here.kind === 'idle' || here.kind === 'failed' || here.kind === 'done') {
    if (there.kind !== 'waiting') await day.attempt(inviter, (each) => each.devices.invite());
  }
};

/** Everyone says something and hears the others; nothing that was acknowledged is missing. */
const talk = async (day: Day, names: readonly string[], said: readonly string[]) => {
  for (const name of names) {
    await day.attempt(name, (each) => each.records.create(draftOf(`by ${name}`)));
  }
  await day.pass(1000);
  for (const name of names) {
    // A commit that was refused, or lost with its device, is said again.
    if (titlesOf(day.at(name)).includes(`by ${name}`)) continue;
    await day.attempt(name, (each) => each.records.create(draftOf(`by ${name}`)));
  }
  await day.until('all hold the same', () => areEqual(...names.map((name) => day.at(name))));
  const expected = [...said, ...names.map((name) => `by ${name}`)].sort();
  expect([...new Set(titlesOf(day.at(names[0] ?? '')))]).toEqual(expected);
};

describe('every call of joining', () => {
  let alone: Disks;
  let two: Disks;
  beforeAll(async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    await alice.account.create('Alice phone');
    await alice.records.create(draftOf('old'));
    await alice.snapshots.propose('');
    await home.until('a snapshot', () => alice.view().snapshots[0]?.isHeld === true);
    await alice.records.create(draftOf('tail'));
    alone = await disksOf(home, ['alice']);
    const again = createHousehold({ disks: copyOfDisks(alone) });
    const pairOf = [await again.start('alice'), await again.start('bob')] as const;
    await pair(again, ...pairOf, 'Bob phone');
    await again.until('in step', () => areEqual(...(pairOf as readonly Replica[])));
    two = await disksOf(again, ['alice', 'bob']);
  });

  test('[A2, F5, F9] the first device makes its account: it is there or it is not', async () => {
    const runDay = async (fault: Fault): Promise<void> => {
      const day = await startDay(new Map(), fault, ['alice']);
      const hasAccount = () => day.at('alice').view().stage === 'member';
      for (let turn = 0; turn < 3 && !hasAccount(); turn += 1) {
        await day.attempt('alice', (each) => each.account.create('Alice phone'));
      }
      expect(hasAccount()).toBe(true);
      await talk(day, ['alice'], []);
      expectSound(day, ['alice']);
      expect(day.at('alice').view().devices.length).toBe(1);
    };
    expect(await atEveryCall('alice', runDay)).toBeGreaterThan(3);
  }, 240_000);

  const joinOne = async (fault: Fault): Promise<void> => {
    const day = await startDay(alone, fault, ['alice', 'bob']);
    await joinUp(day, ['alice', 'bob']);
    await talk(day, ['alice', 'bob'], ['old', 'tail']);
    expectSound(day, ['alice', 'bob']);
    expect(day.at('bob').view().devices.length).toBe(2);
  };

  test('[A2, A3, N9] the inviter dies at any of them: the newcomer comes in by trying again', async () => {
    expect(await atEveryCall('alice', joinOne)).toBeGreaterThan(6);
  }, 240_000);

  test('[A2, F9, N9, S7] the newcomer dies at any of them, the snapshot it fetches included', async () => {
    expect(await atEveryCall('bob', joinOne)).toBeGreaterThan(6);
  }, 240_000);

  const joinThird = async (fault: Fault): Promise<void> => {
    const day = await startDay(two, fault, ['alice', 'bob', 'carol']);
    await joinUp(day, ['alice', 'carol'], ['bob']);
    await talk(day, ['alice', 'bob', 'carol'], ['old', 'tail']);
    expectSound(day, ['alice', 'bob', 'carol']);
    expect(day.at('bob').view().devices.length).toBe(3);
  };

  test('[A3, C4, C10] the inviter of a third dies at any of them: no second vote', async () => {
    expect(await atEveryCall('alice', joinThird)).toBeGreaterThan(6);
  }, 240_000);

  test('[A3, C10] who votes on a third dies at any of them: no second vote', async () => {
    expect(await atEveryCall('bob', joinThird)).toBeGreaterThan(3);
  }, 240_000);

  test('[A2, N9] a third that has to wait for votes dies at any of its calls', async () => {
    expect(await atEveryCall('carol', joinThird, UNTOLD)).toBeGreaterThan(6);
  }, 240_000);
});
