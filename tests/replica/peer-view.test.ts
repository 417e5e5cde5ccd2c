import { expect, test } from 'vitest';
import type { Replica } from '../../src/replica/commands.js';
import { createHousehold, pair } from './household.js';
import { areEqual, draftOf, idOf, lyingHousehold } from './with-liar.js';

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

test('[N5, N6] each other device is shown: never met, in step, away, and what it has to give', async () => {
  const home = createHousehold();
  const [alice, bob, carol] = [
    await home.start('alice'),
    await home.start('bob'),
    await home.start('carol'),
  ];
  await alice.account.create('Alice phone');
  await pair(home, alice, bob, 'Bob phone');
  await home.until('in step', () => areEqual(alice, bob));
  home.network.partition(['bob'], ['carol']);
  await pair(home, alice, carol, 'Carol phone', [bob]);
  await home.until('all are in step', () => areEqual(alice, bob, carol));
  const ofBob = idOf(bob);
  const seenBy = (replica: Replica) => replica.view().peers.find(({ device }) => device === ofBob);
  expect(seenBy(carol)).toMatchObject({
    ...{ state: 'never-met', heardMs: null, latencyMs: null, connectedMs: null },
    ...{ facts: 0, conduct: [], offers: null, recoversInMs: 0, isPreferred: true },
  });
  await alice.records.create(draftOf('Boiler'));
  await home.until('all are in step', () => areEqual(alice, bob, carol));
  await home.until('bob is seen in step', () => seenBy(alice)?.state === 'in-step');
  await home.pass(5_000);
  const met = seenBy(alice);
  expect(met?.offers).toMatchObject({ payloads: 0, files: 0, hasUpdates: true });
  expect(met?.catchUps).toBeGreaterThan(0);
  expect(met?.catchUpMs).toBeLessThan(60_000);
  expect(met?.heardMs).toBeLessThan(5_000);
  await home.stop('bob');
  await home.until('bob is away', () => seenBy(alice)?.state === 'away');
  const gone = seenBy(alice);
  expect(gone).toMatchObject({ offers: null, connectedMs: null, bytesPerSecond: 0 });
  expect(gone?.facts).toBe(met?.facts);
  expect(gone?.sentBytes).toBeGreaterThan(0);
  await Promise.all(['alice', 'carol'].map(home.stop));
});

test('[N5, N8] who says what no honest device says sinks, is turned away, and recovers', async () => {
  const { home, alice, mallory, meet } = await lyingHousehold();
  const peer = () => alice.view().peers.find(({ device }) => device === mallory.device);
  expect(peer()?.conduct.map(({ act }) => act)).not.toContain('offence');
  for (let time = 0; time < 6; time += 1) {
    mallory.to(idOf(alice)).channel.send(new Uint8Array([0xff, time]));
  }
  await home.until('it is noted', () => (peer()?.errors ?? 0) === 6);
  const [worst] = peer()?.conduct ?? [];
  expect(worst).toMatchObject({ act: 'offence', times: 6, trust: -10 });
  expect(peer()?.isPreferred).toBe(false);
  const toGoMs = peer()?.recoversInMs ?? 0;
  expect(toGoMs).toBeGreaterThan(60_000);
  for (let time = 0; time < 20; time += 1) {
    mallory.to(idOf(alice)).channel.send(new Uint8Array([0xff, time]));
  }
  await home.until('it is turned away', () => peer()?.state === 'refused');
  expect(peer()?.refusedMs).toBeGreaterThan(50_000);
  const leftMs = peer()?.recoversInMs ?? 0;
  home.clock.advance(leftMs);
  await home.pass(50);
  expect(peer()?.state).not.toBe('refused');
  expect(peer()?.isPreferred).toBe(true);
  expect(peer()?.recoversInMs).toBe(0);
  await meet(alice);
});
