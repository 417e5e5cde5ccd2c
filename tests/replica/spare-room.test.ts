import { expect, test } from 'vitest';
import { CHUNK, attachTo, fileOf, reads } from './files.js';
import { createHousehold, pair } from './household.js';
import { mineAt, upgradeAt, upgrading } from './upgrading.js';

const MEBIBYTE = 1024 * 1024;

test('[F9, N7] files stop coming before they take the last room, and go on once there is more', async () => {
  let quota = 2 * MEBIBYTE + 3.5 * CHUNK;
  const much = 100 * MEBIBYTE;
  const home = createHousehold({
    storage: (name) => ({
      estimate: async () => {
        const rows = name === 'bob' ? [...home.disk('bob').rowsOf('blobs').values()] : [];
        return {
          used: rows.reduce((sum, row) => sum + row.length, 0),
          quota: name === 'bob' ? quota : much,
        };
      },
    }),
  });
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  const bytes = fileOf(8 * CHUNK);
  const blob = await attachTo(alice, bytes);
  await home.until('it stops', () => bob.view().blobs.transfers[0]?.lacksRoom === true);
  await home.pass(10_000);
  const { heldBytes, givers } = bob.view().blobs.transfers[0] ?? {};
  expect(givers).toBe(0);
  expect(heldBytes).toBeGreaterThan(0);
  expect(heldBytes).toBeLessThanOrEqual(3 * CHUNK);
  // Nothing was refused: there is room for all else.
  expect(bob.view().problems).toEqual([]);
  await home.pass(600_000);
  expect(bob.view().blobs.transfers[0]?.heldBytes).toBeLessThanOrEqual(3 * CHUNK);

  quota = much;
  await home.pass(300_000);
  expect(bob.view().blobs.transfers).toEqual([]);
  expect(await reads(bob, blob, bytes)).toBe(true);
});

test('[F9, U3] nor does a version: the device says that it has no room, and may try again', async () => {
  let quota = 1 * MEBIBYTE;
  const world = await upgrading({
    storage: () => ({ estimate: async () => ({ used: 0, quota }) }),
  });
  const { home, alice, publish, fetchOn } = world;
  const v2 = await publish(2);
  await fetchOn(alice, v2);
  await home.until('it came to nothing', () => mineAt(alice, v2) === 'refused');
  expect(upgradeAt(alice, v2)?.mine).toMatchObject({ reason: 'no-room' });
  quota = 100 * MEBIBYTE;
  await fetchOn(alice, v2);
  await home.until('she has it', () => mineAt(alice, v2) === 'verified');
});
