import { describe, expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { createHousehold, pair } from './household.js';

const failureOf = (replica: Replica) => {
  const { pairing } = replica.view();
  return pairing.kind === 'failed' ? pairing.reason : null;
};
const isComparing = (replica: Replica) => replica.view().pairing.kind === 'comparing';
const textOf = (replica: Replica): string => {
  const { pairing } = replica.view();
  if (pairing.kind !== 'offering' && pairing.kind !== 'answering') throw new Error('a code');
  return pairing.text;
};

/** Nobody finds anybody: there is no rendezvous. */
const begin = async () => {
  const home = createHousehold();
  home.network.setRendezvous('unreachable');
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  expect((await alice.devices.inviteOffline()).ok).toBe(true);
  return { home, alice, bob, offer: textOf(alice) };
};

describe('pairing by two codes', () => {
  test('[N9, N11] brings a device in with no rendezvous at all', async () => {
    const { home, alice, bob, offer } = await begin();
    expect((await bob.devices.join(offer, 'Bob phone')).ok).toBe(true);
    expect((await alice.devices.takeAnswer(textOf(bob))).ok).toBe(true);
    await home.until('both compare', () => [alice, bob].every(isComparing));
    await bob.devices.confirmWords(true);
    await alice.devices.confirmWords(true);
    await home.until('bob is in', () => bob.view().stage === 'member');
    expect(alice.view().devices.map((each) => each.name)).toEqual(
      expect.arrayContaining(['Alice phone', 'Bob phone']),
    );
  });

  test('[N9] the wrong code in the wrong place is named, and the right one still works', async () => {
    const { home, alice, bob, offer } = await begin();
    expect(await alice.devices.takeAnswer(offer)).toMatchObject({
      error: { kind: 'pairing', reason: 'code-other-purpose' },
    });
    await bob.devices.join(offer, 'Bob phone');
    const answer = textOf(bob);
    const slip = (answer.startsWith('7') ? '8' : '7') + answer.slice(1);
    expect(await alice.devices.takeAnswer(slip)).toMatchObject({
      error: { kind: 'pairing', reason: 'code-mistyped' },
    });
    expect(await alice.devices.takeAnswer('hello')).toMatchObject({
      error: { kind: 'pairing', reason: 'code-malformed' },
    });
    await alice.devices.takeAnswer(answer);
    await home.until('both compare', () => [alice, bob].every(isComparing));
  });

  test('[N9] both sides give up in their time: the code ran out, or nobody came', async () => {
    const { home, alice, bob, offer } = await begin();
    home.network.partition(['alice'], ['bob']);
    await bob.devices.join(offer, 'Bob phone');
    await alice.devices.takeAnswer(textOf(bob));
    await home.until('alice gives up', () => failureOf(alice) === 'nobody-there');
    home.clock.advance(1_000_000);
    await home.until('bob gives up', () => failureOf(bob) === 'nobody-there');
    await bob.devices.cancelPairing();
    expect(await bob.devices.join(offer, 'Bob phone')).toMatchObject({
      error: { kind: 'pairing', reason: 'code-expired' },
    });
  });
});

test('[N9] every device is told of the newcomer by its name', async () => {
  const home = createHousehold();
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  const carol = await home.start('carol');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await home.until('bob is connected', () => bob.view().sync.connectedCount === 1);
  await pair(home, alice, carol, 'Carol laptop', [bob]);
  const told = (replica: Replica) =>
    replica
      .view()
      .activity.filter(({ kind }) => kind === 'device-joined')
      .map(({ details }) => details['name']);
  await home.until('all know', () =>
    [alice, bob].every((each) => told(each).includes('Carol laptop')),
  );
  expect(told(alice)).toEqual(expect.arrayContaining(['Bob phone', 'Carol laptop']));
  expect(told(bob)).not.toContain('Bob phone');

  // Who let her in saw it; everybody else is told until a person has put it away.
  const shown = (replica: Replica) => replica.view().newcomers.map(({ name, by }) => [name, by]);
  expect([alice, carol].flatMap(shown)).toEqual([]);
  expect(shown(bob)).toEqual([['Carol laptop', 'Alice phone']]);
  const { roster, atMs } = bob.view().newcomers[0]!;
  expect(atMs).toBeGreaterThan(0);
  expect(atMs).toBeLessThanOrEqual(home.clock.wallMs());
  await home.stop('bob');
  const again = await home.start('bob');
  expect(shown(again)).toEqual([['Carol laptop', 'Alice phone']]);
  expect((await again.devices.putAway(roster)).ok).toBe(true);
  expect(shown(again)).toEqual([]);
  await home.stop('bob');
  expect(shown(await home.start('bob'))).toEqual([]);
});
