import { drawPlan } from '../../src/simulator/plan.js';
import { startFleet } from '../simulation/fleet.js';
import { type Figure, figureOf } from './figures.js';

const WARM = 4;
const TIMED = 10;

const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** How many simulations of 5 devices and 300 steps under all faults one core runs in a second. */
export const measureSimulation = async (): Promise<readonly Figure[]> => {
  const fleet = await startFleet('fake', 1);
  // The first runs also make the pasts that all begin from.
  for (let seed = 0; seed < WARM; seed += 1) await fleet.run(drawPlan(seed, 5, 300, 'all'));
  const startedS = processorSeconds();
  for (let seed = WARM; seed < WARM + TIMED; seed += 1) {
    await fleet.run(drawPlan(seed, 5, 300, 'all'));
  }
  const perSecond = TIMED / (processorSeconds() - startedS);
  await fleet.close();
  const goal = { of: 'ours', is: 'at-least', value: 200 } as const;
  return [figureOf('sim-runs-per-second', 'runs/s', perSecond, goal, `${TIMED} seeds`)];
};
