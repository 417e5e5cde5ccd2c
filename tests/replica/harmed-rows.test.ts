import { describe, expect, test } from 'vitest';
import { createHousehold, pair } from './household.js';
import type { Household } from './household.js';
import type { Replica } from '../../src/replica/commands.js';
import { areEqual, draftOf, titlesOf } from './with-liar.js';

/** Carol, who is away, knows only the first record; the others have agreed on a snapshot since. */
const threeOf = async (home: Household) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  const carol = await home.start('carol');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await pair(home, alice, carol, 'Carol phone', [bob]);
  await bob.records.create(draftOf('first'));
  await home.until('in step', () => areEqual(alice, bob, carol) && titlesOf(carol).length === 1);
  await home.stop('carol');
  await bob.records.create(draftOf('second'));
  await home.until('both have it', () => areEqual(alice, bob) && titlesOf(alice).length === 2);
  await agree(home, alice, bob);
  return { alice, bob };
};

const agree = async (home: Household, alice: Replica, bob: Replica): Promise<void> => {
  const proposed = await alice.snapshots.propose('');
  const seen = () => bob.view().decisions.find((each) => proposed.ok && each.id === proposed.value);
  await home.until('bob can recompute it', () => seen()?.approveBlocker === null);
  await bob.decisions.approve(seen()?.id ?? ('' as never), '');
  await home.until('held', () => [alice, bob].every((each) => each.view().snapshots[0]?.isHeld));
};

const flipIn = (home: Household, name: string, table: 'payloads' | 'signatures', key: string) => {
  const rows = home.disk(name).rowsOf(table);
  const flipped = new Uint8Array(rows.get(key) ?? []);
  const at = flipped.length - 9;
  flipped[at] = (flipped[at] ?? 0) ^ 4;
  rows.set(key, flipped);
};

const sharePayload = (home: Household, name: string, other: string): string => {
  const held = home.disk(other).rowsOf('payloads');
  const key = [...home.disk(name).rowsOf('payloads').keys()].find((each) => held.has(each));
  if (key === undefined) throw new Error('both keep the payload');
  return key;
};

describe('rows that are sound, and cannot be read', () => {
  test('[F9, S7] facts above a payload that was harmed come back with it', async () => {
    const home = createHousehold();
    const { bob } = await threeOf(home);
    await home.stop('alice');
    await bob.records.create(draftOf('unsent'));
    await home.stop('bob');
    flipIn(home, 'bob', 'payloads', sharePayload(home, 'bob', 'alice'));
    const back = await home.start('bob');
    expect(titlesOf(back)).not.toContain('unsent');
    const alice = await home.start('alice');
    await home.until('alice has it', () => titlesOf(alice).includes('unsent'));
    await home.until('in step', () => areEqual(alice, back));
    expect(titlesOf(back)).toEqual(['first', 'second', 'unsent']);
  });

  test('[F9, S7] whoever holds less of them, and comes first, costs none of them', async () => {
    const home = createHousehold();
    const { bob } = await threeOf(home);
    await home.stop('alice');
    await bob.records.create(draftOf('unsent'));
    await home.stop('bob');
    flipIn(home, 'bob', 'payloads', sharePayload(home, 'bob', 'alice'));
    const back = await home.start('bob');
    const carol = await home.start('carol');
    await home.until('carol helped out', () => titlesOf(back).includes('first'));
    await home.stop('carol');
    expect(carol.view().stage).toBeDefined();
    await home.stop('bob');
    const again = await home.start('bob');
    const alice = await home.start('alice');
    await home.until('alice has it', () => titlesOf(alice).includes('unsent'));
    await home.until('in step', () => areEqual(alice, again));
    await home.stop('bob');
    const last = await home.start('bob');
    expect(titlesOf(last)).toEqual(['first', 'second', 'unsent']);
  });
});
