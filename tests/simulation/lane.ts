import { parentPort, workerData } from 'node:worker_threads';
import type { Mode } from '../../src/simulator/kit.js';
import type { Plan } from '../../src/simulator/plan.js';
import { type Outcome, type RunOptions, runPlan } from '../../src/simulator/run.js';
import { shrinkPlan } from '../../src/simulator/shrinking.js';
import { kitOf } from './kits.js';

/** What a lane is asked for: a run, or a failed one made smaller. */
export type LaneTask =
  | { readonly kind: 'run'; readonly plan: Plan; readonly options: RunOptions }
  | { readonly kind: 'shrink'; readonly outcome: Outcome };

/** One thread that runs plans, one after the other, on the kit of its mode. */
const kit = kitOf(workerData as Mode);

parentPort?.on('message', (task: LaneTask) => {
  const done =
    task.kind === 'run' ? runPlan(kit, task.plan, task.options) : shrinkPlan(kit, task.outcome);
  done.then(
    (outcome) => parentPort?.postMessage(outcome),
    // A thrown error ends the thread, which its fleet hears.
    (thrown: unknown) =>
      queueMicrotask(() => {
        throw thrown;
      }),
  );
});
