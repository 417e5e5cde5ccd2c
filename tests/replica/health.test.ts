import { describe, expect, test } from 'vitest';
import { CRITICAL_CHECKS, TRIAL_POLICY, UPTIME_MS } from '../../src/core/health/checks.js';
import { DEGRADING_CHECKS } from '../../src/core/health/wider-checks.js';
import { KEYS, fieldsIn, putRow, readRow } from '../../src/replica/storage/rows.js';
import { type Proved, harmFacts, nothing, notGood, onTrial, prove } from './on-trial.js';
import { HOST, upgradeAt, type upgrading } from './upgrading.js';

type Room = { used: number | null; quota: number | null };

/** How much room alice's device says that it has. */
const roomOf = (answer: () => Promise<Room>): Parameters<typeof upgrading>[0] => ({
  storage: (name) => (name === 'alice' ? { estimate: answer } : {}),
});

describe('a bundle on trial', () => {
  test('[H1, U7] is good once all was well and the page was up for ten seconds', async () => {
    const world = await onTrial();
    const { home, page } = world;
    let proved: Proved | null = null;
    void page.upgrades.prove().then((done) => (proved = done));
    await home.pass(UPTIME_MS - 1_000);
    expect([proved, page.view().upgrades.running?.state]).toEqual([null, 'trial']);
    await home.until('it is judged', () => proved !== null);
    expect(proved).toEqual({ ok: true, value: { reload: false } });
    expect(page.view().upgrades.running).toMatchObject({ version: '0.2.0', state: 'good' });
    expect(notGood(page)).toEqual([]);
    const looked = page.view().upgrades.health?.results.map(({ name }) => name);
    expect([...(looked ?? [])].sort()).toEqual([...CRITICAL_CHECKS, ...DEGRADING_CHECKS].sort());
    await home.stop('alice');
    expect(notGood(await home.start('alice'))).toEqual([]);
  });

  test('[H1, H2] that has no room left goes back, and all are told why', async () => {
    let isFull = false;
    const room = async (): Promise<Room> => ({ used: isFull ? 99 : 0, quota: isFull ? 100 : 1e9 });
    const world = await onTrial(roomOf(room), () => (isFull = true));
    const { home, page, bob, upgrade } = world;
    const beginMs = home.clock.wallMs();
    expect(await prove(world)).toEqual({ ok: true, value: { reload: true } });
    const tookMs = home.clock.wallMs() - beginMs;
    expect(tookMs).toBeGreaterThan(TRIAL_POLICY.timeoutMs - 2 * TRIAL_POLICY.intervalMs);
    expect(notGood(page)).toEqual(['room failed']);
    const [last] = page.view().upgrades.history;
    expect(last).toMatchObject({ outcome: 'rolled-back', isAutomatic: true });
    expect(last?.cause).toBe('health room failed: 1 bytes left');
    await home.until('bob hears of it', () =>
      (upgradeAt(bob, upgrade)?.readiness ?? []).some(({ hasRolledBack }) => hasRolledBack),
    );
    expect(page.view().records.map(({ title }) => title)).toContain('kept');
  });

  test('[H2] is not blamed for what was broken before it came', async () => {
    let isFull = false;
    const room = async (): Promise<Room> => ({ used: isFull ? 99 : 0, quota: isFull ? 100 : 1e9 });
    const world = await onTrial(roomOf(room), nothing, () => (isFull = true));
    expect(await prove(world)).toEqual({ ok: true, value: { reload: false } });
    expect(notGood(world.page)).toEqual(['room failed']);
    expect(world.page.view().upgrades.running?.state).toBe('good');
  });

  test('[H2] one that gives no answer goes back too, and it says so', async () => {
    let isSilent = false;
    const room = (): Promise<Room> =>
      isSilent ? new Promise(() => undefined) : Promise.resolve({ used: 0, quota: 1e9 });
    const world = await onTrial(roomOf(room), () => (isSilent = true));
    expect(await prove(world)).toEqual({ ok: true, value: { reload: true } });
    expect(notGood(world.page)).toEqual(['room timed-out']);
    expect(world.page.view().upgrades.history[0]?.cause).toMatch(/^health room timed-out/);
  });

  test('[H1] that makes something else of the same journal goes back at once', async () => {
    const world = await onTrial({}, ({ home }) => {
      const own = home.disk('alice').rowsOf('own');
      const held = readRow(own.get(KEYS.healthBefore) ?? new Uint8Array());
      const mark = fieldsIn(fieldsIn(held)['mark'] ?? null);
      const other = { ...fieldsIn(held), mark: { ...mark, digest: 'f'.repeat(64) } };
      const row = putRow('own', KEYS.healthBefore, other);
      if (row.kind === 'put') own.set(row.key, row.value);
    });
    const beginMs = world.home.clock.wallMs();
    expect(await prove(world)).toEqual({ ok: true, value: { reload: true } });
    expect(world.home.clock.wallMs() - beginMs).toBeLessThan(UPTIME_MS + 1_000);
    expect(world.page.view().upgrades.history[0]?.cause).toMatch(/^health digest failed/);
  });

  test('[H1] under which a stored fact does not read back goes back', async () => {
    const world = await onTrial();
    harmFacts(world);
    expect(await prove(world)).toEqual({ ok: true, value: { reload: true } });
    expect(notGood(world.page)).toEqual(['journal failed']);
  });
});

describe('a bundle on probation', () => {
  test('[H2] is left for its own faults, not for a disk that has filled up since', async () => {
    let isFull = false;
    const room = async (): Promise<Room> => ({ used: isFull ? 99 : 0, quota: isFull ? 100 : 1e9 });
    const world = await onTrial(roomOf(room));
    await prove(world);
    isFull = true;
    expect(await prove(world)).toEqual({ ok: true, value: { reload: false } });
    expect(notGood(world.page)).toEqual(['room failed']);
    harmFacts(world);
    expect(await prove(world)).toEqual({ ok: true, value: { reload: true } });
    expect(world.page.view().upgrades.running?.version).toBe('0.1.0');
  });

  test('[H2, U7] cannot judge the one that another page has switched to meanwhile', async () => {
    const world = await onTrial();
    await prove(world);
    harmFacts(world);
    const proving = prove(world);
    await world.bundles('alice').stage(world.host(3), [HOST]);
    expect(await world.bundles('alice').tryStaged()).toMatchObject({ ok: true });
    expect(await proving).toMatchObject({
      error: { kind: 'bundle', fault: { kind: 'other-bundle' } },
    });
    expect(world.disk('alice').slots).toMatchObject({ trial: { number: 2 } });
    expect(await world.bundles('alice').state()).toMatchObject({ active: { version: '0.3.0' } });
  });
});
