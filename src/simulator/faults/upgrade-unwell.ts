import type { Hash } from '../../core/base/brands.js';
import { KEYS, fieldsIn, putRow, readRow } from '../../replica/storage/rows.js';
import type { Ailment } from '../ailments.js';
import { type Life, type SimDevice, ailmentOn, replicaOf } from '../device.js';
import type { StoreFate } from '../ports/sim-store.js';
import type { FaultScene } from './fault.js';

/** Versions that start, and then do not suit a device. */
export interface Unwell {
  /** A release comes; it may not suit some devices. */
  readonly released: (content: Hash) => void;
  /** True where something fails under a version on trial: its page is looking at itself by now. */
  readonly look: (device: SimDevice) => boolean;
  /** What becomes of a write under such a version. */
  readonly fateOf: (device: SimDevice, call: 'commit' | 'read' | 'get') => StoreFate | null;
  /** So long looks take that were begun. */
  readonly last: () => Promise<void>;
  readonly end: () => void;
}

const AILMENTS: readonly Ailment[] = ['writes', 'verifies', 'digests', 'digests'];
/** A check that fails is tried again for five minutes. */
const LOOK_MS = 330_000;

const FAILS: StoreFate = { kind: 'fails', error: { kind: 'failed', message: 'it cannot write' } };

const NONE: Unwell = {
  released: () => undefined,
  look: () => false,
  fateOf: () => null,
  last: async () => undefined,
  end: () => undefined,
};

/**
 * In half of the runs versions come up and are then not well on some devices (rules H1, H2):
 * they write nothing, find no signature good, or make another digest of the same journal. On some
 * devices no room was left all along, which no version is to blame for.
 */
export const armUnwell = (scene: FaultScene): Unwell => {
  const { world, persons } = scene;
  const chance = scene.chance.fork('unwell');
  if (!chance.happens(0.5)) return NONE;
  const looking = new WeakSet<Life>();
  const known = new Set<Hash>();
  for (const device of world.devices) {
    device.ailments.isFull = chance.happens(0.25);
    if (device.ailments.isFull) world.note(`${device.name} has no room left`);
  }
  world.onSwitch = (device) => {
    if (ailmentOn(device) === 'digests') digestOtherwise(device);
  };

  const look = (device: SimDevice): boolean => {
    const { life } = device;
    const replica = replicaOf(device);
    const fails = ailmentOn(device) ?? (device.ailments.isFull ? 'room' : null);
    if (life === null || replica === null || fails === null || !isOnTrial(device)) return false;
    if (looking.has(life)) return true;
    looking.add(life);
    const proving = replica.upgrades.prove();
    persons.issue(device, `looks at itself, where ${fails} fails`, proving);
    void proving.then((proved) => {
      if (device.life !== life) return;
      world.looked(device);
      if (proved.ok && proved.value.reload) world.reload(device);
    });
    return true;
  };

  return {
    released: (content) => {
      // What came before, under another number, stays what it is.
      if (known.has(content)) return;
      known.add(content);
      if (!chance.happens(0.5)) return;
      const ailment = chance.pick(AILMENTS);
      for (const { name, ailments } of world.devices) {
        if (!chance.happens(0.4)) continue;
        ailments.byContent.set(content, ailment);
        world.note(`${content.slice(0, 8)} fails on ${name}: ${ailment}`);
      }
    },
    look,
    fateOf: (device, call) => (call === 'commit' && ailmentOn(device) === 'writes' ? FAILS : null),
    last: async () => {
      if (scene.honest().filter(look).length > 0) await world.queue.pass(LOOK_MS);
    },
    end: () => {
      world.onSwitch = null;
      for (const { ailments } of world.devices) {
        ailments.isFull = false;
        ailments.byContent.clear();
      }
    },
  };
};

const isOnTrial = ({ code }: SimDevice): boolean => (code?.slots().trial ?? null) !== null;

/** All that the version before left to compare with becomes another digest. */
const digestOtherwise = ({ disk }: SimDevice): void => {
  const row = disk.rowsOf('own').get(KEYS.healthBefore);
  const held = fieldsIn(row === undefined ? null : readRow(row));
  const mark = fieldsIn(held['mark'] ?? null);
  if (typeof mark['digest'] !== 'string') return;
  const other = { ...held, mark: { ...mark, digest: `other ${mark['digest']}`.slice(0, 64) } };
  disk.apply([putRow('own', KEYS.healthBefore, other)], 'strict');
};
