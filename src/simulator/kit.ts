import type { CarrierShelf } from '../ports/carrier.js';
import type { DeviceKeys } from '../ports/keys.js';
import type { Verifier } from '../ports/verifier.js';
import { type CarrierDisk, createFakeShelf } from './ports/sim-carrier.js';
import type { SimHost } from './ports/sim-code.js';
import { createFakeKeys, createFakeVerifier } from './ports/sim-keys.js';

/** fake: hashes for signatures, lists for documents; carrier: real documents; signed: real keys. */
export type Mode = 'fake' | 'carrier' | 'signed';

/** Which implementations of the costly ports a simulation runs on. */
export interface Kit {
  readonly mode: Mode;
  readonly keysOf: (name: string) => DeviceKeys;
  readonly verifier: Verifier;
  /** Makes the shelves of one device: they share what earlier lives closed. */
  readonly createShelves: () => ShelfMaker;
  /** A host of releases, and devices' stores of code that know it. */
  readonly createHost: () => SimHost;
}

/** A new life's shelf; `lose` forgets what was kept. */
export interface ShelfMaker {
  readonly open: () => CarrierShelf;
  readonly lose: () => void;
}

/** Everything as cheap as it can be; slots of code are as real as the app's. */
export const createFakeKit = (createHost: () => SimHost): Kit => ({
  createHost,
  mode: 'fake',
  keysOf: createFakeKeys,
  verifier: createFakeVerifier(),
  createShelves: () => {
    const disk: CarrierDisk = new Map();
    return { open: () => createFakeShelf(disk), lose: () => disk.clear() };
  },
});
