import type { FaultName } from './faults/catalogue.js';
import type { Kit } from './kit.js';
import type { Plan } from './plan.js';
import { type Outcome, runPlan } from './run.js';

/** So many runs a failure is worth at most. */
const TRIES_MAX = 24;

/**
 * Makes a failing plan smaller while the same promise breaks: first by steps, then by faults.
 *
 * Each part of a run draws from a stream of its own, so what is left out moves little else.
 */
export const shrinkPlan = async (kit: Kit, failing: Outcome): Promise<Outcome> => {
  const promise = failing.failures[0]?.promise;
  let best = failing;
  let tries = 0;

  const attempt = async (plan: Plan): Promise<boolean> => {
    if (tries >= TRIES_MAX) return false;
    tries += 1;
    const outcome = await runPlan(kit, plan);
    if (outcome.failures[0]?.promise !== promise) return false;
    best = outcome;
    return true;
  };

  const at = failing.failures[0]?.step ?? failing.plan.steps;
  if (at + 1 < failing.plan.steps) await attempt({ ...failing.plan, steps: at + 1 });
  for (const part of [0.5, 0.75]) {
    await attempt({ ...best.plan, steps: Math.ceil(best.plan.steps * part) });
  }
  for (const fault of best.plan.faults) {
    const faults = best.plan.faults.filter((each: FaultName) => each !== fault);
    await attempt({ ...best.plan, faults });
  }
  return best;
};

/** The one command that shows a failure again. */
export const commandOf = ({ seed, devices, steps, faults }: Plan, mode: string): string => {
  const named = faults.length === 0 ? 'none' : faults.join();
  const rest = `--devices ${devices} --faults ${named} --mode ${mode}`;
  return `npm run sim -- --seed ${seed} --steps ${steps} ${rest}`;
};
