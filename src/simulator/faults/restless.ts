import type { SimDevice } from '../device.js';
import type { Fault } from './fault.js';

/** The app ends and starts again soon after its person said yes to something. */
export const restless: Fault = ({ world, chance, honest }) => {
  const counted = new Map<SimDevice, number>();
  let due: readonly SimDevice[] = [];
  return {
    step: () => {
      for (const device of due) {
        if (device.life === null) continue;
        world.crash(device);
        world.start(device);
      }
      // Who says yes in this step has stored it by the next.
      due = honest().filter((device) => {
        const { size } = device.person.yeses;
        const isNew = size > (counted.get(device) ?? 0);
        counted.set(device, size);
        return isNew && chance.happens(0.6);
      });
    },
  };
};
