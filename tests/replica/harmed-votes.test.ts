import { describe, expect, test } from 'vitest';
import { parsePromise } from '../../src/core/authority/ballot.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import type { Household } from './household.js';
import { factsOn } from './kept-facts.js';
import { sayYes, threeMembers } from './three-members.js';
import { areEqual, idOf } from './with-liar.js';

const nameOf = (replica: Replica, device: DeviceId): string | undefined =>
  replica.view().devices.find((each) => each.id === device)?.name;

/** What is open on that device and gives a name. */
const asksFor = (replica: Replica, name: string) =>
  replica
    .view()
    .decisions.find(
      ({ stage, subject }) =>
        stage === 'open' && subject.kind === 'roster' && subject.renamed[0]?.to === name,
    );

/** The last votes that Bob's promises state, in the order of their rounds. */
const lastVotesOf = (home: Household, bob: DeviceId) =>
  factsOn(home.disk('bob')).flatMap(({ author, body }) => {
    if (author !== bob || body.kind !== 'roster.promised') return [];
    const promise = parsePromise(body.promise);
    return promise.ok && promise.value.signer === bob ? [promise.value.last] : [];
  });

/** What Bob's device remembers of his votes is no longer what was written, or is not there. */
const harmMemory = (home: Household, how: 'harmed' | 'missing' = 'harmed'): void => {
  const rows = home.disk('bob').rowsOf('own');
  const memories = [...rows].filter(([key]) => key.startsWith('ballot:'));
  if (memories.length === 0) throw new Error('Bob remembers ballots');
  for (const [key, row] of memories) {
    if (how === 'harmed') rows.set(key, row.slice(0, -1));
    else rows.delete(key);
  }
};

/** All facts that Bob holds of one session that he wrote are lost. */
const harmFacts = (home: Household): void => {
  const session = Buffer.from(home.disk('bob').rowsOf('profile').get('session') ?? []);
  const rows = home.disk('bob').rowsOf('facts');
  const own = [...rows.keys()].filter((key) => session.includes(key.slice(0, 64)));
  if (own.length === 0) throw new Error('Bob wrote facts');
  for (const key of own) rows.set(key, new Uint8Array([255]));
};

/** Bob voted for Alice's record, which nobody has heard of yet, and is off; Alice is away. */
const withHiddenVote = async () => {
  const three = await threeMembers();
  const { home, alice, bob, carol } = three;
  await alice.devices.rename(idOf(carol), 'Left');
  await home.until('all are asked', () =>
    [bob, carol].every((each) => asksFor(each, 'Left') !== undefined),
  );
  const ids = { bob: idOf(bob), carol: idOf(carol) };
  home.network.partition(['alice', 'carol'], ['bob']);
  await sayYes(home, bob, alice);
  await home.stop('bob');
  await home.stop('alice');
  home.network.heal();
  return { home, carol, ids };
};

describe('what a device remembers of its votes is harmed', () => {
  for (const how of ['harmed', 'missing'] as const) {
    test(`[A3, F9] its own facts say what it voted for, and its next promise states that (${how})`, async () => {
      const { home, carol, ids } = await withHiddenVote();
      harmMemory(home, how);
      const bob = await home.start('bob');
      await carol.devices.rename(ids.carol, 'Right');
      await home.until('Bob promises', () => lastVotesOf(home, ids.bob).length > 0);
      expect(lastVotesOf(home, ids.bob)).toMatchObject([{ round: 0 }]);
      await sayYes(home, carol, carol);
      await home.until('what he voted for is repeated', () =>
        [bob, carol].every((each) => nameOf(each, ids.carol) === 'Left'),
      );
      await home.until('in step', () => areEqual(bob, carol));
    });
  }

  test('[A3, F9] where these are lost as well it has no word in what follows that list', async () => {
    const { home, carol, ids } = await withHiddenVote();
    harmMemory(home);
    harmFacts(home);
    const bob = await home.start('bob');
    await carol.devices.rename(ids.carol, 'Right');
    await home.until('Bob is asked', () => asksFor(bob, 'Right') !== undefined);
    const refused = {
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'votes-forgotten' } },
    };
    const asked = asksFor(bob, 'Right');
    expect(asked && (await bob.decisions.approve(asked.id, ''))).toEqual(refused);
    expect(asksFor(bob, 'Right')?.approveBlocker).toEqual({ kind: 'votes-forgotten' });
    expect(await bob.devices.rename(ids.bob, 'Bob new')).toEqual(refused);
    await home.pass(120_000);
    expect(lastVotesOf(home, ids.bob)).toEqual([]);
    expect(nameOf(carol, ids.carol)).toBe('Carol laptop');
    const alice = await home.start('alice');
    await home.until('Alice is asked', () => asksFor(alice, 'Right') !== undefined);
  });
});
