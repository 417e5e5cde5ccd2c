import { expect, test } from 'vitest';
import { LIMITS } from '../../src/core/base/limits.js';
import { createHousehold, pair } from './household.js';
import { titlesOf } from './with-liar.js';

const RECORDS = 200;

test('[S7] a payload of many parts is read once for whoever is given all of them', async () => {
  let reads = 0;
  const home = createHousehold({
    wrap: (name, { store, ...others }) => ({
      ...others,
      store: {
        ...store,
        get: (table, key) => {
          if (name === 'alice' && table === 'payloads') reads += 1;
          return store.get(table, key);
        },
      },
    }),
  });
  const alice = await home.start('alice');
  await alice.account.create('Alice phone');
  const text = 'x'.repeat(5_900);
  for (let index = 0; index < RECORDS; index += 1) {
    await alice.records.create({ title: `record ${index}`, text, labels: [] });
  }
  expect((await alice.snapshots.propose('')).ok).toBe(true);
  await home.until('it stands', () => alice.view().snapshots[0]?.isHeld === true);
  const sizes = [...home.disk('alice').rowsOf('payloads').values()].map(({ length }) => length);
  expect(Math.max(...sizes)).toBeGreaterThan(5 * LIMITS.payloadPartBytes);
  reads = 0;
  const bob = await home.start('bob');
  await pair(home, alice, bob, 'Bob phone');
  await home.until('Bob holds it', () => titlesOf(bob).length === RECORDS);
  expect(reads).toBe(1);
});
