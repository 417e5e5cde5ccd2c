import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createChance, type Chance } from './chance.js';
import { inputFor, type Door } from './door.js';

/** One run that went wrong, and how to see it again. */
export interface Finding {
  readonly kind: 'crash' | 'hang';
  readonly door: string;
  readonly run: number;
  readonly what: string;
  /** The command that does this run alone. */
  readonly again: string;
  /** The input in hex; cut short where it is long. */
  readonly input: string;
}

export interface DoorCount {
  runs: number;
  accepted: number;
}

export interface Report {
  readonly runs: number;
  readonly findings: readonly Finding[];
  /** Peak resident memory of the process, MiB. */
  readonly rssMb: number;
  readonly countByDoor: ReadonlyMap<string, DoorCount>;
}

export interface Plan {
  readonly doors: readonly Door[];
  readonly runs: number;
  readonly seed: number;
  /** Only this run of each door. */
  readonly only?: number;
}

/** A run that takes longer is slow; one that costs more work each time it is tried hangs. */
const HANG_MS = 50;
const TRIES_OF_A_HANG = 3;
const FINDINGS_MAX = 50;
const INPUT_DIGITS_MAX = 4000;
const TURNS_BETWEEN_BREATHS = 20_000;
const TURNS_BETWEEN_SWEEPS = 50;
/** Garbage that is let lie, bytes. */
const GARBAGE_MAX = 32 * 1024 * 1024;

/**
 * Does so many runs over the doors, each door as often as its weight says.
 *
 * The seed decides every run; a run can be done alone by its door and number. Ends early after too
 * many findings. What runs leave behind is swept now and then, so that the peak of memory is what one
 * of them needs and what is kept, not how long the engine lets garbage of thousands lie.
 */
export const runCampaign = async (plan: Plan): Promise<Report> => {
  const findings: Finding[] = [];
  const countByDoor = new Map(plan.doors.map(({ name }) => [name, { runs: 0, accepted: 0 }]));
  const turns = turnsOf(plan.doors);
  const schedule = createChance(plan.seed, 'schedule', 0);
  const sweep = createSweeper();
  let runs = 0;
  while (runs < plan.runs && findings.length < FINDINGS_MAX) {
    const door = plan.doors[turns[schedule.below(turns.length)] as number] as Door;
    const count = countByDoor.get(door.name) as DoorCount;
    const run = plan.only ?? count.runs;
    const outcome = tryOnce(door, plan.seed, run);
    const told = outcome instanceof Promise ? await outcome : outcome;
    count.runs += 1;
    runs += 1;
    if (told === true) count.accepted += 1;
    else if (told !== false) {
      const judgement = await judged(door, plan.seed, run, told);
      if (typeof judgement === 'object') findings.push(judgement);
      else if (judgement) count.accepted += 1;
    }
    if (runs % TURNS_BETWEEN_SWEEPS === 0) sweep();
    if (runs % TURNS_BETWEEN_BREATHS === 0) await new Promise(setImmediate);
  }
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  return { runs, findings, rssMb, countByDoor };
};

const createSweeper = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let keptBytes = usedBytes();
  return () => {
    if (usedBytes() < keptBytes + GARBAGE_MAX) return;
    collect();
    keptBytes = usedBytes();
  };
};

const usedBytes = (): number => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** Door numbers, each as often as its weight says. */
const turnsOf = (doors: readonly Door[]): readonly number[] =>
  doors.flatMap(({ weight }, index) => Array.from({ length: Math.ceil(weight * 5) }, () => index));

type Trouble = { readonly thrown: unknown } | { readonly slowMs: number };
type Told = boolean | Trouble;

/** Milliseconds of this process's own work, whatever else the machine is doing. */
const workMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const tryOnce = (
  door: Door,
  seed: number,
  run: number,
  nowMs: () => number = () => performance.now(),
): Told | Promise<Told> => {
  const chance = createChance(seed, door.name, run);
  const input = inputFor(door, chance);
  const startedMs = nowMs();
  const timed = (isAccepted: boolean): Told => {
    const slowMs = nowMs() - startedMs;
    return slowMs > HANG_MS ? { slowMs } : isAccepted;
  };
  try {
    const entered = door.enter(input, chance);
    if (typeof entered === 'boolean') return timed(entered);
    return entered.then(timed, (thrown: unknown) => ({ thrown }));
  } catch (thrown) {
    return { thrown };
  }
};

/**
 * A slow run is tried again, because the machine may have been busy elsewhere: then it tells
 * whether the input was accepted.
 */
const judged = async (
  door: Door,
  seed: number,
  run: number,
  trouble: Trouble,
): Promise<Finding | boolean> => {
  let left: Told = trouble;
  for (let turn = 1; turn < TRIES_OF_A_HANG && isSlow(left); turn += 1) {
    left = await tryOnce(door, seed, run, workMs);
  }
  const chance: Chance = createChance(seed, door.name, run);
  const hex = Buffer.from(inputFor(door, chance)).toString('hex');
  const again = `npm run fuzz -- --door '${door.name}' --seed ${seed} --run ${run}`;
  const input = hex.length > INPUT_DIGITS_MAX ? `${hex.slice(0, INPUT_DIGITS_MAX)}…` : hex;
  const about = { door: door.name, run, again, input };
  if (isSlow(left)) return { ...about, kind: 'hang', what: `${Math.round(left.slowMs)} ms` };
  if (typeof left === 'boolean') return left;
  const { thrown } = left;
  const what = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return { ...about, kind: 'crash', what: what.split('\n').slice(0, 8).join('\n') };
};

const isSlow = (told: Told): told is { readonly slowMs: number } =>
  typeof told === 'object' && 'slowMs' in told;
