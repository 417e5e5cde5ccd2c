import { describe, expect, test } from 'vitest';
import { createHousehold, pair } from './household.js';
import type { Household } from './household.js';
import type { Replica } from '../../src/replica/commands.js';
import { areEqual, idOf } from './with-liar.js';

const failureOf = (replica: Replica) => {
  const { pairing } = replica.view();
  return pairing.kind === 'failed' ? pairing.reason : null;
};

const failedLines = (replica: Replica) =>
  replica.view().activity.filter((line) => line.kind === 'pairing-failed');

const codeOf = async (replica: Replica) => {
  await replica.devices.invite();
  const { pairing } = replica.view();
  if (pairing.kind !== 'inviting') throw new Error('it shows a code');
  return pairing;
};

/** Alice has an account; the newcomer compares words with her. */
const comparing = async (home: Household) => {
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await bob.devices.join((await codeOf(alice)).uri, 'Bob phone');
  await home.until('both compare', () =>
    [alice, bob].every((each) => each.view().pairing.kind === 'comparing'),
  );
  return { alice, bob };
};

describe('pairing that goes wrong', () => {
  test('[N9] malformed, mistyped, expired and unknown codes each have their reason', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    await alice.account.create('Alice phone');
    const { uri, groups } = await codeOf(alice);
    const reasonOf = async (code: string) => {
      const done = await bob.devices.join(code, 'Bob phone');
      return done.ok || done.error.kind !== 'pairing' ? null : done.error.reason;
    };
    expect(await reasonOf('nonsense')).toBe('code-malformed');
    const [first = ''] = groups;
    const swapped = first.startsWith('2') ? '3' : '2';
    expect(await reasonOf([swapped + first.slice(1), ...groups.slice(1)].join('-'))).toBe(
      'code-mistyped',
    );
    home.clock.advance(961_000);
    await home.pass(50);
    expect(await reasonOf(uri)).toBe('code-expired');
    expect(failureOf(alice)).toBe('code-expired');
    expect(failedLines(alice).length).toBe(1);
    expect(bob.view().stage).toBe('empty');
  });

  test('[N9] a code is good once: later, and while another is being let in', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    const carol = await home.start('carol');
    await alice.account.create('Alice phone');
    const { uri } = await codeOf(alice);
    await bob.devices.join(uri, 'Bob phone');
    await home.until('words', () => bob.view().pairing.kind === 'comparing');
    await carol.devices.join(uri, 'Carol laptop');
    await home.until('carol is told', () => failureOf(carol) === 'code-used');
    expect(alice.view().pairing.kind).toBe('comparing');
    await bob.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('bob is in', () => bob.view().stage === 'member');
    await home.pass(31_000);
    await carol.devices.join(uri, 'Carol laptop');
    await home.until('carol is told again', () => failureOf(carol) === 'code-used');
    await home.pass(120_000);
    await carol.devices.join(uri, 'Carol laptop');
    for (let waited = 0; waited < 4 && failureOf(carol) !== 'nobody-there'; waited += 1) {
      await home.pass(20_000);
    }
    expect(failureOf(carol)).toBe('nobody-there');
    expect(alice.view().devices.length).toBe(2);
  });

  test('[N9] words that differ end it on both sides, and nobody was added', async () => {
    const home = createHousehold();
    const { alice, bob } = await comparing(home);
    await bob.devices.confirmWords(false);
    await home.until('both know', () => failureOf(alice) === 'words-differ');
    expect(failureOf(bob)).toBe('words-differ');
    expect([alice, bob].map((each) => failedLines(each).length)).toEqual([1, 1]);
    expect(alice.view().devices.length).toBe(1);
    await pair(home, alice, bob, 'Bob phone');
    await home.until('the next try works', () => areEqual(alice, bob));
  });

  test('[N9, C3] a newcomer that withdraws before its consent leaves nothing behind', async () => {
    const home = createHousehold();
    const { alice, bob } = await comparing(home);
    await bob.devices.cancelPairing();
    await home.until('alice knows', () => failureOf(alice) === 'withdrawn');
    expect(bob.view().stage).toBe('empty');
    expect(alice.view().decisions).toEqual([]);
  });

  test('[A3, C3] a newcomer that withdraws after its consent is not voted for', async () => {
    const home = createHousehold();
    const alice = await home.start('alice');
    const bob = await home.start('bob');
    const carol = await home.start('carol');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await home.until('in step', () => areEqual(alice, bob));
    await carol.devices.join((await codeOf(alice)).uri, 'Carol laptop');
    await home.until('words', () => carol.view().pairing.kind === 'comparing');
    await carol.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('carol waits', () => carol.view().pairing.kind === 'waiting');
    await carol.devices.cancelPairing();
    await home.until('let go', () =>
      [alice, bob].every((each) => each.view().decisions[0]?.stage === 'withdrawn'),
    );
    expect(failureOf(alice)).toBe('withdrawn');
    const decision = bob.view().decisions[0];
    const answer = decision === undefined ? null : await bob.decisions.approve(decision.id, '');
    expect(answer?.ok).toBe(false);
    expect(alice.view().devices.length).toBe(2);
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('the next try works', () => areEqual(alice, bob, carol));
  });

  test('[A3] two records that the admin asks for have a ballot each: one of them stands', async () => {
    const home = createHousehold();
    const names = ['alice', 'bob', 'carol'] as const;
    const [alice, bob, carol] = await Promise.all(names.map((name) => home.start(name)));
    if (!alice || !bob || !carol) throw new Error('all start');
    await alice.account.create('Alice phone');
    await pair(home, alice, bob, 'Bob phone');
    await pair(home, alice, carol, 'Carol laptop', [bob]);
    await home.until('in step', () => areEqual(alice, bob, carol));
    home.network.partition(['bob'], ['alice', 'carol']);
    home.network.partition(['carol'], ['alice', 'bob']);
    const first = await alice.devices.rename(idOf(bob), 'Bob one');
    const second = await alice.devices.rename(idOf(bob), 'Bob two');
    home.network.heal();
    await home.until(
      'bob sees both',
      () => bob.view().decisions.filter((each) => each.needsMe).length === 2,
    );
    if (!first.ok || !second.ok) throw new Error('both are proposed');
    home.network.partition(['bob'], ['alice', 'carol']);
    for (const asked of [first, second]) {
      expect((await bob.decisions.approve(asked.value, '')).ok).toBe(true);
    }
    home.network.heal();
    const namesAt = (each: typeof alice) =>
      each.view().devices.flatMap(({ name }) => (/^Bob (one|two)$/.test(name) ? name : []));
    await home.until('one stands', () =>
      [alice, bob, carol].every((each) => namesAt(each).length === 1),
    );
    await home.pass(60_000);
    const stages = alice.view().decisions.map(({ stage }) => stage);
    expect(stages.slice(0, 2).sort()).toEqual(['completed', 'superseded']);
    expect(new Set([alice, bob, carol].flatMap(namesAt)).size).toBe(1);
    expect(alice.view().account?.isForked).toBe(false);
  });
});
