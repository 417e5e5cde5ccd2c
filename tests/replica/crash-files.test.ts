import { beforeAll, describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { type Day, type Disks, atEveryCall, disksOf, expectSound, startDay } from './crash-day.js';
import type { Fault, FaultMode } from './dying-device.js';
import { attachTo, fileOf, named, reads } from './files.js';
import { createHousehold, pair } from './household.js';
import { areEqual, askedOf } from './with-liar.js';

const NAMES = ['alice', 'bob'] as const;
const BYTES = fileOf(7);
const MORE = fileOf(50, 3);

/** Dying before and after; what is refused without dying is asked for elsewhere. */
const MODES: readonly FaultMode[] = ['lost', 'torn'];

const filesOn = (replica: Replica) => replica.view().records[0]?.attachments ?? [];
const keyOn = (replica: Replica): string => replica.view().records[0]?.key ?? '';

/** Two devices that both hold the one file of the one record. */
const twoWithFile = async (): Promise<Disks> => {
  const home = createHousehold();
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await attachTo(alice, BYTES);
  await home.until('bob has it', () => bob.view().blobs.hereBytes === BYTES.length);
  return disksOf(home, NAMES);
};

/** Both hold all that is named, and read it; after another start they hold nothing else. */
const expectWhole = async (day: Day): Promise<void> => {
  const { home, at, fault } = day;
  await day.until('all files are everywhere', () =>
    NAMES.every((name) => at(name).view().blobs.missingCount === 0),
  );
  await day.until('in step', () => areEqual(at('alice'), at('bob')));
  expectSound(day, NAMES);
  for (const name of NAMES) {
    for (const { blob, bytes } of filesOn(at(name))) {
      const expected = bytes === BYTES.length ? BYTES : MORE;
      expect(await reads(at(name), blob, expected)).toBe(true);
    }
  }
  // Nobody would start it anew if it died only now.
  if (!fault.hasStruck()) return;
  await home.stop('alice');
  const again = await home.start('alice');
  const rows = [...home.disk('alice').rowsOf('blobs').keys()];
  const held = new Set(rows.map((key) => key.slice(0, 64)));
  expect([...held].sort()).toEqual([...new Set(filesOn(again).map(({ blob }) => blob))].sort());
  await home.stop('alice');
  await home.stop('bob');
};

describe('every call over files', () => {
  let disks: Disks;
  beforeAll(async () => {
    disks = await twoWithFile();
  });

  test('[F9, N7] adding one: it is there whole, or not at all', async () => {
    const run = async (fault: Fault): Promise<void> => {
      console.log(fault.mode, performance.now() | 0);
      const day = await startDay(disks, fault, NAMES);
      const isAdded = await day.attempt('alice', (each) =>
        each.files.attach(keyOn(each), named('more', MORE)),
      );
      await day.pass(1_000);
      const count = filesOn(day.at('alice')).length;
      expect(count).toBeGreaterThanOrEqual(isAdded ? 2 : 1);
      await expectWhole(day);
    };
    expect(await atEveryCall('alice', run)).toBeGreaterThan(2);
  });

  test('[F9, S5] taking one off and letting a snapshot forget it', async () => {
    const run = async (fault: Fault): Promise<void> => {
      console.log(fault.mode, performance.now() | 0);
      const day = await startDay(disks, fault, NAMES);
      const [file] = filesOn(day.at('bob'));
      if (file === undefined) throw new Error('the file is there');
      const isOff = await day.attempt('bob', (each) => each.files.detach(keyOn(each), file.blob));
      await day.pass(1_000);
      if (isOff) expect(filesOn(day.at('bob'))).toEqual([]);
      const isPruned = () =>
        NAMES.every((name) => day.at(name).view().snapshots[0]?.isHeld === true);
      for (let turn = 0; turn < 20 && !isPruned(); turn += 1) {
        const asked = askedOf(day.at('alice'));
        if (asked !== undefined) {
          await day.attempt('alice', (each) => each.decisions.approve(asked.id, ''));
        } else if (day.at('bob').view().fence === null) {
          await day.attempt('bob', (each) => each.snapshots.propose(''));
        }
        await day.pass(1_000);
      }
      expect(isPruned()).toBe(true);
      await expectWhole(day);
    };
    expect(await atEveryCall('bob', run, MODES)).toBeGreaterThan(2);
  });
});
