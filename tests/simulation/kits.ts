import { createMemoryCarrierShelf } from '../../src/adapters/memory/memory-carrier.js';
import { createMemoryKeys } from '../../src/adapters/memory/memory-keys.js';
import { createNobleVerifier } from '../../src/adapters/noble-verifier.js';
import type { BaseId } from '../../src/core/base/brands.js';
import { createFakeKit, type Kit, type Mode } from '../../src/simulator/kit.js';

/** The kit of a mode: each puts more of what the app runs on in the place of its twin. */
export const kitOf = (mode: Mode): Kit => {
  const fake = createFakeKit();
  if (mode === 'fake') return fake;
  const carrier: Kit = {
    ...fake,
    mode,
    createShelves: () => {
      const disk = new Map<BaseId, Uint8Array>();
      return { open: () => createMemoryCarrierShelf(disk), lose: () => disk.clear() };
    },
  };
  if (mode === 'carrier') return carrier;
  return { ...carrier, keysOf: createMemoryKeys, verifier: createNobleVerifier() };
};
