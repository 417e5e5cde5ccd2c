import { describe, expect, test } from 'vitest';
import { CRITICAL_CHECKS, type HealthReport } from '../../src/core/health/checks.js';
import {
  ALONE_MAX_MS,
  CLOCK_SKEW_MAX_MS,
  DEGRADING_CHECKS,
} from '../../src/core/health/wider-checks.js';
import type { Clock } from '../../src/ports/clock.js';
import type { Replica } from '../../src/replica/commands.js';
import type { HealthCheck } from '../../src/replica/health/embedded-checks.js';
import { createHousehold } from './household.js';
import { onTrial, prove } from './on-trial.js';
import { upgrading } from './upgrading.js';
import { draftOf } from './with-liar.js';

/** What is looked at under a bundle on trial alone. */
const OF_TRIALS: readonly string[] = ['digest', 'uptime'];
const SHORT = { timeoutMs: 1_000, intervalMs: 200, retries: 3 };
const NEEDED = CRITICAL_CHECKS.filter((name) => !OF_TRIALS.includes(name));

const look = async (replica: Replica): Promise<HealthReport> => {
  const done = await replica.upgrades.look();
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  expect(replica.view().upgrades.health).toEqual(done.value);
  return done.value;
};

const wrongIn = ({ results }: HealthReport): readonly string[] =>
  results.filter(({ grade }) => grade !== 'good').map(({ name, cause }) => `${name}: ${cause}`);

const only = (name: string, rest: Partial<HealthCheck>): HealthCheck => ({
  ...{ name, isCritical: false, policy: null, look: async () => null },
  ...rest,
});

describe('looking at everything', () => {
  test('[H1] finds a healthy device good in all, and keeps that for the next start', async () => {
    const { home, alice } = await upgrading();
    await home.until('they were met', () => alice.view().sync.kind === 'in-step');
    const report = await look(alice);
    expect(wrongIn(report)).toEqual([]);
    const names = report.results.map(({ name }) => name).sort();
    expect(names).toEqual([...NEEDED, ...DEGRADING_CHECKS].sort());
    await home.stop('alice');
    expect((await home.start('alice')).view().upgrades.health).toEqual(report);
  });

  test('[H1, H2] tells what makes it work less well, and no bundle is left for it', async () => {
    const isAlice = (name: string): boolean => name === 'alice';
    const behindMs = CLOCK_SKEW_MAX_MS + 60_000;
    const world = await onTrial({
      time: (name, clock) =>
        isAlice(name) ? { ...clock, wallMs: () => clock.wallMs() - behindMs } : clock,
      storage: (name) => (isAlice(name) ? { isPersisted: async () => false } : {}),
      wire: (name, wire) =>
        isAlice(name) ? { ...wire, rendezvous: () => 'unreachable' as const } : wire,
    });
    await world.home.until('they answered', () =>
      world.page.view().peers.some(({ latencyMs }) => latencyMs !== null),
    );
    expect(await prove(world)).toEqual({ ok: true, value: { reload: false } });
    expect(world.page.view().upgrades.running?.state).toBe('good');
    const wrong = [
      'clock: 6 minutes behind other devices',
      'persistence: the browser promised nothing',
      'rendezvous: it does not answer',
    ];
    const { health } = world.page.view().upgrades;
    expect(health === null ? [] : wrongIn(health)).toEqual(wrong);
    expect(wrongIn(await look(world.page))).toEqual(wrong);
  });

  test('[H1] tells whoever met nobody for a week, and nobody who has but one device', async () => {
    let laterMs = 0;
    const time = (_name: string, clock: Clock): Clock => ({
      ...clock,
      wallMs: () => clock.wallMs() + laterMs,
    });
    const { home, alice } = await upgrading({ time });
    for (const name of ['bob', 'carol']) await home.stop(name);
    await home.pass(20_000);
    expect(wrongIn(await look(alice))).toEqual([]);
    const house = createHousehold({ time });
    const alone = await house.start('alone');
    await alone.account.create('Alone');
    laterMs = ALONE_MAX_MS;
    expect(wrongIn(await look(alice))).toEqual(['peers: none was met for a week']);
    expect(wrongIn(await look(alone))).toEqual([]);
  });

  test('[H1] reads every row that is stored, and finds the one that is harmed', async () => {
    const home = createHousehold();
    let alice = await home.start('alice');
    await alice.account.create('Alice');
    for (let n = 0; n < 20; n += 1) {
      await home.stop('alice');
      alice = await home.start('alice');
      await alice.records.create(draftOf(`record ${n}`));
    }
    expect(wrongIn(await look(alice))).toEqual([]);
    const rows = home.disk('alice').rowsOf('facts');
    expect(rows.size).toBeGreaterThan(16);
    for (const [key, value] of rows) {
      rows.set(
        key,
        Uint8Array.from(value, (byte) => byte ^ 0x10),
      );
      expect(wrongIn(await look(alice))).toEqual([
        `journal: row ${key.slice(0, 8)} does not read back`,
      ]);
      rows.set(key, value);
    }
  });
});

describe('checks of whoever embeds the app', () => {
  const cause = 'the printer is out of paper';

  test('[H1, H2] take a device back where they are critical, and were well before', async () => {
    let isBroken = false;
    const look = async (): Promise<string | null> => (isBroken ? cause : null);
    const checks = [only('printer', { isCritical: true, look, policy: SHORT })];
    const upgrades = (name: string) => (name === 'alice' ? { checks } : {});
    const world = await onTrial({ upgrades }, () => (isBroken = true));
    expect(await prove(world)).toEqual({ ok: true, value: { reload: true } });
    expect(world.page.view().upgrades.history[0]?.cause).toBe(`health printer failed: ${cause}`);
  });

  test('[H2] are told and nothing more where they are not, or were not well before', async () => {
    const look = async (): Promise<string | null> => cause;
    const silent = (): Promise<string | null> => new Promise(() => undefined);
    const checks = [
      only('printer', { look }),
      only('scanner', { look: silent, policy: SHORT }),
      only('always', { isCritical: true, look }),
      only('thrower', { look: () => Promise.reject(new Error('no driver')) }),
      // Names of the app's own, none, and one too long: passed over.
      ...['store', '', 'x'.repeat(41), 'printer'].map((name) => only(name, { look })),
    ];
    const upgrades = (name: string) => (name === 'alice' ? { checks } : {});
    const world = await onTrial({ upgrades });
    expect(await prove(world)).toEqual({ ok: true, value: { reload: false } });
    const { health } = world.page.view().upgrades;
    expect(health === null ? [] : wrongIn(health)).toEqual([
      `printer: ${cause}`,
      'scanner: no answer in time',
      `always: ${cause}`,
      'thrower: Error: no driver',
    ]);
  });
});
