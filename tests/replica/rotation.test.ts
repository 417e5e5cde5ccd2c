import { describe, expect, test } from 'vitest';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import type { DeviceId } from '../../src/core/base/brands.js';
import { accountRoom, pairwiseRoom } from '../../src/core/links/rooms.js';
import type { RoomConfig } from '../../src/ports/transport.js';
import type { Replica } from '../../src/replica/commands.js';
import { envelopeContext } from '../../src/replica/membership/epoch-secrets.js';
import { RETIRED_SERVED_MS } from '../../src/replica/membership/retired-keys.js';
import type { Household } from './household.js';
import { encodeRosterRecord } from '../../src/core/authority/roster.js';
import { type Liar, type LiarLink, createLiar, createPen, prove } from './liar.js';
import { type Removal, removalOf } from './removal.js';
import { threeMembers } from './three-members.js';
import { draftOf, idOf, titlesOf } from './with-liar.js';

const isKnown = ({ hash }: Removal, ...replicas: readonly Replica[]): boolean =>
  replicas.every((each) => each.view().account?.rosterHash === hash);

const deviceOf = (name: string): DeviceId => createMemoryKeys(name).signer.device;

/** Bob brings the removal to Alice, as two who agreed elsewhere, and is himself again. */
const removeCarol = async (home: Household, alice: Replica) => {
  await home.stop('bob');
  const liar = await createLiar(home, 'bob');
  await home.until('bob meets alice', () => liar.isLinkedTo(idOf(alice)));
  const removal = await removalOf(liar.holdings, deviceOf('carol'), ['alice', 'bob']);
  const { bytes, hash, envelopes } = removal;
  liar.to(idOf(alice)).say({ kind: 'rosterChain', completions: [bytes] });
  const sealed = envelopes.map((each) => ({ ...each, roster: hash }));
  liar.to(idOf(alice)).say({ kind: 'envelopes', envelopes: sealed });
  await home.until('alice knows', () => isKnown(removal, alice));
  liar.leave();
  const bob = await home.start('bob');
  await home.until('bob knows', () => isKnown(removal, bob));
  await home.until('in step', () => alice.view().sync.inStepCount === 2);
  return { removal, bob };
};

/** Waits in a room with a device's keys, and keeps all that it is told there. */
const listenIn = (home: Household, name: string, old: Liar, room: RoomConfig) => {
  const links: LiarLink[] = [];
  const transport = home.network.transport(`${name} listens`);
  transport.join(room, (channel) =>
    prove(createMemoryKeys(name), old.holdings, channel, (link) => links.push(link)),
  );
  return { heard: () => links.flatMap((link) => link.heard), stop: () => transport.close() };
};

const pairRoomOf = async (old: Liar, name: string, other: string): Promise<RoomConfig> => {
  const { encryptionKey } = createMemoryKeys(other).sealer;
  const shared = await createMemoryKeys(name).sealer.pairSecret(encryptionKey);
  return { ...pairwiseRoom(shared, old.holdings.account, 0), purpose: 'pairwise' };
};

describe('the secret of an epoch', () => {
  test('[N3, A4] a removed device opens none of the next envelopes, each member opens its own', async () => {
    const { home } = await threeMembers();
    await home.stop('carol');
    const liar = await createLiar(home, 'carol');
    const removal = await removalOf(liar.holdings, liar.device, ['alice', 'bob']);
    const context = envelopeContext(liar.holdings.account, removal.record.commitment);
    expect(removal.envelopes.map(({ device }) => device)).toEqual(
      ['alice', 'bob'].map(deviceOf).sort(),
    );
    const openedBy = async (name: string) => {
      const { sealer } = createMemoryKeys(name);
      const tried = removal.envelopes.map((each) => sealer.open(each.envelope, context));
      return (await Promise.all(tried)).flatMap((each) => (each.ok ? [each.value] : []));
    };
    expect(await openedBy('carol')).toEqual([]);
    expect(await openedBy('alice')).toEqual([removal.secret]);
    expect(await openedBy('bob')).toEqual([removal.secret]);
    const room = accountRoom(removal.secret, liar.holdings.account);
    expect(room.name).not.toBe(liar.room.name);
    expect(room.password).not.toBe(liar.room.password);
  });

  test('[N3] nobody says yes to a record whose secret is not sealed to each of its members', async () => {
    const { home, bob } = await threeMembers();
    await home.stop('alice');
    const liar = await createLiar(home, 'alice');
    await home.until('bob is linked', () => liar.isLinkedTo(idOf(bob)));
    const { record, envelopes } = await removalOf(liar.holdings, deviceOf('carol'), ['alice']);
    const pen = createPen(liar, 'leaves one out');
    pen.write({
      ...{ kind: 'roster.proposed', record: encodeRosterRecord(record), consents: [], comment: '' },
      envelopes: envelopes.filter(({ device }) => device === idOf(bob)),
      ...{ expires: home.clock.wallMs() + 3_600_000, round: 0, promises: [] },
    });
    liar.to(idOf(bob)).say({ kind: 'runs', runs: [await pen.run()] });
    const asked = () => bob.view().decisions.find(({ stage }) => stage === 'open');
    await home.until('bob is asked', () => asked() !== undefined);
    expect(await bob.decisions.approve(asked()?.id ?? ('' as never), '')).toEqual({
      ok: false,
      error: { kind: 'blocked', blocker: { kind: 'envelope-unopenable' } },
    });
  });

  test('[N3, N2] in the old room nobody stays, and who was removed hears of the removal alone', async () => {
    const { home, alice } = await threeMembers();
    await home.stop('carol');
    const old = await createLiar(home, 'carol');
    await home.until('carol is linked', () => old.isLinkedTo(idOf(alice)));
    const told = old.to(idOf(alice)).heard;
    const { removal, bob } = await removeCarol(home, alice);
    const from = told.findIndex((message) => message.kind === 'rosterChain');
    await alice.records.create(draftOf('after the removal'));
    await home.until('bob has it', () => titlesOf(bob).includes('after the removal'));
    await home.pass(20_000);
    expect(told[from]).toEqual({ kind: 'rosterChain', completions: [removal.bytes] });
    expect(told.slice(from + 1)).toEqual([{ kind: 'bye', reason: 'removed' }]);
    expect(old.isLinkedTo(idOf(alice))).toBe(false);
    expect(old.isLinkedTo(idOf(bob))).toBe(false);
    // Whoever comes to the old room now meets nobody there.
    const late = listenIn(home, 'carol', old, old.room);
    await home.pass(20_000);
    expect(late.heard()).toEqual([]);
  });

  test('[N3, N2] for 180 days a removed device finds a member, who tells it why and nothing later', async () => {
    const { home, alice } = await threeMembers();
    await home.stop('carol');
    const old = await createLiar(home, 'carol');
    old.leave();
    const { removal, bob } = await removeCarol(home, alice);
    await alice.devices.rename(idOf(bob), 'Bob tablet');
    const asked = () => bob.view().decisions.find((each) => each.needsMe);
    await home.until('bob is asked', () => asked() !== undefined);
    const decision = asked();
    if (decision !== undefined) await bob.decisions.approve(decision.id, '');
    await home.until('renamed', () => !isKnown(removal, alice) && !isKnown(removal, bob));
    await home.stop('bob');

    home.clock.jumpWall(RETIRED_SERVED_MS - 60_000);
    await home.stop('alice');
    await home.start('alice');
    const room = await pairRoomOf(old, 'carol', 'alice');
    const listener = listenIn(home, 'carol', old, room);
    await home.until('carol is told', () => listener.heard().length >= 2);
    expect(listener.heard().slice(0, 2)).toEqual([
      { kind: 'rosterChain', completions: [removal.bytes] },
      { kind: 'bye', reason: 'removed' },
    ]);
    expect(new Set(listener.heard().map(({ kind }) => kind))).toEqual(
      new Set(['rosterChain', 'bye']),
    );
    listener.stop();

    home.clock.jumpWall(120_000);
    await home.pass(20_000);
    const late = listenIn(home, 'carol', old, room);
    await home.pass(20_000);
    expect(late.heard()).toEqual([]);
  });

  test('[N2, N3] a device that learns of its removal waits in no room any more', async () => {
    const { home, alice } = await threeMembers();
    await home.stop('carol');
    const old = await createLiar(home, 'carol');
    old.leave();
    const { removal } = await removeCarol(home, alice);
    const again = await home.start('carol');
    await home.until('carol knows', () => isKnown(removal, again));
    await home.pass(20_000);
    expect(again.view().sync.connectedCount).toBe(0);
    for (const name of ['alice', 'bob'] as const) await home.stop(name);
    const room = await pairRoomOf(old, 'alice', 'carol');
    const waiting = listenIn(home, 'alice', old, room);
    await home.pass(20_000);
    expect(waiting.heard()).toEqual([]);
    expect(titlesOf(again)).toEqual(['old']);
  });
});
