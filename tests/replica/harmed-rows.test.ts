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

const flipIn = (
  home: Household,
  name: string,
  table: 'payloads' | 'signatures',
  key: string,
  fromEnd = 9,
) => {
  const rows = home.disk(name).rowsOf(table);
  const flipped = new Uint8Array(rows.get(key) ?? []);
  const at = flipped.length - fromEnd;
  flipped[at] = (flipped[at] ?? 0) ^ 4;
  rows.set(key, flipped);
};

const sharePayload = (home: Household, name: string, other: string): string => {
  const held = home.disk(other).rowsOf('payloads');
  const key = [...home.disk(name).rowsOf('payloads').keys()].find((each) => held.has(each));
  if (key === undefined) throw new Error('both keep the payload');
  return key;
};

/** The id of the signed fact, as text, stands behind the signature. */
const SIGNATURE_FROM_END = 90;

const sessionOf = (home: Household, name: string, title: string): string => {
  const rows = [...home.disk(name).rowsOf('facts')];
  const row = rows.find(([, value]) => Buffer.from(value).includes(title));
  if (row === undefined) throw new Error(`${name} holds ${title}`);
  return row[0].slice(0, 64);
};

const refusedOn = (replica: Replica) =>
  replica
    .view()
    .activity.filter(({ kind }) => kind === 'fact-refused')
    .map(({ details }) => details['reason']);

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

  test('[F4, F9] a signature of its own that was harmed is given again before anyone is sent it', async () => {
    const home = createHousehold();
    const { bob } = await threeOf(home);
    await home.stop('alice');
    await bob.records.create(draftOf('unsent'));
    await home.stop('bob');
    const key = sessionOf(home, 'bob', 'unsent');
    flipIn(home, 'bob', 'signatures', key, SIGNATURE_FROM_END);
    const back = await home.start('bob');
    const alice = await home.start('alice');
    await home.until('in step', () => areEqual(alice, back) && titlesOf(alice).includes('unsent'));
    expect(refusedOn(alice)).toEqual([]);
  });

  test('[F4, F9] of a foreign session it is asked for again, and nothing is sent without it', async () => {
    const home = createHousehold();
    const { bob } = await threeOf(home);
    await home.stop('alice');
    const carol = await home.start('carol');
    await home.until('carol is in step', () => areEqual(bob, carol));
    await bob.records.create(draftOf('late'));
    await home.until('carol has it', () => titlesOf(carol).includes('late'));
    for (const name of ['bob', 'carol']) await home.stop(name);
    const key = sessionOf(home, 'carol', 'late');
    const sound = home.disk('carol').rowsOf('signatures').get(key);
    flipIn(home, 'carol', 'signatures', key, SIGNATURE_FROM_END);
    const again = await home.start('carol');
    const alice = await home.start('alice');
    await home.until('they met', () => alice.view().sync.connectedCount > 0);
    await home.pass(3_000);
    expect([refusedOn(alice), titlesOf(again).includes('late')]).toEqual([[], true]);
    expect(titlesOf(alice)).not.toContain('late');
    const back = await home.start('bob');
    await home.until('in step', () => areEqual(alice, again, back));
    expect(titlesOf(alice)).toContain('late');
    await home.until('mended', () => {
      const row = home.disk('carol').rowsOf('signatures').get(key);
      return Buffer.compare(row ?? new Uint8Array(), sound ?? new Uint8Array()) === 0;
    });
    expect(refusedOn(alice)).toEqual([]);
  });
});
