import type { NetworkFaults } from '../ports/sim-network.js';
import type { Fault, FaultScene } from './fault.js';

/** Holds one number of the network at a drawn value for the whole run. */
const steady =
  (key: 'loss' | 'duplication' | 'reordering' | 'damage', max: number): Fault =>
  ({ world, chance }) => {
    world.network.faults[key] = chance.next() * max;
    return {
      end: () => {
        world.network.faults[key] = 0;
      },
    };
  };

const switched =
  (key: 'isHalfOpen' | 'isRelayed', probability: number): Fault =>
  ({ world, chance }) => ({
    step: () => {
      world.network.faults[key] = chance.happens(probability);
    },
    end: () => {
      world.network.faults[key] = false;
    },
  });

const latency: Fault = ({ world, chance }) => {
  const faults: NetworkFaults = world.network.faults;
  const usual = faults.latencyMsMax;
  return {
    step: () => {
      if (chance.happens(0.05)) faults.latencyMsMax = chance.pick([usual, 500, 3_000, 20_000]);
    },
    end: () => {
      faults.latencyMsMax = usual;
    },
  };
};

const namesOf = ({ world }: FaultScene): readonly string[] => world.devices.map(({ name }) => name);

/** Cuts devices apart: in two halves, around one bridge, or one alone. */
const partition: Fault = (scene) => {
  const { world, chance } = scene;
  let isCut = false;
  return {
    step: () => {
      if (isCut && chance.happens(0.06)) {
        isCut = false;
        world.note('the partition heals');
        return world.network.heal();
      }
      if (isCut || !chance.happens(0.03)) return;
      isCut = true;
      const left = namesOf(scene).filter(() => chance.happens(0.5));
      const bridge = chance.happens(0.3) ? chance.pick(namesOf(scene)) : null;
      world.note(`a partition: ${left.join()} apart, bridge ${bridge}`);
      for (const from of namesOf(scene)) {
        for (const to of namesOf(scene)) {
          const isApart = left.includes(from) !== left.includes(to);
          if (isApart && from !== bridge && to !== bridge) world.network.cut(from, to);
        }
      }
    },
    end: () => world.network.heal(),
  };
};

/** From one device to another nothing passes, while the way back is open. */
const oneWay: Fault = (scene) => {
  const { world, chance } = scene;
  return {
    step: () => {
      if (chance.happens(0.02)) {
        world.network.cut(chance.pick(namesOf(scene)), chance.pick(namesOf(scene)));
      } else if (chance.happens(0.02)) world.network.heal();
    },
    end: () => world.network.heal(),
  };
};

export const NETWORK_FAULTS = {
  loss: steady('loss', 0.3),
  duplication: steady('duplication', 0.5),
  reordering: steady('reordering', 0.3),
  damage: steady('damage', 0.1),
  latency,
  partition,
  'one-way': oneWay,
  'half-open': switched('isHalfOpen', 0.5),
  relay: switched('isRelayed', 0.2),
} satisfies Readonly<Record<string, Fault>>;
