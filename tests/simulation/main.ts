import { createFakeKit } from '../../src/simulator/kit.js';
import { drawPlan } from '../../src/simulator/plan.js';
import { runPlan } from '../../src/simulator/run.js';

const argument = (name: string): string | undefined =>
  process.argv.find((_, index, all) => all[index - 1] === `--${name}`);

const main = async (): Promise<void> => {
  const seeds = Number(argument('seeds') ?? 10);
  const first = Number(argument('seed') ?? 0);
  const devices = Number(argument('devices') ?? 5);
  const steps = Number(argument('steps') ?? 300);
  const faults = argument('faults') ?? 'all';
  const choice = faults === 'all' || faults === 'none' ? faults : (faults.split(',') as never);
  const kit = createFakeKit();
  let failed = 0;
  let startedMs = performance.now();
  for (let seed = first; seed < first + seeds; seed += 1) {
    const plan = drawPlan(seed, devices, steps, choice);
    const outcome = await runPlan(kit, plan, {
      traceLinesMax: process.argv.includes('--trace') ? 4000 : 0,
    });
    if (seed === first) startedMs = performance.now();
    if (process.argv.includes('--trace')) console.log(outcome.lines.join('\n'));
    if (process.argv.includes('--verbose') || outcome.failures.length > 0) {
      console.log(
        seed,
        plan.faults.join(),
        outcome.traceHash,
        outcome.events,
        outcome.facts,
        outcome.convergedMs,
        JSON.stringify([...outcome.kinds]),
      );
      for (const failure of outcome.failures.slice(0, 3))
        console.log('   ', failure.step, failure.promise, failure.what.slice(0, 900));
    }
    if (outcome.failures.length > 0) failed += 1;
  }
  const seconds = (performance.now() - startedMs) / 1000;
  console.log({ failed, seeds, runsPerSecond: (seeds - 1) / seconds });
};

await main();
