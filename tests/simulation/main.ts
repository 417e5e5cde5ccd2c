import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { runCampaign } from '../../src/simulator/campaign.js';
import { type FaultName, FAULT_NAMES, isFaultName } from '../../src/simulator/faults/catalogue.js';
import type { Mode } from '../../src/simulator/kit.js';
import { type FaultChoice, drawPlan } from '../../src/simulator/plan.js';
import { startFleet } from './fleet.js';
import { compareWithBrowser } from './in-browser.js';
import { tryPlanted } from './planted/trial.js';

/**
 * Runs simulations and tells what they came to.
 *
 * `--seeds N` runs N seeds from `--from` on; `--seed S` one, with its trace. `--devices`,
 * `--steps`, `--faults all|none|a,b`, `--mode fake|carrier|signed`; `--lanes` threads, as many as
 * the machine has cores; `--first` stops at the first failure. `--planted` plants each known bug in
 * a build of the simulator and looks for it, `--bug a,b` only those whose names hold a or b.
 * `--browser` runs the seeds in Chromium too and compares the traces. With `--json` the last line is
 * one object. Seconds are those of the processor, whatever the number of lanes.
 */
const argument = (name: string): string | undefined =>
  process.argv.find((_, index, all) => all[index - 1] === `--${name}`);
const has = (name: string): boolean => process.argv.includes(`--${name}`);
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const numberOf = (name: string, usual: number): number => Number(argument(name) ?? usual);

const faultsOf = (text: string): FaultChoice => {
  if (text === 'all' || text === 'none') return text;
  const names = text.split(',');
  const unknown = names.filter((name) => !isFaultName(name));
  if (unknown.length === 0) return names as FaultName[];
  throw new Error(`unknown faults ${unknown.join()}; there are ${FAULT_NAMES.join()}`);
};

const processorSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const lanesWanted = (): number => Math.max(1, numberOf('lanes', availableParallelism()));

const runMany = async (mode: Mode, faults: FaultChoice): Promise<boolean> => {
  const fleet = await startFleet(mode, lanesWanted());
  let startedS = processorSeconds();
  let counted = 0;
  const { traceHashes, ...campaign } = await runCampaign(fleet, {
    firstSeed: numberOf('from', 0),
    seeds: numberOf('seeds', 100),
    devices: numberOf('devices', 5),
    steps: numberOf('steps', 300),
    faults,
    isShrinking: !has('first'),
    failuresMax: has('first') ? 1 : 10,
    ran: (outcome) => {
      // The first runs also make the pasts that all begin from.
      if (counted === fleet.lanes - 1) startedS = processorSeconds();
      counted += 1;
      for (const { promise, what } of outcome.failures.slice(0, 1)) {
        tell(`seed ${outcome.plan.seed}: ${promise}: ${what.slice(0, 300)}`);
      }
    },
  });
  const seconds = processorSeconds() - startedS;
  await fleet.close();
  const timed = Math.max(0, counted - fleet.lanes);
  const runsPerSecond = Number((timed / Math.max(seconds, 1e-3)).toFixed(2));
  for (const { command } of campaign.failures) tell(command);
  tell(`${campaign.seeds} seeds, ${campaign.failures.length} failures, ${runsPerSecond} runs/s`);
  const traceHash = createHash('sha256').update(traceHashes.join()).digest('hex').slice(0, 32);
  if (has('json')) tell(JSON.stringify({ ...campaign, runsPerSecond, traceHash }));
  return campaign.ok;
};

const runOne = async (seed: number, mode: Mode, faults: FaultChoice): Promise<boolean> => {
  const plan = drawPlan(seed, numberOf('devices', 5), numberOf('steps', 300), faults);
  const fleet = await startFleet(mode, 1);
  const outcome = await fleet.run(plan, { traceLinesMax: has('json') ? 0 : 2_000 });
  await fleet.close();
  for (const line of outcome.lines) tell(line);
  for (const { promise, what } of outcome.failures) tell(`${promise}: ${what}`);
  const { traceHash, failures } = outcome;
  if (has('json')) tell(JSON.stringify({ ok: failures.length === 0, plan, traceHash, failures }));
  return failures.length === 0;
};

const compare = async (mode: Mode): Promise<boolean> => {
  const report = await compareWithBrowser({
    ...{ mode, firstSeed: numberOf('from', 0), seeds: numberOf('seeds', 50) },
    ...{ devices: numberOf('devices', 5), steps: numberOf('steps', 300) },
  });
  tell(`${report.seeds} seeds in Node and Chromium, ${report.differing.length} differ`);
  if (has('json')) tell(JSON.stringify(report));
  return report.ok;
};

const main = async (): Promise<boolean> => {
  const mode = (argument('mode') ?? 'fake') as Mode;
  const faults = faultsOf(argument('faults') ?? 'all');
  if (has('planted')) {
    const report = await tryPlanted({
      seeds: numberOf('seeds', 40),
      lanes: lanesWanted(),
      only: argument('bug')?.split(',') ?? [],
      tell,
    });
    tell(`${report.caught} of ${report.planted} caught`);
    if (has('json')) tell(JSON.stringify(report));
    return report.ok;
  }
  if (has('browser')) return compare(mode);
  const seed = argument('seed');
  return seed === undefined ? runMany(mode, faults) : runOne(Number(seed), mode, faults);
};

process.exitCode = (await main()) ? 0 : 1;
