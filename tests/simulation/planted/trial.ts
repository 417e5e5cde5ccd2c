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
  /** Only bugs whose name holds one of these; all of them where there is none. */
  readonly only: readonly string[];
  readonly tell: (line: string) => void;
}

/** Much of a change of devices is in its first minutes, and each of its steps is a long one. */
const CHANGING_STEPS = 150;

const SIZE = {
  ...{ firstSeed: 0, devices: 5, steps: 300 },
  ...{ isShrinking: false, failuresMax: 1 },
} as const;

/**
 * Plants each bug in a build of its own, in turn, and simulates there until it shows.
 *
 * Throws where the simulator without a bug fails: what does not run at all would seem to catch all.
 */
export const tryPlanted = async (options: TrialOptions): Promise<PlantedReport> => {
  await expectSound(options);
  const { only } = options;
  const isAsked = ({ name }: PlantedBug): boolean =>
    only.length === 0 || only.some((part) => name.includes(part));
  const bugs: PlantedOutcome[] = [];
  for (const bug of PLANTED.filter(isAsked)) {
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

const expectSound = async ({ lanes }: TrialOptions): Promise<void> => {
  const fleet = await startFleet('fake', lanes);
  try {
    const { failures } = await runCampaign(fleet, {
      ...SIZE,
      seeds: lanes,
      faults: ['membership'],
    });
    if (failures.length > 0) throw new Error(`not sound: ${JSON.stringify(failures)}`);
  } finally {
    await fleet.close();
  }
};

/** The first seed that breaks a promise; one in which nothing runs any more also shows it. */
const tryOne = async (bug: PlantedBug, options: TrialOptions): Promise<PlantedOutcome> => {
  const fleet = await startFleet('fake', options.lanes, bug);
  const { name, faults = 'all' } = bug;
  try {
    const campaign = await runCampaign(fleet, {
      ...SIZE,
      steps: faults.includes('membership') ? CHANGING_STEPS : SIZE.steps,
      seeds: options.seeds,
      faults: faults === 'all' ? 'all' : (faults.split(',') as FaultName[]),
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
