import { createMemoryCipher } from '../../src/adapters/memory/memory-cipher.js';
import { createMemoryCarrierShelf } from '../../src/adapters/memory/memory-carrier.js';
import { type ManualClock, createManualClock } from '../../src/adapters/memory/manual-clock.js';
import { createMemoryHomes } from '../../src/adapters/memory/memory-homes.js';
import { createMemoryIntroductions } from '../../src/adapters/memory/memory-introducer.js';
import {
  type MemoryDisk,
  type MemoryStore,
  createMemoryDisk,
  createMemoryStore,
} from '../../src/adapters/memory/memory-store.js';
import {
  type MemoryNetwork,
  createMemoryNetwork,
} from '../../src/adapters/memory/memory-transport.js';
import { createSeededRandomness } from '../../src/adapters/memory/seeded-randomness.js';
import { createPaperKeys } from '../../src/adapters/paper-keys.js';
import type { Bundles } from '../../src/ports/bundles.js';
import type { Keepsake } from '../../src/ports/keepsake.js';
import type { Clock } from '../../src/ports/clock.js';
import type { KeyVault } from '../../src/ports/keys.js';
import type { NewHomes } from '../../src/ports/new-homes.js';
import type { Transport } from '../../src/ports/transport.js';
import type { Replica } from '../../src/replica/commands.js';
import type { StorageInfo, Timing } from '../../src/replica/context.js';
import type { SnapshotPolicy } from '../../src/core/snapshots/policy.js';
import { createReplica } from '../../src/replica/replica.js';
import type { UpgradeOptions } from '../../src/replica/upgrades/upgrade-service.js';
import type { View } from '../../src/replica/view.js';
import type { Keeping } from './dying-device.js';
import { createRememberedVault, createRememberedVerifier } from './remembered-keys.js';

/** Devices of one household on one network and one clock, with stores that outlive them. */
export interface Household {
  readonly clock: ManualClock;
  readonly network: MemoryNetwork;
  /** Starts a device, or starts it again on what its store kept. */
  readonly start: (name: string) => Promise<Replica>;
  readonly stop: (name: string) => Promise<void>;
  /** Takes a device off the network as if its power went; nothing is closed. */
  readonly crash: (name: string) => void;
  /** The store that the device was started on last. */
  readonly store: (name: string) => MemoryStore;
  readonly disk: (name: string) => MemoryDisk;
  /** Lets time pass until the condition holds; throws after a minute of it. */
  readonly until: (what: string, condition: () => boolean) => Promise<void>;
  readonly pass: (ms: number) => Promise<void>;
}

/** What a household is made of besides fresh devices. */
export interface HouseholdOptions {
  /** So many facts are worth a checkpoint; as many as elsewhere where nothing is said. */
  readonly checkpointFacts?: number;
  /** Disks that devices left elsewhere; a device whose disk is given has its keys as well. */
  readonly disks?: ReadonlyMap<string, MemoryDisk>;
  /** Stands between a device and what it keeps things with. */
  readonly wrap?: (name: string, keeping: Keeping) => Keeping;
  /** Stands between a device and the time of all. */
  readonly time?: (name: string, clock: Clock) => Clock;
  /** Stands between a device and its network. */
  readonly wire?: (name: string, transport: Transport) => Transport;
  readonly timing?: Partial<Timing>;
  readonly snapshots?: Partial<SnapshotPolicy>;
  /** The code store of a device, and how its page loads itself anew; none where nothing is said. */
  readonly bundles?: (name: string, clock: ManualClock) => Bundles | undefined;
  readonly reload?: (name: string) => void;
  /** What else is said of a device's code. */
  readonly upgrades?: (name: string) => UpgradeOptions;
  /** What of other accounts on a device is otherwise than usual. */
  readonly homes?: (name: string) => Partial<NewHomes>;
  /** What closes a device whose host changed the loader; there is an alarm alone without it. */
  readonly lock?: (name: string) => void;
  /** What may outlive a device's store; nothing where nothing is said. */
  readonly keepsake?: (name: string) => Keepsake;
  /** What the browser of a device says of its store; nothing where nothing is said. */
  readonly storage?: (name: string) => Partial<StorageInfo>;
}

export const createHousehold = (options: HouseholdOptions = {}): Household => {
  const clock = createManualClock();
  const { bytes: randomBytes } = createSeededRandomness('channels');
  const network = createMemoryNetwork({ clock, randomBytes });
  const introductions = createMemoryIntroductions(network);
  const disks = new Map<string, MemoryDisk>(options.disks ?? []);
  const stores = new Map<string, MemoryStore>();
  const transports = new Map<string, Transport>();
  const replicas = new Map<string, Replica>();
  let starts = 0;

  const disk = (name: string): MemoryDisk => {
    const held = disks.get(name) ?? createMemoryDisk();
    disks.set(name, held);
    return held;
  };
  const vaults = new Map<string, ReturnType<typeof createRememberedVault>>();

  const vaultOf = (name: string): KeyVault => {
    const vault = vaults.get(name) ?? createRememberedVault(name);
    vaults.set(name, vault);
    return vault;
  };

  const homesOf = (name: string): NewHomes => ({
    ...createMemoryHomes(name, disks, vaultOf),
    ...options.homes?.(name),
  });

  const start = async (name: string): Promise<Replica> => {
    starts += 1;
    const vault = vaultOf(name);
    const isOwned = disk(name).rowsOf('profile').size > 0 && (await vault.load()) === null;
    if (isOwned) await vault.create();
    const store = createMemoryStore(disk(name));
    stores.set(name, store);
    const kept: Keeping = { store, vault, shelf: createMemoryCarrierShelf() };
    const keeping = options.wrap?.(name, kept) ?? kept;
    const plain = network.transport(name);
    const transport = options.wire?.(name, plain) ?? plain;
    transports.set(name, transport);
    const bundles = options.bundles?.(name, clock);
    const ports = {
      clock: options.time?.(name, clock) ?? clock,
      ...(bundles === undefined ? {} : { bundles }),
      randomness: createSeededRandomness(`${name}-${starts}`),
      ...keeping,
      paper: createPaperKeys(createSeededRandomness(`${name} on paper`), 10),
      verifier: createRememberedVerifier(),
      cipher: createMemoryCipher(),
      transport,
      introducer: introductions.introducer(name),
      homes: homesOf(name),
      ...(options.keepsake === undefined ? {} : { keepsake: options.keepsake(name) }),
      storage: {
        isPersisted: async () => null,
        persist: async () => false,
        estimate: async () => ({ used: null, quota: null }),
        ...options.storage?.(name),
      },
    };
    const replica = await createReplica(ports, {
      timing: options.timing ?? {},
      snapshots: options.snapshots ?? {},
      checkpointFacts: options.checkpointFacts,
      upgrades: {
        ...options.upgrades?.(name),
        reload: () => options.reload?.(name),
        ...(options.lock === undefined ? {} : { lock: () => options.lock?.(name) }),
      },
    });
    replicas.set(name, replica);
    return replica;
  };

  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.advance(50);
      await quiet();
    }
  };

  const until = async (what: string, condition: () => boolean): Promise<void> => {
    for (let step = 0; step < 1200 && !condition(); step += 1) await pass(50);
    if (!condition()) throw new Error(`it never came to: ${what}`);
  };

  return {
    clock,
    network,
    start,
    stop: async (name) => {
      const replica = replicas.get(name);
      replicas.delete(name);
      await replica?.close();
    },
    crash: (name) => {
      replicas.delete(name);
      transports.get(name)?.close();
    },
    store: (name) => {
      const store = stores.get(name);
      if (store === undefined) throw new Error(`${name} was never started`);
      return store;
    },
    disk,
    until,
    pass,
  };
};

/** Lets everything that waits for promises run; no time passes. */
const quiet = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done));
};

/** Pairs a newcomer with the admin; others in `voters` say yes to it. */
export const pair = async (
  household: Household,
  admin: Replica,
  newcomer: Replica,
  name: string,
  voters: readonly Replica[] = [],
): Promise<void> => {
  await admin.devices.invite();
  const inviting = admin.view().pairing;
  if (inviting.kind !== 'inviting') throw new Error('the admin shows a code');
  await newcomer.devices.join(inviting.uri, name);
  const isComparing = (view: View): boolean => view.pairing.kind === 'comparing';
  await household.until('both compare words', () =>
    [admin, newcomer].every((each) => isComparing(each.view())),
  );
  await newcomer.devices.confirmWords(true);
  await admin.devices.confirmWords(true);
  for (const voter of voters) {
    const open = () => voter.view().decisions.find((each) => each.needsMe);
    await household.until('a voter sees the decision', () => open() !== undefined);
    const decision = open();
    if (decision !== undefined) await voter.decisions.approve(decision.id, '');
  }
  await household.until(`${name} is a member`, () => newcomer.view().stage === 'member');
};
