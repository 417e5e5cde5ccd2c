import type { Mode } from '../../src/simulator/kit.js';
import { drawPlan } from '../../src/simulator/plan.js';
import { runPlan } from '../../src/simulator/run.js';
import { kitOf } from './kits.js';

/** What a page is asked for: seeds of one mode under all faults. */
export interface PageTask {
  readonly mode: Mode;
  readonly firstSeed: number;
  readonly seeds: number;
  readonly devices: number;
  readonly steps: number;
}

/** Runs the seeds where this module is, and gives the hashes of their traces in order. */
export const hashesOf = async (task: PageTask): Promise<readonly string[]> => {
  const kit = kitOf(task.mode);
  const hashes: string[] = [];
  for (let seed = task.firstSeed; seed < task.firstSeed + task.seeds; seed += 1) {
    const outcome = await runPlan(kit, drawPlan(seed, task.devices, task.steps, 'all'));
    hashes.push(outcome.traceHash);
  }
  return hashes;
};
