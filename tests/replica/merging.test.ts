import { describe, expect, test } from 'vitest';
import type { DeviceId } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { shareSigningBytes } from '../../src/core/authority/statement.js';
import { pair } from './household.js';
import { createLiar } from './liar.js';
import { areOne, errorOf, isForked, namesOn, part, threeParted } from './parted.js';
import { rivalBy, tell } from './rivals.js';
import { DANGER_MS, decisionOf, epochOf, sayYes, threeMembers } from './three-members.js';
import { areEqual, draftOf, idOf, titlesOf } from './with-liar.js';

describe('uniting two lists of devices', () => {
  test('[A3, A4, A9] four devices, two of which broke their word, are one again and lose nothing', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const dave = await home.start('dave');
    await pair(home, alice, dave, 'Dave tablet', [bob, carol]);
    await home.until('in step', () => areEqual(alice, bob, carol, dave));
    expect(await alice.devices.mergeFork([])).toEqual(errorOf('not-forked'));
    const [bobId, carolId, daveId] = [bob, carol, dave].map(idOf) as [DeviceId, DeviceId, DeviceId];
    await home.stop('bob');
    await home.stop('carol');
    const liar = await createLiar(home, 'bob');
    const one = await rivalBy(liar, 'one', { rename: [{ device: bobId, name: 'Bob one' }] }, [
      ...['alice', 'bob', 'carol'],
    ]);
    const two = await rivalBy(liar, 'two', { rename: [{ device: daveId, name: 'Dave two' }] }, [
      ...['bob', 'carol', 'dave'],
    ]);
    const after = await rivalBy(liar, 'after', {}, ['bob', 'carol', 'dave'], two.record);
    await part(
      home,
      liar,
      { at: ['alice', alice], records: [one] },
      { at: ['dave', dave], records: [two, after] },
    );
    const { merging } = alice.view();
    expect(merging).toMatchObject({ needed: 2, decision: null, blocker: null });
    expect(merging?.brokeWord.map(({ device }) => device)).toEqual([bobId, carolId].sort());
    // Carol's own device is one of those whose keys said two things.
    const again = await home.start('carol');
    await home.until('she sees it', () => isForked(again));
    expect(await again.devices.mergeFork([])).toEqual(errorOf('broke-word'));
    await home.stop('carol');
    expect(await alice.devices.mergeFork([])).toEqual(
      errorOf('too-few-left', { have: 2, need: 3 }),
    );
    expect(await alice.devices.mergeFork([daveId])).toEqual(errorOf('unknown-device'));
    expect((await alice.devices.mergeFork([bobId])).ok).toBe(true);
    await home.until('asked', () => decisionOf(dave)?.approveBlocker === null);
    const asked = decisionOf(dave);
    expect(asked?.subject).toMatchObject({
      merge: { branches: 2 },
      leaving: [{ device: bobId }],
      renamed: [{ to: 'Dave two' }],
      danger: { needsMatch: true },
    });
    expect(asked?.needed).toBe(2);
    expect(alice.view().merging?.decision).not.toBe(null);
    await home.pass(DANGER_MS + 30_000);
    expect(isForked(alice, dave)).toBe(true);
    expect(await dave.decisions.approve(asked?.id ?? ('' as never), '', '00')).toEqual(
      errorOf('match-wrong'),
    );
    await sayYes(home, dave, alice);
    await home.until('one list', () => areOne(alice, dave));
    const back = await home.start('carol');
    await home.until('carol too', () => areOne(alice, dave, back) && areEqual(alice, dave, back));
    const united = alice.view();
    expect(united.account).toMatchObject({ identityEpoch: after.record.epoch + 1 });
    expect(united).toMatchObject({ forks: [], merging: null });
    expect(namesOn(back)).toEqual(['Alice phone', 'Carol laptop', 'Dave two']);
    expect(titlesOf(back)).toEqual(['of alice', 'of dave', 'old']);
    expect(dave.view().decisions.find(({ id }) => id === asked?.id)?.stage).toBe('completed');
    expect((await back.records.create(draftOf('after it'))).ok).toBe(true);
    await home.until('they go on', () => titlesOf(dave).includes('after it'));
    expect(areEqual(alice, dave, back)).toBe(true);
    expect((await back.devices.rename(carolId, 'Carol new')).ok).toBe(true);
  });

  test('[A3, C4] two devices that ask for it at once end up with one list', async () => {
    const { home, alice, carol, bobId } = await threeParted();
    home.network.partition(['alice'], ['carol']);
    expect((await alice.devices.mergeFork([])).ok).toBe(true);
    expect((await carol.devices.mergeFork([])).ok).toBe(true);
    home.network.heal();
    await home.until('each hears the other', () =>
      [alice, carol].every((each) => each.view().decisions.some(({ needsMe }) => needsMe)),
    );
    await home.pass(60_000);
    expect(isForked(alice, carol)).toBe(true);
    for (const each of [alice, carol]) {
      const other = each.view().decisions.find(({ needsMe }) => needsMe);
      await each.decisions.approve(other?.id ?? ('' as never), '');
    }
    await home.pass(60_000);
    await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
    expect(titlesOf(alice)).toEqual(['of alice', 'of carol', 'old']);
    expect(namesOn(carol)).toEqual(['Alice phone', 'Bob one', 'Carol two']);
    expect(alice.view().devices.map(({ id }) => id)).toContain(bobId);
    const open = alice.view().decisions.filter(({ stage }) => stage === 'open');
    expect(open).toEqual([]);
  });

  test('[S5, C4] its signatures go as those of any other record do, once it is built upon', async () => {
    const { home, alice, carol } = await threeParted();
    const asked = await alice.devices.mergeFork([]);
    if (!asked.ok) throw new Error(asked.error.kind);
    await sayYes(home, carol, alice);
    await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
    const kept = () =>
      ['alice', 'carol'].map((name) =>
        [...home.disk(name).rowsOf('governance').keys()].filter((key) =>
          key.startsWith(`share:${asked.value}:`),
        ),
      );
    expect(kept().map(({ length }) => length)).toEqual([2, 2]);
    const renamed = await carol.devices.rename(idOf(carol), 'Carol new');
    expect(renamed.ok).toBe(true);
    await sayYes(home, alice, carol);
    await home.until(
      'the next',
      () => areOne(alice, carol) && namesOn(alice).includes('Carol new'),
    );
    for (const title of ['first', 'second', 'third']) {
      await alice.records.create(draftOf(title));
      await home.until('in step', () => areEqual(alice, carol));
      const done = await alice.snapshots.propose('');
      if (!done.ok) throw new Error(done.error.kind);
      const open = () => carol.view().decisions.find(({ id }) => id === done.value);
      await home.until('asked', () => open()?.approveBlocker === null);
      expect((await carol.decisions.approve(done.value, '')).ok).toBe(true);
      await home.until('held', () => alice.view().snapshots[0]?.isHeld === true);
      await home.until('in step', () => areEqual(alice, carol));
    }
    expect(kept()).toEqual([[], []]);
  });

  test('[A3, C3, C5] it is withdrawn, or past once a branch goes on, and can be asked anew', async () => {
    const { home, alice, carol, liar, two } = await threeParted();
    const first = await alice.devices.mergeFork([]);
    if (!first.ok) throw new Error(first.error.kind);
    await home.until('asked', () => decisionOf(carol)?.approveBlocker === null);
    expect((await alice.decisions.withdraw(first.value)).ok).toBe(true);
    await home.until('let go', () => decisionOf(carol) === undefined);
    expect((await carol.devices.mergeFork([])).ok).toBe(true);
    await home.until('asked again', () => decisionOf(alice)?.approveBlocker === null);
    const second = decisionOf(alice)?.id;
    const on = await rivalBy(liar, 'on', {}, ['bob', 'carol'], two.record);
    await home.until('linked', () => liar.isLinkedTo(idOf(alice)));
    tell(liar, alice, on);
    const stageOf = (replica: Replica) =>
      replica.view().decisions.find(({ id }) => id === second)?.stage;
    await home.until('it is past', () => stageOf(alice) === 'superseded');
    await home.until('on both', () => stageOf(carol) === 'superseded');
    expect(await alice.decisions.approve(second ?? ('' as never), '')).toMatchObject({ ok: false });
    expect((await alice.devices.mergeFork([])).ok).toBe(true);
    await sayYes(home, carol, alice);
    await home.until('one list', () => areOne(alice, carol) && areEqual(alice, carol));
    expect(epochOf(carol)).toBe(on.record.epoch + 1);
    expect(titlesOf(carol)).toEqual(['of alice', 'of carol', 'old']);
  });

  test('[A3, A4] whom one list took out has no say, and stays out; what it wrote before stays', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const [dave, erin] = [await home.start('dave'), await home.start('erin')];
    await pair(home, alice, dave, 'Dave tablet', [bob, carol]);
    await pair(home, alice, erin, 'Erin phone', [bob, carol]);
    await carol.records.create(draftOf('of carol'));
    await home.until('in step', () => areEqual(alice, bob, carol, dave, erin));
    const carolId = idOf(carol);
    await home.stop('bob');
    const liar = await createLiar(home, 'bob');
    const rename = { rename: [{ device: liar.device, name: 'Bob one' }] };
    const one = await rivalBy(liar, 'one', rename, ['alice', 'bob', 'carol']);
    const without = { remove: [carolId] };
    const two = await rivalBy(liar, 'two', without, ['bob', 'dave', 'erin']);
    await home.until('linked', () =>
      [alice, dave, carol].every((each) => liar.isLinkedTo(idOf(each))),
    );
    for (const each of [alice, carol, dave]) tell(liar, each, one, two);
    await home.until('all see it', () => isForked(alice, carol, dave, erin));
    expect(await carol.devices.mergeFork([])).toMatchObject(errorOf('not-allowed'));
    const deciding = dave.view().merging?.deciders.map(({ device }) => device);
    expect(deciding).toEqual([alice, dave, erin].map(idOf).sort());
    const asked = await dave.devices.mergeFork([]);
    if (!asked.ok) throw new Error(asked.error.kind);
    await sayYes(home, alice, dave);
    // Her signature counts for nothing, whoever carries it.
    const { signer } = createMemoryKeys('carol');
    const signature = await signer.sign(shareSigningBytes(asked.value));
    const share = { kind: 'share', statement: asked.value, signer: carolId, signature } as const;
    for (const each of [alice, dave]) liar.to(idOf(each)).say(share);
    await home.pass(60_000);
    expect(isForked(alice, dave, erin)).toBe(true);
    expect(await dave.decisions.complete(asked.value)).toMatchObject(errorOf('below-threshold'));
    await sayYes(home, erin, dave);
    await home.until('one list', () => areOne(alice, dave, erin) && areEqual(alice, dave, erin));
    expect(namesOn(erin)).toEqual(['Alice phone', 'Bob one', 'Dave tablet', 'Erin phone']);
    expect(titlesOf(erin)).toEqual(['of carol', 'old']);
    await home.until('she is told', () => carol.view().stage === 'removed');
  });
});
