import type { Kit, Mode } from './kit.js';
import { type FaultChoice, type Plan, drawPlan } from './plan.js';
import { type Outcome, type RunOptions, runPlan } from './run.js';
import { commandOf, shrinkPlan } from './shrinking.js';

/** Where runs take place. */
export interface Runner {
  readonly mode: Mode;
  /** How many runs may go on at once. */
  readonly lanes: number;
  readonly run: (plan: Plan, options?: RunOptions) => Promise<Outcome>;
  readonly shrink: (failing: Outcome) => Promise<Outcome>;
}

/** Runs in this thread, one after the other. */
export const runHere = (kit: Kit): Runner => ({
  mode: kit.mode,
  lanes: 1,
  run: (plan, options) => runPlan(kit, plan, options),
  shrink: (failing) => shrinkPlan(kit, failing),
});

/** Many runs. */
export interface CampaignOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  readonly devices: number;
  readonly steps: number;
  readonly faults: FaultChoice;
  /** Makes each failure smaller before it is told. */
  readonly isShrinking: boolean;
  readonly failuresMax: number;
  /** Called after each run. */
  readonly ran?: (outcome: Outcome) => void;
}

/** A failure as people are told of it. */
export interface ToldFailure {
  readonly seed: number;
  readonly promise: string;
  readonly what: string;
  readonly command: string;
}

/** What a campaign came to. */
export interface Campaign {
  readonly ok: boolean;
  readonly seeds: number;
  readonly failures: readonly ToldFailure[];
  /** In how many runs a fault met a kind of fact: fault, kind, runs. */
  readonly coverage: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** In how many runs two kinds were written side by side. */
  readonly pairs: Readonly<Record<string, number>>;
  /** In the order of the seeds. */
  readonly traceHashes: readonly string[];
}

/** Runs seeds, as many at once as there are lanes, until all ran or too many failed. */
export const runCampaign = async (runner: Runner, options: CampaignOptions): Promise<Campaign> => {
  const { firstSeed, devices, steps, faults } = options;
  const failures: ToldFailure[] = [];
  const coverage: Record<string, Record<string, number>> = {};
  const pairs: Record<string, number> = {};
  const hashes: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < options.seeds && failures.length < options.failuresMax) {
      const place = next;
      next += 1;
      const outcome = await runner.run(drawPlan(firstSeed + place, devices, steps, faults));
      options.ran?.(outcome);
      hashes[place] = outcome.traceHash;
      cover(coverage, outcome);
      for (const pair of outcome.pairs) pairs[pair] = (pairs[pair] ?? 0) + 1;
      if (outcome.failures.length === 0) continue;
      const small = options.isShrinking ? await runner.shrink(outcome) : outcome;
      failures.push(toldOf(firstSeed + place, small, runner.mode));
    }
  };
  await Promise.all(Array.from({ length: runner.lanes }, lane));
  failures.sort((a, b) => a.seed - b.seed);
  const traceHashes = hashes.filter((hash) => hash !== undefined);
  return { ok: failures.length === 0, seeds: next, failures, coverage, pairs, traceHashes };
};

const toldOf = (seed: number, { failures, plan }: Outcome, mode: Mode): ToldFailure => {
  const { promise = '', what = '' } = failures[0] ?? {};
  return { seed, promise, what: what.slice(0, 1_000), command: commandOf(plan, mode) };
};

const cover = (coverage: Record<string, Record<string, number>>, outcome: Outcome): void => {
  const { faults } = outcome.plan;
  for (const fault of faults.length === 0 ? ['none'] : faults) {
    const row = (coverage[fault] ??= {});
    for (const kind of outcome.kinds.keys()) row[kind] = (row[kind] ?? 0) + 1;
  }
};
