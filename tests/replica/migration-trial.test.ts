import { describe, expect, test } from 'vitest';
import type { FactId, Hash } from '../../src/core/base/brands.js';
import { brandHex } from '../../src/core/base/brands.js';
import { sha256Hex } from '../../src/core/base/hash.js';
import type { Manifest } from '../../src/core/upgrades/manifest.js';
import type {
  MigrationReport,
  StartMigration,
} from '../../src/adapters/bundles/migration-trying.js';
import { roundTrip } from '../../src/core/snapshots/migration-trial.js';
import { encodePayload, readPayload } from '../../src/core/snapshots/payload.js';
import type { Replica } from '../../src/replica/commands.js';
import { startScripted } from '../contract/scripted-migrations.js';
import { HOST, appRelease, mineAt, upgradeAt, upgrading } from './upgrading.js';
import { areEqual, idOf } from './with-liar.js';

const UTF8 = new TextEncoder();

/** Release n that brings a script; its whole text is how it behaves. */
const withScript = (n: number, manner: string): Partial<Manifest> => {
  const bytes = UTF8.encode(manner);
  const sha256 = brandHex<Hash>(sha256Hex(bytes));
  const files = [...appRelease(n).files, { path: 'migration.js', bytes: bytes.length, sha256 }];
  return { fold: 2, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
};

/** Gives back the same records without their titles, or without one record. */
const losing =
  (what: 'title' | 'record'): StartMigration =>
  () => {
    let say: (report: MigrationReport) => void = () => undefined;
    return {
      post: ({ payload }) => {
        const read = readPayload(payload);
        const made = roundTrip(payload);
        if (!read.ok || !made.ok) throw new Error('a state of this test');
        const items = [...read.value.state.items].slice(what === 'record' ? 1 : 0);
        const left = items.map(([key, item]) => {
          const fields = [...item.fields].filter(([name]) => what === 'record' || name !== what);
          return [key, { ...item, fields: new Map(fields) }] as const;
        });
        const back = encodePayload({ ...read.value.state, items: new Map(left) });
        queueMicrotask(() => {
          say({ kind: 'started' });
          say({ kind: 'done', ...made.value, back: new Uint8Array(back) });
        });
      },
      listen: (listener) => (say = listener),
      stop: () => undefined,
    };
  };

const start: StartMigration = (script) => {
  const manner = new TextDecoder().decode(script);
  if (manner === 'loses title') return losing('title')(script);
  if (manner === 'loses record') return losing('record')(script);
  return startScripted()(script);
};

const world = async () => {
  const made = await upgrading({ migrations: start });
  const publish = async (n: number, manner: string): Promise<FactId> => {
    const id = await made.publish(n, {}, withScript(n, manner));
    made.hosts.answer(`${HOST}migration.js`, UTF8.encode(manner));
    const [file] = withScript(n, manner).files?.filter(({ path }) => path === 'migration.js') ?? [];
    made.hosts.answer(`${HOST}files/${file?.sha256 ?? ''}`, UTF8.encode(manner));
    return id;
  };
  const saidOf = (by: Replica, at: Replica, id: FactId) =>
    upgradeAt(at, id)?.readiness.find(({ device }) => device === idOf(by));
  return { ...made, publish, publishPlain: made.publish, saidOf };
};

describe('a candidate that is tried on a copy of the records', () => {
  test('[U12] what it showed stands beside the word that the device is ready, on all devices', async () => {
    const { home, alice, bob, carol, publish, fetchOn, saidOf } = await world();
    const v2 = await publish(2, 'sound');
    await fetchOn(bob, v2);
    expect(mineAt(bob, v2)).toBe('verified');
    await home.until('all hear it', () =>
      [alice, carol].every((each) => saidOf(bob, each, v2)?.trial !== null),
    );
    const said = saidOf(bob, alice, v2);
    expect(said).toMatchObject({ verdict: 'ready', reason: null });
    expect(said?.trial).toMatchObject({ outcome: 'fits', from: 1, to: 2, lossy: [] });
    expect(said?.trial?.bytes).toBeGreaterThan(100);
    await home.until('in step', () => areEqual(alice, bob, carol));
    // A later word of that device takes what it showed with it.
    expect((await bob.upgrades.decline(v2, 'not yet')).ok).toBe(true);
    await home.until('that is heard', () => saidOf(bob, alice, v2)?.verdict === 'rejected');
    expect(saidOf(bob, alice, v2)?.trial).toBeNull();
  });

  test.each(['hangs', 'breaks', 'refuses', 'loses record'])(
    '[U3, U12] one that %s is refused with that reason, and cannot be switched to',
    async (manner) => {
      const { home, alice, bob, publish, fetchOn, saidOf } = await world();
      const v2 = await publish(2, manner);
      await fetchOn(bob, v2);
      await home.until('alice hears it', () => saidOf(bob, alice, v2)?.verdict === 'rejected');
      const outcomes = { refuses: 'unreadable', 'loses record': 'breaks' };
      const outcome = outcomes[manner as keyof typeof outcomes] ?? manner;
      expect(saidOf(bob, alice, v2)).toMatchObject({
        ...{ reason: 'failed-migration', trial: { outcome } },
      });
      expect(mineAt(bob, v2)).toBe('refused');
      expect(upgradeAt(bob, v2)?.activateBlocker).toEqual({ kind: 'not-verified' });
    },
  );

  test('[U12] one that loses a field says which, and no device switches to it by itself', async () => {
    const { home, alice, bob, carol, publish, fetchOn, saidOf, reloaded } = await world();
    const v2 = await publish(2, 'loses title');
    expect((await carol.upgrades.setPolicies({ activate: 'auto' })).ok).toBe(true);
    await fetchOn(bob, v2);
    await home.until('carol has it too', () => mineAt(carol, v2) === 'verified');
    await home.until('it is in force', () => upgradeAt(alice, v2)?.stage === 'active');
    expect(saidOf(carol, alice, v2)?.trial).toMatchObject({ outcome: 'fits', lossy: ['title'] });
    await home.pass(5_000);
    expect(reloaded).toEqual([]);
    expect(upgradeAt(carol, v2)?.canActivate).toBe(true);
  });

  test('[U12] one that brings no script is ready, and said to be untried', async () => {
    const { home, alice, bob, fetchOn, saidOf, publishPlain } = await world();
    const v2 = await publishPlain(2);
    await fetchOn(bob, v2);
    await home.until('alice hears', () => saidOf(bob, alice, v2)?.verdict === 'ready');
    expect(saidOf(bob, alice, v2)?.trial?.outcome).toBe('untried');
  });
});
