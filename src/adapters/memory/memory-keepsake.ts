import type { Keepsake, Remembered } from '../../ports/keepsake.js';

/** A note in memory, for tests and for Node. */
export const createMemoryKeepsake = (): Keepsake => {
  let held: Remembered | null = null;
  return {
    read: () => held,
    write: (note) => {
      held = { ...note };
    },
    forget: () => {
      held = null;
    },
  };
};
