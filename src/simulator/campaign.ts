import type { Kit } from './kit.js';
import { type FaultChoice, drawPlan } from './plan.js';
import { type Outcome, runPlan } from './run.js';
import { commandOf, shrinkPlan } from './shrinking.js';

/** Many runs, one after the other. */
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
  readonly traceHashes: readonly string[];
}

export const runCampaign = async (kit: Kit, options: CampaignOptions): Promise<Campaign> => {
  const { firstSeed, devices, steps, faults } = options;
  const failures: ToldFailure[] = [];
  const coverage: Record<string, Record<string, number>> = {};
  const traceHashes: string[] = [];
  let ran = 0;
  for (; ran < options.seeds && failures.length < options.failuresMax; ran += 1) {
    const outcome = await runPlan(kit, drawPlan(firstSeed + ran, devices, steps, faults));
    options.ran?.(outcome);
    traceHashes.push(outcome.traceHash);
    cover(coverage, outcome);
    if (outcome.failures.length === 0) continue;
    const small = options.isShrinking ? await shrinkPlan(kit, outcome) : outcome;
    const [first] = small.failures;
    if (first === undefined) continue;
    const { promise, what } = first;
    const command = commandOf(small.plan, kit.mode);
    failures.push({ seed: firstSeed + ran, promise, what: what.slice(0, 1_000), command });
  }
  return { ok: failures.length === 0, seeds: ran, failures, coverage, traceHashes };
};

const cover = (coverage: Record<string, Record<string, number>>, outcome: Outcome): void => {
  const { faults } = outcome.plan;
  for (const fault of faults.length === 0 ? ['none'] : faults) {
    const row = (coverage[fault] ??= {});
    for (const kind of outcome.kinds.keys()) row[kind] = (row[kind] ?? 0) + 1;
  }
};
