import type { Chance } from './chance.js';
import { createChance } from './chance.js';
import { type FaultName, FAULT_NAMES } from './faults/catalogue.js';

/** What one run is made of; its seed decides everything that the plan leaves open. */
export interface Plan {
  readonly seed: number;
  readonly devices: number;
  readonly steps: number;
  readonly faults: readonly FaultName[];
}

/** Which faults a run may have: none, all that its seed draws, or just these. */
export type FaultChoice = 'none' | 'all' | readonly FaultName[];

/** Swarm testing: each seed draws which of the faults exist in its run at all. */
export const drawPlan = (
  seed: number,
  devices: number,
  steps: number,
  choice: FaultChoice,
): Plan => {
  if (choice === 'none') return { seed, devices, steps, faults: [] };
  if (choice !== 'all') return { seed, devices, steps, faults: choice };
  const chance = createChance(`plan/${seed}`);
  return { seed, devices, steps, faults: drawFaults(chance) };
};

/**
 * How likely each of the faults is that came later. They draw from streams of their own, so that
 * older seeds have the faults they had, and now and then one more.
 */
const LATER: Partial<Record<FaultName, number>> = {
  caches: 0.05,
  files: 0.06,
  membership: 0.06,
  rush: 0.1,
  restless: 0.05,
  vetoes: 0.03,
  'low-threshold': 0.05,
  upgrade: 0.01,
  'false-code': 0.01,
  'false-votes': 0.04,
  'false-payloads': 0.04,
};

const drawFaults = (chance: Chance): readonly FaultName[] => {
  if (chance.happens(0.08)) return [];
  const likely = chance.pick([0.1, 0.2, 0.4]);
  return FAULT_NAMES.filter((name) => {
    const later = LATER[name];
    return later === undefined ? chance.happens(likely) : chance.fork(name).happens(later);
  });
};
