import type { ArmedFault, Fault } from './fault.js';
import { caches } from './caches.js';
import { files } from './files.js';
import { LIAR_FAULTS } from './liar-faults.js';
import { membership, vetoes } from './membership.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { restless } from './restless.js';
import { rush } from './rush.js';
import { STORE_FAULTS } from './store-faults.js';
import { TIME_FAULTS } from './time-faults.js';
import { upgrade } from './upgrade.js';

/** Every fault that a run can have, by its name. */
export const FAULTS = {
  ...NETWORK_FAULTS,
  ...STORE_FAULTS,
  ...TIME_FAULTS,
  ...LIAR_FAULTS,
  caches,
  files,
  membership,
  restless,
  rush,
  upgrade,
  vetoes,
  // Makes the past of the account another one; nothing is left to do in its run.
  'low-threshold': (): ArmedFault => ({}),
} satisfies Readonly<Record<string, Fault>>;

export type FaultName =
  | keyof typeof NETWORK_FAULTS
  | keyof typeof STORE_FAULTS
  | keyof typeof TIME_FAULTS
  | keyof typeof LIAR_FAULTS
  | 'caches'
  | 'files'
  | 'membership'
  | 'restless'
  | 'rush'
  | 'upgrade'
  | 'vetoes'
  | 'low-threshold';

export const FAULT_NAMES = Object.keys(FAULTS).sort() as readonly FaultName[];

export const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);
