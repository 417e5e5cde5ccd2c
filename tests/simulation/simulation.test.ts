import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { runCampaign } from '../../src/simulator/campaign.js';
import { isFaultName } from '../../src/simulator/faults/catalogue.js';
import type { Mode } from '../../src/simulator/kit.js';
import { type Plan, drawPlan } from '../../src/simulator/plan.js';
import { runPlan } from '../../src/simulator/run.js';
import { type Fleet, startFleet } from './fleet.js';
import { kitOf } from './kits.js';
import { plantIn } from './planted/bug.js';
import { PLANTED } from './planted/bugs.js';

const HALF_HOUR_MS = 1_800_000;
const usual = {
  devices: 5,
  steps: 300,
  faults: 'all',
  isShrinking: false,
  failuresMax: 3,
} as const;

/** How many seeds each mode is run with here; more of them by `npm run sim`. */
const SEEDS: readonly (readonly [Mode, number])[] = [
  ['fake', 24],
  ['carrier', 3],
  ['signed', 1],
];

/** Short, since much of a change of devices is in its first minutes. */
const CHANGING = { firstSeed: 0, seeds: 1, steps: 120, faults: ['membership'] } as const;

const regressions = readFileSync(new URL('./regressions.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'));

const fleets = new Map<Mode, Promise<Fleet>>();

/** As many threads as there are cores, for all tests of a mode. */
const fleetOf = (mode: Mode): Promise<Fleet> => {
  const held = fleets.get(mode) ?? startFleet(mode, availableParallelism());
  fleets.set(mode, held);
  return held;
};

const planOf = (line: string): readonly [Mode, Plan] => {
  const [seed, devices, steps, faults = '', mode] = line.split(' ');
  const plan = {
    ...{ seed: Number(seed), devices: Number(devices), steps: Number(steps) },
    faults: faults.split(',').filter(isFaultName),
  };
  return [mode as Mode, plan];
};

afterAll(async () => {
  for (const fleet of fleets.values()) await (await fleet).close();
});

describe('simulation', () => {
  it.each(SEEDS)(
    '[X1, X2, F7] seeds under all faults break no promise: %s, %i',
    async (mode, seeds) => {
      const campaign = await runCampaign(await fleetOf(mode), { ...usual, seeds, firstSeed: 0 });
      expect(campaign.failures).toEqual([]);
    },
    HALF_HOUR_MS,
  );

  it(
    '[A3, A4, A8, A9, A10, A11] nothing breaks while who belongs, and who may what, changes',
    async () => {
      const campaign = await runCampaign(await fleetOf('fake'), { ...usual, ...CHANGING });
      expect(campaign.failures).toEqual([]);
      expect(campaign.coverage['membership']?.['roster.completed']).toBe(CHANGING.seeds);
    },
    HALF_HOUR_MS,
  );

  it('[X1] one seed gives one trace, and another seed another', async () => {
    const kit = kitOf('fake');
    const hashes: string[] = [];
    for (const seed of [7, 7, 8]) {
      hashes.push((await runPlan(kit, drawPlan(seed, 4, 80, 'all'))).traceHash);
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it(
    '[X2] what once failed holds',
    async () => {
      expect(regressions.length).toBeGreaterThan(0);
      const failures = await Promise.all(
        regressions.map(async (line) => {
          const [mode, plan] = planOf(line);
          const outcome = await (await fleetOf(mode)).run(plan);
          return outcome.failures.map((failure) => ({ line, ...failure }));
        }),
      );
      expect(failures.flat()).toEqual([]);
    },
    HALF_HOUR_MS,
  );

  it('[X2] every planted bug has its place in the sources', () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(30);
    for (const bug of PLANTED) {
      const source = readFileSync(new URL(`../../${bug.file}`, import.meta.url), 'utf8');
      expect(plantIn(source, bug), bug.name).not.toBe(source);
    }
  });
});
