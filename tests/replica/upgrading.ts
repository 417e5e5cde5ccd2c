import type { StartMigration } from '../../src/adapters/bundles/migration-trying.js';
import {
  type MemoryBundles,
  type MemoryCodeDisk,
  type MemoryHosts,
  createMemoryBundles,
  createMemoryCodeDisk,
  createMemoryHosts,
} from '../../src/adapters/memory/memory-bundles.js';
import type { FactId, Hash } from '../../src/core/base/brands.js';
import { type Manifest, contentRootOf } from '../../src/core/upgrades/manifest.js';
import type { Replica, UpgradeDraft } from '../../src/replica/commands.js';
import type { UpgradeView } from '../../src/replica/view.js';
import { releaseBytes, releaseOf } from '../contract/bundles-contract.js';
import type { HouseholdOptions } from './household.js';
import { type ThreeMembers, threeMembers } from './three-members.js';

const WEEK_MS = 7 * 86_400_000;

export const HOST = 'https://host.example/';

/** Release n of this very app; the first is what every device came with. */
export const appRelease = (n: number, changes: Partial<Manifest> = {}): Manifest =>
  releaseOf(n, { package: 'upkeep', version: `0.${n}.0`, ...changes });

export const contentOf = (n: number): Hash => contentRootOf(appRelease(n));

/** Three members that each run release 1 over a loader, and one host. */
export interface Upgrading extends ThreeMembers {
  readonly hosts: MemoryHosts;
  readonly bundles: (name: string) => MemoryBundles;
  /** What a device keeps of code. */
  readonly disk: (name: string) => MemoryCodeDisk;
  /** Devices that loaded their page anew by themselves. */
  readonly reloaded: string[];
  /** Puts release n on the host, and gives its manifest. */
  readonly host: (n: number, changes?: Partial<Manifest>) => Uint8Array;
  /** Alice publishes release n; resolves when all three know of it. */
  readonly publish: (
    n: number,
    draft?: Partial<UpgradeDraft>,
    changes?: Partial<Manifest>,
  ) => Promise<FactId>;
  /** The same, where only these are there to hear of it. */
  readonly publishTo: (
    those: readonly Replica[],
    n: number,
    draft?: Partial<UpgradeDraft>,
    changes?: Partial<Manifest>,
  ) => Promise<FactId>;
  readonly fetchOn: (replica: Replica, upgrade: FactId) => Promise<void>;
  /** Switches, loads the page anew, and finds it healthy. */
  readonly switchOn: (name: string, replica: Replica, upgrade: FactId) => Promise<void>;
}

export const upgrading = async (
  options: HouseholdOptions & { readonly migrations?: StartMigration } = {},
): Promise<Upgrading> => {
  const hosts = createMemoryHosts();
  const disks = new Map<string, MemoryCodeDisk>();
  const stores = new Map<string, MemoryBundles>();
  const reloaded: string[] = [];
  const diskOf = (name: string): MemoryCodeDisk => {
    const disk = disks.get(name) ?? createMemoryCodeDisk();
    disks.set(name, disk);
    return disk;
  };
  const three = await threeMembers({
    ...options,
    bundles: (name, clock) => {
      const given = options.bundles?.(name, clock);
      if (given !== undefined) return given;
      const disk = diskOf(name);
      const wallMs = (): number => clock.wallMs();
      const firstBytes = releaseBytes(1);
      const migrations = { start: options.migrations ?? (() => null), clock };
      const store = createMemoryBundles({
        ...{ hosts, wallMs, first: appRelease(1), firstBytes, disk, home: HOST, migrations },
      });
      stores.set(name, store);
      return store;
    },
    reload: (name) => {
      reloaded.push(name);
      stores.get(name)?.load();
    },
  });
  const { home, alice, bob, carol } = three;
  const all = [alice, bob, carol];
  const bundles = (name: string): MemoryBundles => {
    const store = stores.get(name);
    if (store === undefined) throw new Error(`${name} was never started`);
    return store;
  };
  const host: Upgrading['host'] = (n, changes) =>
    hosts.publish(HOST, appRelease(n, changes), releaseBytes(n));
  await home.until('all say what they run', () =>
    all.every((each) =>
      each.view().upgrades.devices.every(({ content }) => content === contentOf(1)),
    ),
  );
  const publishTo: Upgrading['publishTo'] = async (those, n, draft = {}, changes = {}) => {
    const manifest = host(n, changes);
    const done = await alice.upgrades.publish({
      ...{ manifest, urls: [HOST], fork: 'soft', notes: `Release ${n}` },
      expiresMs: home.clock.wallMs() + WEEK_MS,
      ...draft,
    });
    if (!done.ok) throw new Error(JSON.stringify(done.error));
    await home.until('they know of it', () =>
      those.every((each) => upgradeAt(each, done.value) !== undefined),
    );
    return done.value;
  };
  return {
    ...{ ...three, hosts, bundles, disk: diskOf, reloaded, host, publishTo },
    publish: (...said) => publishTo(all, ...said),
    fetchOn: async (replica, upgrade) => {
      const done = await replica.upgrades.fetch(upgrade);
      if (!done.ok) throw new Error(JSON.stringify(done.error));
      await home.until('it is fetched', () => mineAt(replica, upgrade) !== 'fetching');
    },
    switchOn: async (name, replica, upgrade) => {
      const done = await replica.upgrades.activate(upgrade);
      if (!done.ok) throw new Error(JSON.stringify(done.error));
      const running = bundles(name).load();
      if (running?.trial == null) throw new Error('it is on trial');
      const healthy = await replica.upgrades.confirmHealthy(running.trial);
      if (!healthy.ok) throw new Error(JSON.stringify(healthy.error));
    },
  };
};

export const upgradeAt = (replica: Replica, upgrade: FactId): UpgradeView | undefined => {
  const { pending, past } = replica.view().upgrades;
  return [...pending, ...past].find(({ id }) => id === upgrade);
};

export const stageAt = (replica: Replica, upgrade: FactId): string | undefined =>
  upgradeAt(replica, upgrade)?.stage;

export const mineAt = (replica: Replica, upgrade: FactId): string | undefined =>
  upgradeAt(replica, upgrade)?.mine.kind;
