import { compareBytes } from '../../core/base/hash.js';
import type { StoreError } from '../../ports/store.js';
import type { SimDevice } from '../device.js';
import type { SimDisk } from '../ports/sim-disk.js';
import { type Damage, damageOf } from './damage.js';
import type { Fault, FaultScene } from './fault.js';

/** The device dies at some commit, which is kept or lost with it. */
const crash: Fault = ({ chance }) => ({
  fateOf: (_device, call) =>
    call === 'commit' && chance.happens(0.012)
      ? { kind: 'dies', isKept: chance.happens(0.5) }
      : null,
});

/** The app is gone between two calls, with whatever it was about to say. */
const kill: Fault = ({ world, chance, honest }) => ({
  step: () => {
    if (chance.happens(0.02) && honest().length > 0) world.crash(chance.pick(honest()));
  },
});

/** The power goes: what no strict commit followed is gone too. */
const powerCut: Fault = (scene) => ({
  step: () => {
    const { world, chance, honest } = scene;
    if (!chance.happens(0.015) || honest().length === 0) return;
    const device = chance.pick(honest());
    world.note(`${device.name} loses power`);
    world.crash(device);
    harm(scene, device, (disk) => disk.cutPower(), 'relaxed');
  },
});

const fails =
  (probability: number, error: StoreError, ...calls: readonly string[]): Fault =>
  ({ chance }) => ({
    fateOf: (device, call) =>
      device.life?.replica !== null && calls.includes(call) && chance.happens(probability)
        ? { kind: 'fails', error }
        : null,
  });

/** No commit is taken for a while, as when the quota is used up. */
const quota: Fault = ({ chance, honest }) => {
  let full: SimDevice | null = null;
  return {
    step: () => {
      if (full !== null && chance.happens(0.1)) full = null;
      else if (full === null && chance.happens(0.02) && honest().length > 0)
        full = chance.pick(honest());
    },
    fateOf: (device, call) =>
      device === full && call === 'commit'
        ? { kind: 'fails', error: { kind: 'quota' } as StoreError }
        : null,
    end: () => {
      full = null;
    },
  };
};

const slow: Fault = ({ chance }) => ({
  fateOf: () => (chance.happens(0.2) ? { kind: 'good', delayMs: chance.between(1, 400) } : null),
});

/** The database vanishes under the open app, and with it everything that the device held. */
const evicted: Fault = (scene) => ({
  step: () => {
    const { chance, honest } = scene;
    if (chance.happens(0.004) && honest().length >= 4) evict(scene, chance.pick(honest()));
  },
});

/** Ends the app and empties what it holds of the account; its keys and its own word stay. */
export const evict = (scene: FaultScene, device: SimDevice): void => {
  const { world } = scene;
  world.note(`${device.name} is evicted, its keys stay`);
  world.crash(device);
  harm(scene, device, (disk) => {
    for (const table of ['facts', 'signatures', 'payloads', 'queue', 'activity'] as const) {
      const changes = [...disk.rowsOf(table).keys()].map(
        (key) => ({ kind: 'delete', table, key }) as const,
      );
      disk.apply(changes, 'strict');
    }
  });
};

/** A device gets back the disk of some time ago. */
const oldBackup: Fault = (scene) => {
  const { world, chance, honest } = scene;
  const backups = new Map<SimDevice, SimDisk>();
  return {
    step: () => {
      if (honest().length === 0) return;
      const device = chance.pick(honest());
      const backup = backups.get(device);
      if (backup === undefined && chance.happens(0.03) && device.disk.rowsOf('profile').size > 0) {
        backups.set(device, device.disk.copy());
      } else if (backup !== undefined && chance.happens(0.02)) {
        backups.delete(device);
        world.note(`${device.name} is restored from an old copy of its profile`);
        world.crash(device);
        harm(scene, device, (disk) => disk.become(backup), 'past');
      }
    },
  };
};

/** One bit of one row turns while the device is off. */
const bitFlip: Fault = (scene) => ({
  step: () => {
    const { world, chance, honest } = scene;
    if (!chance.happens(0.01) || honest().length === 0) return;
    const device = chance.pick(honest());
    const table = chance.pick(['facts', 'signatures', 'payloads'] as const);
    const rows = [...device.disk.rowsOf(table)];
    if (rows.length === 0) return;
    const [key, value] = chance.pick(rows);
    // A payload that no other disk holds unharmed is beyond what anyone can be asked to heal.
    const others = honest().filter((each) => each !== device);
    const isElsewhere = others.some((each) => isSame(each.disk.rowsOf(table).get(key), value));
    if (table === 'payloads' && !isElsewhere) return;
    world.note(`${device.name} has a bit turned in ${table}`);
    world.crash(device);
    const turned = value.slice();
    const at = chance.below(turned.length);
    turned[at] = (turned[at] ?? 0) ^ (1 << chance.below(8));
    harm(scene, device, (disk) =>
      disk.apply([{ kind: 'put', table, key, value: turned }], 'strict'),
    );
  },
});

const isSame = (held: Uint8Array | undefined, value: Uint8Array): boolean =>
  held !== undefined && compareBytes(held, value) === 0;

/** The cache of documents is gone; the facts are kept. */
const carrierLost: Fault = ({ world, chance, honest }) => ({
  step: () => {
    if (!chance.happens(0.02) || honest().length === 0) return;
    const device = chance.pick(honest());
    world.note(`${device.name} loses its carrier`);
    world.crash(device);
    device.shelves.lose();
  },
});

/** Does harm to a disk, and writes down what nobody can be asked for any more. */
const harm = (
  { world }: FaultScene,
  device: SimDevice,
  run: (disk: SimDisk) => void,
  kind: Damage = 'rows',
): void => {
  const excuse = damageOf(world, device, kind);
  run(device.disk);
  excuse();
};

export const STORE_FAULTS = {
  crash,
  kill,
  'power-cut': powerCut,
  'commit-fails': fails(0.02, { kind: 'failed', message: 'as planned' }, 'commit'),
  'read-fails': fails(0.02, { kind: 'failed', message: 'as planned' }, 'get'),
  quota,
  'store-lost': fails(0.001, { kind: 'lost' }, 'commit'),
  'slow-store': slow,
  evicted,
  'old-backup': oldBackup,
  'bit-flip': bitFlip,
  'carrier-lost': carrierLost,
} satisfies Readonly<Record<string, Fault>>;
