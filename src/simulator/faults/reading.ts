import type { Holdings } from '../../replica/journal/holdings.js';
import { openStore } from '../../replica/storage/opening.js';
import type { SimDevice } from '../device.js';
import { createSimStore } from '../ports/sim-store.js';
import type { World } from '../world.js';

/** What a device holds, read off its disk while it runs; null where there is no account on it. */
export const holdingsOn = async (world: World, device: SimDevice): Promise<Holdings | null> => {
  const store = createSimStore(device.disk, {
    queue: world.queue,
    isAlive: () => true,
    fateOf: () => ({ kind: 'good', delayMs: 0 }),
    committing: () => undefined,
    die: () => undefined,
  });
  const opened = await openStore(store, device.keys.signer.device);
  return opened.ok ? opened.value.holdings : null;
};
