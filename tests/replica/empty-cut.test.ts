import { expect, test, vi } from 'vitest';
import type * as Width from '../../src/core/snapshots/cut-width.js';
import { createHousehold } from './household.js';
import { draftOf } from './with-liar.js';

const cut = vi.hoisted(() => ({ isEmpty: false }));

/** Where no session can be named, as where a member's words under a rival list are all there is. */
vi.mock('../../src/core/snapshots/cut-width.js', async (load) => {
  const width = (await load()) as typeof Width;
  const nameableCut: typeof width.nameableCut = (...said) =>
    cut.isEmpty ? [] : width.nameableCut(...said);
  return { ...width, nameableCut };
});

test('[S1, S3] a snapshot that would cover nothing new is not asked for, and holds nobody up', async () => {
  const home = createHousehold();
  const alice = await home.start('alice');
  await alice.account.create('Alice phone');
  await alice.records.create(draftOf('kept'));
  const { facts } = alice.inspect();
  cut.isEmpty = true;
  expect(await alice.snapshots.propose('')).toEqual({
    ok: false,
    error: { kind: 'nothing-to-prune' },
  });
  expect(alice.view().fence).toBeNull();
  expect(alice.inspect().facts).toBe(facts);
  expect(alice.view().decisions.filter(({ subject }) => subject.kind === 'snapshot')).toEqual([]);
  cut.isEmpty = false;
  expect((await alice.snapshots.propose('')).ok).toBe(true);
});
