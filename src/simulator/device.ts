import type { StatementHash } from '../core/base/brands.js';
import { activeOf } from '../core/upgrades/slots.js';
import type { DeviceKeys, KeyVault } from '../ports/keys.js';
import type { Change, Durability } from '../ports/store.js';
import type { Verifier } from '../ports/verifier.js';
import type { Replica } from '../replica/commands.js';
import type { Timing } from '../replica/context.js';
import { createReplica } from '../replica/replica.js';
// What the app fetches once it is needed lies here already: virtual time waits for no file.
import '../replica/membership/account-service.js';
import '../replica/membership/merge-draft.js';
import '../replica/membership/roster-draft.js';
import '../replica/blobs/blob-copies.js';
import '../replica/blobs/key-trial.js';
import '../replica/health/looks.js';
import '../replica/pairing/pairing-sides.js';
import '../replica/recovery/recovery-commands.js';
import '../replica/cache/shared-values.js';
import '../replica/upgrades/code-giving.js';
import '../replica/upgrades/rule-setting.js';
import '../replica/upgrades/upgrade-following.js';
import '../replica/upgrades/upgrade-publishing.js';
import '../replica/upgrades/upgrade-staging.js';
import { type Ailment, type Ailments, noAilments } from './ailments.js';
import type { Chance } from './chance.js';
import type { EventQueue } from './event-queue.js';
import type { Kit, ShelfMaker } from './kit.js';
import { createSimCipher } from './ports/sim-cipher.js';
import { createSimClock } from './ports/sim-clock.js';
import type { SimBundles, SimCodeDisk } from './ports/sim-code.js';
import { type SimDisk, createSimDisk } from './ports/sim-disk.js';
import type { SimNetwork } from './ports/sim-network.js';
import { createSimPaper } from './ports/sim-paper.js';
import { type StoreFate, createSimStore } from './ports/sim-store.js';

/** One run of the app on a device, from its start to its end or crash. */
export interface Life {
  readonly number: number;
  readonly bornMs: number;
  isAlive: boolean;
  isClosing: boolean;
  /** Null until it has opened its store. */
  replica: Replica | null;
  /** Null where the device's code never changes. */
  bundles: SimBundles | null;
}

/** What the person in front of a device did, which no store tells. */
export interface Person {
  /** Every statement that the person ever said yes to, whatever came of it. */
  readonly yeses: Set<StatementHash>;
  /** How often the person asked for a snapshot. */
  proposals: number;
  /** When the fence was let go last, by the simulation's time; -1 for never. */
  releasedMs: number;
  written: number;
}

/** One device of a simulation: what outlives its lives, and the present one. */
export interface SimDevice {
  readonly name: string;
  keys: DeviceKeys;
  hasKeys: boolean;
  readonly disk: SimDisk;
  readonly shelves: ShelfMaker;
  readonly person: Person;
  /** Null: its code comes from nowhere and never changes. */
  code: SimCodeDisk | null;
  /** What is wrong with it, and with code on it. */
  readonly ailments: Ailments;
  life: Life | null;
  lives: number;
  skewMs: number;
  /** Keeps to no rule any more; its own acts bind nobody's checks. */
  isLiar: boolean;
  /** Its disk lost something: promises that rest on it are void. */
  isDamaged: boolean;
  /** It was put back to its own past, so it may say otherwise what it said before. */
  mayRepeat: boolean;
}

/** What devices of one simulation share. */
export interface DeviceHost {
  readonly queue: EventQueue;
  readonly kit: Kit;
  readonly network: SimNetwork;
  readonly chance: Chance;
  readonly timing: Partial<Timing>;
  readonly fateOf: (device: SimDevice, call: 'commit' | 'read' | 'get') => StoreFate;
  readonly committing: (
    device: SimDevice,
    changes: readonly Change[],
    durability: Durability,
    askedMs: number,
  ) => void;
  /** A life began: its page is there, and its replica is about to open. */
  readonly started: (device: SimDevice) => void;
  /** A bundle was put on trial. */
  readonly switched: (device: SimDevice) => void;
  readonly threw: (device: SimDevice, thrown: unknown) => void;
}

export const createDevice = (kit: Kit, name: string, disk = createSimDisk()): SimDevice => ({
  name,
  keys: kit.keysOf(name),
  hasKeys: disk.rowsOf('profile').size > 0,
  disk,
  shelves: kit.createShelves(),
  person: { yeses: new Set(), proposals: 0, releasedMs: -1, written: 0 },
  code: null,
  ailments: noAilments(),
  life: null,
  lives: 0,
  skewMs: 0,
  isLiar: false,
  isDamaged: false,
  mayRepeat: false,
});

/** The replica of a device that has opened; null while it is off, opening or closing. */
export const replicaOf = ({ life }: SimDevice): Replica | null =>
  life === null || life.isClosing ? null : life.replica;

/** What the version that is active on a device does to it; null: it suits the device. */
export const ailmentOn = ({ code, ailments }: SimDevice): Ailment | null => {
  if (ailments.byContent.size === 0) return null;
  const slot = code === null ? null : activeOf(code.slots());
  return (slot && ailments.byContent.get(slot.content)) ?? null;
};

/** Starts the production replica on what the device's disk holds. Nothing while it runs. */
export const startDevice = (host: DeviceHost, device: SimDevice): void => {
  if (device.life !== null) return;
  device.lives += 1;
  const life: Life = {
    number: device.lives,
    bornMs: host.queue.nowMs(),
    isAlive: true,
    isClosing: false,
    replica: null,
    bundles: null,
  };
  device.life = life;
  const isAlive = (): boolean => life.isAlive;
  const chance = host.chance.fork(`${device.name}/${life.number}`);
  const store = createSimStore(device.disk, {
    queue: host.queue,
    isAlive,
    fateOf: (call) => host.fateOf(device, call),
    committing: (changes, durability, askedMs) =>
      host.committing(device, changes, durability, askedMs),
    die: () => crashDevice(host, device),
  });
  const clock = createSimClock(host.queue, () => device.skewMs, isAlive);
  life.bundles = openCode(host, device, life, clock.wallMs, chance);
  host.started(device);
  createReplica(
    {
      clock,
      randomness: { bytes: chance.bytes },
      store,
      vault: vaultOf(device),
      paper: createSimPaper(host.kit.keysOf),
      verifier: verifierOn(host, device),
      cipher: createSimCipher(),
      shelf: device.shelves.open(),
      transport: host.network.transport(device.name, isAlive),
      storage: {
        isPersisted: async () => null,
        persist: async () => false,
        estimate: async () => roomOn(device),
      },
      ...(life.bundles === null ? {} : { bundles: life.bundles }),
    },
    { timing: host.timing, upgrades: { reload: () => reloadDevice(host, device, life) } },
  ).then(
    (replica) => {
      life.replica = replica;
    },
    (thrown: unknown) => host.threw(device, thrown),
  );
};

/** Loads the page anew, in a moment, unless it is gone by then. */
export const reloadDevice = (host: DeviceHost, device: SimDevice, life: Life): void => {
  host.queue.after(1, () => {
    if (device.life !== life) return;
    crashDevice(host, device);
    startDevice(host, device);
  });
};

/** A host takes so long for one answer at most, ms. */
const HOST_MS_MAX = 4_000;

const openCode = (
  host: DeviceHost,
  device: SimDevice,
  life: Life,
  wallMs: () => number,
  lifeChance: Chance,
): SimBundles | null => {
  if (device.code === null) return null;
  const chance = lifeChance.fork('code');
  const wait = (): Promise<void> =>
    new Promise((done) => {
      // What a page that is gone had asked for reaches nobody.
      host.queue.after(chance.below(HOST_MS_MAX), () => {
        if (life.isAlive) done();
      });
    });
  const bundles = device.code.open({ wallMs, wait });
  return {
    ...bundles,
    tryStaged: async () => {
      const tried = await bundles.tryStaged();
      if (tried.ok) host.switched(device);
      return tried;
    },
  };
};

/** Ends a life as the closing of the app does. */
export const stopDevice = (host: DeviceHost, device: SimDevice): void => {
  const { life } = device;
  if (life === null || life.replica === null || life.isClosing) return;
  life.isClosing = true;
  life.replica.close().then(
    () => {
      life.isAlive = false;
      if (device.life === life) device.life = null;
    },
    (thrown: unknown) => host.threw(device, thrown),
  );
};

/** Ends a life as a dead battery does: nothing is said, nothing more is written. */
export const crashDevice = (host: DeviceHost, device: SimDevice): void => {
  const { life } = device;
  if (life === null) return;
  life.isAlive = false;
  device.life = null;
  host.network.vanish(device.name);
};

const verifierOn = ({ kit: { verifier } }: DeviceHost, device: SimDevice): Verifier => ({
  verify: async (checks) =>
    ailmentOn(device) === 'verifies' ? checks.map(() => false) : verifier.verify(checks),
});

const FULL = { used: 1_000_000, quota: 1_000_000 } as const;
const roomOn = ({ ailments }: SimDevice) => (ailments.isFull ? FULL : { used: null, quota: null });

const vaultOf = (device: SimDevice): KeyVault => ({
  load: async () => (device.hasKeys ? device.keys : null),
  create: async () => {
    device.hasKeys = true;
    return device.keys;
  },
  erase: async () => {
    device.hasKeys = false;
  },
});
