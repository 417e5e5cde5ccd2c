import { runCampaign } from '../../../src/simulator/campaign.js';
import { type FaultName } from '../../../src/simulator/faults/catalogue.js';
import { startFleet } from '../fleet.js';
import type { PlantedBug } from './bug.js';
import { PLANTED } from './bugs.js';

/** What became of the planted bugs. */
export interface PlantedReport {
  readonly ok: boolean;
  readonly planted: number;
  readonly caught: number;
  readonly medianSeeds: number | null;
  readonly bugs: readonly PlantedOutcome[];
}

export interface PlantedOutcome {
  readonly name: string;
  readonly isCaught: boolean;
  /** How many seeds it took; null where none of them showed it. */
  readonly seeds: number | null;
  /** The promise that broke first. */
  readonly promise: string | null;
}

export interface TrialOptions {
  /** Seeds that a bug gets at most. */
  readonly seeds: number;
  readonly lanes: number;
  /** Only bugs whose name holds this. */
  readonly only: string;
  readonly tell: (line: string) => void;
}

/** Plants each bug in a build of its own, in turn, and simulates there until it shows. */
export const tryPlanted = async (options: TrialOptions): Promise<PlantedReport> => {
  const bugs: PlantedOutcome[] = [];
  for (const bug of PLANTED.filter(({ name }) => name.includes(options.only))) {
    const outcome = await tryOne(bug, options);
    bugs.push(outcome);
    const how = outcome.isCaught ? `seed ${outcome.seeds}, ${outcome.promise}` : 'NOT CAUGHT';
    options.tell(`${bug.name}: ${how}`);
  }
  const taken = bugs.flatMap((each) => each.seeds ?? []).sort((a, b) => a - b);
  const caught = bugs.filter(({ isCaught }) => isCaught).length;
  const medianSeeds = taken[Math.floor(taken.length / 2)] ?? null;
  return { ok: caught === bugs.length, planted: bugs.length, caught, medianSeeds, bugs };
};

/** The first seed that breaks a promise; one in which nothing runs any more also shows it. */
const tryOne = async (bug: PlantedBug, options: TrialOptions): Promise<PlantedOutcome> => {
  const fleet = await startFleet('fake', options.lanes, bug);
  const { name, faults = 'all' } = bug;
  try {
    const campaign = await runCampaign(fleet, {
      ...{ firstSeed: 0, seeds: options.seeds, devices: 5, steps: 300 },
      faults: faults === 'all' ? 'all' : (faults.split(',') as FaultName[]),
      ...{ isShrinking: false, failuresMax: 1 },
    });
    const [first] = campaign.failures;
    if (first === undefined) return { name, isCaught: false, seeds: null, promise: null };
    return { name, isCaught: true, seeds: first.seed + 1, promise: first.promise };
  } catch (thrown) {
    return { name, isCaught: true, seeds: 1, promise: `nothing runs: ${String(thrown)}` };
  } finally {
    await fleet.close();
  }
};
