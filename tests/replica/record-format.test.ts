import { describe, expect, test } from 'vitest';
import {
  type MemoryBundles,
  createMemoryBundles,
  createMemoryCodeDisk,
  createMemoryHosts,
} from '../../src/adapters/memory/memory-bundles.js';
import type { StatementHash } from '../../src/core/base/brands.js';
import type { Replica } from '../../src/replica/commands.js';
import { PROBATION_MS } from '../../src/core/health/checks.js';
import { threeMembers } from './three-members.js';
import { HOST, appRelease } from './upgrading.js';
import { releaseBytes } from '../contract/bundles-contract.js';
import { areEqual, askedOf } from './with-liar.js';

const formatOf = (replica: Replica): number => replica.view().format.version;
const recordOf = (replica: Replica) => replica.view().records[0];
const keyOf = (replica: Replica): string => recordOf(replica)?.key ?? '';

const openAt = (replica: Replica) => replica.view().decisions.find(({ stage }) => stage === 'open');

const errorOf = async (done: ReturnType<Replica['records']['setDate']>): Promise<unknown> => {
  const result = await done;
  return result.ok ? null : result.error;
};

describe('a newer format of records', () => {
  test('[S13, U12] comes with a snapshot that enough agree to; only then days are written', async () => {
    const { home, alice, bob, carol } = await threeMembers();
    const all = [alice, bob, carol];
    expect(await errorOf(alice.records.setDate(keyOf(alice), '2028-02-29'))).toEqual({
      ...{ kind: 'older-format', needs: 2 },
    });
    expect(await errorOf(alice.records.setDate(keyOf(alice), '2027-02-29'))).toEqual({
      ...{ kind: 'ill-formed', field: 'date' },
    });
    expect((await alice.snapshots.propose('', { raisesFormat: true })).ok).toBe(true);
    await home.until('bob is asked', () => askedOf(bob)?.approveBlocker === null);
    expect(askedOf(bob)?.subject).toMatchObject({ kind: 'snapshot', raisesTo: 2 });
    expect(formatOf(bob)).toBe(1);
    expect((await bob.decisions.approve(askedOf(bob)?.id as StatementHash, '')).ok).toBe(true);
    await home.until('all have it', () => all.every((each) => formatOf(each) === 2));
    await home.until('in step', () => areEqual(...all));
    expect(await alice.snapshots.propose('', { raisesFormat: true })).toEqual({
      ...{ ok: false, error: { kind: 'format-newest', format: 2 } },
    });

    expect((await bob.records.setDate(keyOf(bob), '2028-02-29')).ok).toBe(true);
    await home.until('all see the day', () =>
      all.every((each) => recordOf(each)?.date === '2028-02-29'),
    );
    await home.until('in step', () => areEqual(...all));
    // The next snapshot keeps the format, and the day.
    expect((await carol.snapshots.propose('')).ok).toBe(true);
    await home.until('alice is asked', () => askedOf(alice)?.approveBlocker === null);
    expect(askedOf(alice)?.subject).toMatchObject({ raisesTo: null });
    await alice.decisions.approve(askedOf(alice)?.id as StatementHash, '');
    await home.until('it is done', () => all.every((each) => each.view().snapshots.length === 2));
    await home.stop('bob');
    const again = await home.start('bob');
    await home.until('in step', () => areEqual(alice, again, carol));
    expect([formatOf(again), recordOf(again)?.date]).toEqual([2, '2028-02-29']);
    expect((await again.records.setDate(keyOf(again), null)).ok).toBe(true);
    await home.until('it is gone', () => recordOf(alice)?.date === null);
  });

  test('[S13, C9] who cannot read it keeps to the kernel and prunes nothing, until it can', async () => {
    const hosts = createMemoryHosts();
    const disk = createMemoryCodeDisk();
    let bundles: MemoryBundles | null = null;
    const { home, alice, bob, carol } = await threeMembers({
      bundles: (name, clock) => {
        if (name !== 'carol') return undefined;
        const wallMs = (): number => clock.wallMs();
        const first = appRelease(1);
        bundles = createMemoryBundles({ hosts, wallMs, first, disk, home: HOST });
        return bundles;
      },
    });
    expect(carol.view().format).toMatchObject({ version: 1, reads: 1, raisesTo: null });
    await home.until('alice knows', () => alice.view().format.behind.length === 1);
    const facts = carol.view().journal.facts;
    await alice.snapshots.propose('', { raisesFormat: true });
    await home.until('carol is asked', () => openAt(carol) !== undefined);
    expect(openAt(carol)?.approveBlocker).toEqual({ kind: 'newer-format' });
    await home.until('bob is asked', () => askedOf(bob)?.approveBlocker === null);
    await bob.decisions.approve(askedOf(bob)?.id as StatementHash, '');
    await home.until('it stands', () => formatOf(carol) === 2 && formatOf(alice) === 2);
    await alice.records.setDate(keyOf(alice), '2028-02-29');
    await home.pass(10_000);
    // Nothing went, nothing of the new format counts, and what is written waits.
    expect(carol.view().journal.facts).toBeGreaterThanOrEqual(facts);
    expect(recordOf(carol)?.date).toBeNull();
    const written = await carol.records.create({ title: 'later', text: '', labels: [] });
    expect(written.ok).toBe(true);
    expect(carol.view().journal.queuedEdits).toBe(1);
    const proposed = await carol.snapshots.propose('');
    expect(proposed).toEqual({ ok: false, error: { kind: 'newer-format' } });
    expect(carol.view().activity.some(({ kind }) => kind === 'payload-refused')).toBe(false);

    hosts.publish(HOST, appRelease(2, { fold: 2 }), releaseBytes(2));
    const store = bundles as unknown as MemoryBundles;
    const manifest = await store.offered(null);
    if (!manifest.ok) throw new Error('it lies there');
    await home.stop('carol');
    await store.stage(manifest.value.manifest, [HOST]);
    await store.tryStaged();
    const back = await home.start('carol');
    await home.until('all is there', () => areEqual(alice, bob, back));
    expect(
      back
        .view()
        .records.map(({ title, date }) => [title, date])
        .sort(),
    ).toEqual([
      ['later', null],
      ['old', '2028-02-29'],
    ]);
    expect(back.view().journal.queuedEdits).toBe(0);
  });

  test('[S13, U7] code that may still go back to code without it does not agree to it', async () => {
    const hosts = createMemoryHosts();
    const stores = new Map<string, MemoryBundles>();
    const { home, alice, bob } = await threeMembers({
      bundles: (name, clock) => {
        const wallMs = (): number => clock.wallMs();
        const store = createMemoryBundles({ hosts, wallMs, first: appRelease(1), home: HOST });
        stores.set(name, store);
        return store;
      },
    });
    const bytes = hosts.publish(HOST, appRelease(2, { fold: 2 }), releaseBytes(2));
    const raise = () => alice.snapshots.propose('', { raisesFormat: true });
    expect(await raise()).toMatchObject({ error: { kind: 'format-newest' } });
    const move = async (name: string): Promise<void> => {
      await stores.get(name)?.stage(bytes, [HOST]);
      await stores.get(name)?.tryStaged();
      stores.get(name)?.load();
    };
    await move('alice');
    await move('bob');
    await home.pass(1_000);
    const untilMs = (atMs: number | null) => ({ kind: 'code-unproven', untilMs: atMs });
    expect(await raise()).toMatchObject({ error: { kind: 'blocked', blocker: untilMs(null) } });
    expect((await alice.upgrades.confirmHealthy(1)).ok).toBe(true);
    const goodMs = home.clock.wallMs();
    expect(alice.view().format.blocker).toEqual(untilMs(goodMs + PROBATION_MS));
    await home.pass(1_000);
    expect((await bob.upgrades.confirmHealthy(1)).ok).toBe(true);
    home.clock.jumpWall(goodMs + PROBATION_MS - home.clock.wallMs());
    expect((await raise()).ok).toBe(true);
    await home.until('bob is asked', () => openAt(bob) !== undefined);
    expect(openAt(bob)?.approveBlocker).toMatchObject({ kind: 'code-unproven' });
    home.clock.jumpWall(goodMs + PROBATION_MS + 2_000 - home.clock.wallMs());
    await home.until('bob may', () => askedOf(bob)?.approveBlocker === null);
    await bob.decisions.approve(askedOf(bob)?.id as StatementHash, '');
    await home.until('it stands', () => formatOf(alice) === 2);
    // And from then on nobody goes back to code that cannot read it.
    expect(alice.view().upgrades.running?.canRollBack).toBe(false);
    expect(await alice.upgrades.rollBack('I liked the old one')).toEqual({
      ok: false,
      error: { kind: 'upgrade-blocked', blocker: { kind: 'behind-format', format: 2 } },
    });
  });
});
