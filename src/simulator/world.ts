import type { DeviceId } from '../core/base/brands.js';
import { DEFAULT_TIMING, type Timing } from '../replica/context.js';
import type { Change } from '../ports/store.js';
import type { Checker, CreateChecker, Scene } from './checkers/checker.js';
import { type Chance, createChance } from './chance.js';
import {
  type DeviceHost,
  type SimDevice,
  createDevice,
  crashDevice,
  reloadDevice,
  startDevice,
  stopDevice,
} from './device.js';
import { type EventQueue, createEventQueue } from './event-queue.js';
import type { Kit } from './kit.js';
import { type Ledger, createLedger } from './ledger.js';
import type { SimDisk } from './ports/sim-disk.js';
import { type SimNetwork, createSimNetwork } from './ports/sim-network.js';
import type { StoreFate } from './ports/sim-store.js';
import { type Trace, createTrace } from './trace.js';

/** A promise that was broken: which, how, and when. */
export interface Failure {
  readonly promise: string;
  readonly what: string;
  readonly step: number;
}

/** All of one simulation: devices, network, time, and those who watch. */
export interface World {
  readonly queue: EventQueue;
  readonly chance: Chance;
  readonly trace: Trace;
  readonly network: SimNetwork;
  readonly devices: readonly SimDevice[];
  readonly ledger: Ledger;
  readonly failures: readonly Failure[];
  readonly checkers: readonly Checker[];
  readonly kit: Kit;
  /** What the stores do; a fault may put another one here. */
  fateOf: (device: SimDevice, call: 'commit' | 'read' | 'get') => StoreFate;
  /** Somebody publishes a release that does all that the account asks for; null: none ever came. */
  offerAnew: (() => void) | null;
  /** Is told of each bundle that was put on trial; null: nothing follows from it. */
  onSwitch: ((device: SimDevice) => void) | null;
  step: number;
  readonly note: (what: string) => void;
  readonly fail: (promise: string, what: string) => void;
  readonly start: (device: SimDevice) => void;
  readonly stop: (device: SimDevice) => void;
  readonly crash: (device: SimDevice) => void;
  /** Ends the page of a device and opens it again at once. */
  readonly reload: (device: SimDevice) => void;
  /** A device has judged the bundle on trial whose page it is, and done what follows. */
  readonly looked: (device: SimDevice) => void;
  readonly deviceOf: (id: DeviceId) => SimDevice | null;
}

export interface WorldOptions {
  readonly kit: Kit;
  readonly seed: string;
  readonly names: readonly string[];
  /** Disks that devices begin with. */
  readonly disks?: ReadonlyMap<string, SimDisk>;
  readonly timing?: Partial<Timing>;
  readonly checkers?: readonly CreateChecker[];
  readonly traceLinesMax?: number;
}

export const GOOD_STORE: StoreFate = { kind: 'good', delayMs: 0 };

export const createWorld = (options: WorldOptions): World => {
  const { kit } = options;
  const chance = createChance(options.seed);
  const queue = createEventQueue();
  const trace = createTrace(options.traceLinesMax ?? 0);
  const network = createSimNetwork(queue, chance.fork('network'), trace);
  const failures: Failure[] = [];
  const checkers: Checker[] = [];
  const devices = options.names.map((name) =>
    createDevice(kit, name, options.disks?.get(name)?.copy()),
  );
  const deviceById = new Map(devices.map((device) => [device.keys.signer.device, device]));
  const note = (what: string): void => trace.note(queue.nowMs(), what);
  const fail = (promise: string, what: string): void => {
    note(`BROKEN ${promise}: ${what}`);
    failures.push({ promise, what, step: world.step });
  };
  const ledger = createLedger((entry, variants) => {
    for (const checker of checkers) checker.wrote?.(entry, variants);
  });
  const host: DeviceHost = {
    ...{ queue, kit, network, chance: chance.fork('devices') },
    timing: options.timing ?? {},
    fateOf: (device, call) => world.fateOf(device, call),
    committing: (device, changes, durability, askedMs) => {
      note(`${device.name} commits ${durability}: ${changes.map(nameOf).join(' ')}`);
      const before = ledger.all().length;
      const entries = ledger.take(changes);
      if (device.isLiar) return;
      const fresh = entries.filter(({ place }) => place >= before);
      const commit = { device, changes, durability, askedMs, entries, fresh };
      for (const checker of checkers) checker.commit?.(commit);
    },
    started: (device) => {
      if (!device.isLiar) for (const checker of checkers) checker.started?.(device);
    },
    switched: (device) => {
      note(`${device.name} puts a bundle on trial`);
      world.onSwitch?.(device);
      if (!device.isLiar) for (const checker of checkers) checker.switched?.(device);
    },
    threw: (device, thrown) => {
      const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      fail('X1 nothing throws', `${device.name}: ${reason}`);
    },
  };
  const deviceOf = (id: DeviceId): SimDevice | null => deviceById.get(id) ?? null;
  const world: World = {
    ...{ queue, chance, trace, network, devices, ledger, failures, checkers, kit },
    ...{ note, fail, deviceOf },
    fateOf: () => GOOD_STORE,
    ...{ offerAnew: null, onSwitch: null },
    step: 0,
    start: (device) => {
      note(`${device.name} starts`);
      startDevice(host, device);
    },
    stop: (device) => {
      note(`${device.name} closes`);
      stopDevice(host, device);
    },
    crash: (device) => {
      note(`${device.name} crashes`);
      crashDevice(host, device);
    },
    reload: (device) => {
      note(`${device.name} loads its page anew`);
      if (device.life !== null) reloadDevice(host, device, device.life);
    },
    looked: (device) => {
      if (!device.isLiar) for (const checker of checkers) checker.looked?.(device);
    },
  };
  const scene: Scene = {
    ...{ nowMs: queue.nowMs, devices, ledger, deviceOf, fail },
    verifier: kit.verifier,
    timing: { ...DEFAULT_TIMING, ...options.timing },
  };
  for (const create of options.checkers ?? []) checkers.push(create(scene));
  // What the devices bring along was written before this simulation began.
  for (const device of devices) {
    const rows = [...device.disk.rowsOf('facts')];
    ledger.take(rows.map(([key, value]) => ({ kind: 'put', table: 'facts', key, value }) as const));
  }
  return world;
};

const nameOf = (change: Change): string =>
  `${change.kind}/${change.table}/${'key' in change ? change.key.slice(0, 20) : ''}`;
