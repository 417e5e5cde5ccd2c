import type { Chance } from '../chance.js';
import type { SimDevice } from '../device.js';
import type { Persons } from '../persons.js';
import type { StoreFate } from '../ports/sim-store.js';
import type { World } from '../world.js';
import type { FaultName } from './catalogue.js';

/** What a fault has to work on. */
export interface FaultScene {
  readonly world: World;
  readonly persons: Persons;
  /** Which faults exist in this run. */
  readonly faults: readonly FaultName[];
  /** A stream of its own: leaving a fault out changes no other's draws. */
  readonly chance: Chance;
  /** Devices that can still be asked for anything: neither liars nor gone for good. */
  readonly honest: () => readonly SimDevice[];
}

/** A fault while it exists in a run. */
export interface ArmedFault {
  /** Runs after each step: may do harm. */
  readonly step?: () => void;
  /** What becomes of a call of a store; null leaves it to others. */
  readonly fateOf?: (device: SimDevice, call: 'commit' | 'read' | 'get') => StoreFate | null;
  /** Takes the time that what it began still needs, all faults being what they are. */
  readonly last?: () => Promise<void>;
  /** From now on it does nothing; what it broke may stay broken. */
  readonly end?: () => void;
}

export type Fault = (scene: FaultScene) => ArmedFault;
