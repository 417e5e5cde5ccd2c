import { describe, expect, test } from 'vitest';
import type { StatementHash } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { attachTo, fileOf } from './files.js';
import type { HouseholdOptions } from './household.js';
import { type ThreeMembers, threeMembers } from './three-members.js';
import { askedOf } from './with-liar.js';

/** The browsers of these promise to keep what they hold. */
const keeping = (...names: readonly string[]): HouseholdOptions => ({
  storage: (name) => ({ isPersisted: async () => names.includes(name) }),
});

/** Alice attached a file, and all have all of it. */
const attached = async (options: HouseholdOptions) => {
  const three = await threeMembers(options);
  const { home, alice, bob, carol } = three;
  const bytes = fileOf(900);
  const blob = await attachTo(alice, bytes);
  const all = [alice, bob, carol];
  await home.until('all have it', () =>
    all.every((each) => each.view().blobs.hereBytes === bytes.length),
  );
  await home.pass(2_000);
  return { ...three, blob };
};

/** Alice asks for a snapshot, bob agrees, and all let the past go. */
const snapshot = async ({ home, alice, bob, carol }: ThreeMembers): Promise<void> => {
  const asked = await alice.snapshots.propose('');
  if (!asked.ok) throw new Error(asked.error.kind);
  await home.until('bob is asked', () => askedOf(bob) !== undefined);
  await bob.decisions.approve(askedOf(bob)?.id as StatementHash, '');
  const isHeld = (each: Replica): boolean => each.view().snapshots[0]?.isHeld === true;
  await home.until('it stands', () => [alice, bob, carol].every(isHeld));
};

const onlyCopy = (have: number, need: number, isUncovered: boolean) => ({
  ...{ ok: false, error: { kind: 'only-copy', have, need, isUncovered } },
});

describe('who named a file keeps it', () => {
  test('[S5] until a snapshot covers that, though durable devices have it', async () => {
    const three = await attached(keeping('bob', 'carol'));
    const { home, alice, blob } = three;
    expect(await alice.files.drop(blob)).toEqual(onlyCopy(2, 1, true));
    expect(alice.view().blobs.hereCount).toBe(1);
    await snapshot(three);
    expect(await alice.files.drop(blob)).toEqual({ ok: true, value: undefined });
    expect(home.disk('alice').rowsOf('blobs').size).toBe(0);
  });

  test('[S5, S11] until as many durable devices have it as policy asks for', async () => {
    const three = await attached({ ...keeping('alice', 'bob'), snapshots: { durableHolders: 2 } });
    await snapshot(three);
    expect(await three.alice.files.drop(three.blob)).toEqual(onlyCopy(1, 2, false));
  });

  test('[S5, S11] and nobody lets go of it on the word of a device that may lose it', async () => {
    const { home, bob, carol, blob } = await attached(keeping('bob'));
    // Alice and Carol have it, and their browsers promised nothing.
    expect(await bob.files.drop(blob)).toEqual(onlyCopy(0, 1, false));
    expect((await carol.files.drop(blob)).ok).toBe(true);
    await home.stop('carol');
    expect(bob.view().blobs.hereCount).toBe(1);
  });
});
