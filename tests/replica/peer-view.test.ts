import { expect, test } from 'vitest';
import { createHousehold, pair } from './household.js';
import { areEqual, draftOf } from './with-liar.js';

test('[N5, F12] what passed with a peer is counted by kind and by rung, with its score and latency', async () => {
  const home = createHousehold();
  const alice = await home.start('alice');
  const bob = await home.start('bob');
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await home.until('in step', () => areEqual(alice, bob));
  await bob.records.create(draftOf('Boiler'));
  await home.until('shared', () => areEqual(alice, bob));
  await home.pass(5_000);

  const [peer, ...others] = alice.view().peers;
  expect(others).toEqual([]);
  expect(peer?.device).toBe(bob.view().account?.me);
  expect(peer?.facts).toBeGreaterThan(0);
  expect(peer?.latencyMs).not.toBeNull();
  expect(peer?.errors).toBe(0);
  expect(peer?.isPreferred).toBe(true);
  expect(peer?.score.trust).toBeGreaterThan(50);
  expect(peer?.rungs.map(({ rung }) => rung)).toEqual(['digest', 'frontier', 'facts', 'beat']);
  const total = peer?.traffic.reduce(
    (sum, { sent, received }) => sum + sent.bytes + received.bytes,
    0,
  );
  expect(total).toBe((peer?.sentBytes ?? 0) + (peer?.receivedBytes ?? 0));
  expect(peer?.rungs.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
});
