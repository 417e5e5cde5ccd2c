import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLANTED, type PlantedBug } from './bugs.js';

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

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Plants each bug in a copy of the sources, in turn, and simulates there until it shows. */
export const tryPlanted = async (
  seeds: number,
  tell: (line: string) => void,
): Promise<PlantedReport> => {
  const bugs: PlantedOutcome[] = [];
  const only = process.argv.find((_, index, all) => all[index - 1] === '--bug');
  for (const bug of PLANTED.filter(({ name }) => only === undefined || name.includes(only))) {
    const outcome = await tryOne(bug, seeds);
    bugs.push(outcome);
    const how = outcome.isCaught ? `seed ${outcome.seeds}, ${outcome.promise}` : 'NOT CAUGHT';
    tell(`${bug.name}: ${how}`);
  }
  const taken = bugs.flatMap((each) => each.seeds ?? []).sort((a, b) => a - b);
  const caught = bugs.filter(({ isCaught }) => isCaught).length;
  const medianSeeds = taken[Math.floor(taken.length / 2)] ?? null;
  return { ok: caught === bugs.length, planted: bugs.length, caught, medianSeeds, bugs };
};

/** The source with the bug in it. Throws where its place is not there exactly once. */
export const plantIn = (source: string, { name, find, replace }: PlantedBug): string => {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`"${name}" has ${parts.length - 1} places`);
  return parts.join(replace);
};

const tryOne = async (bug: PlantedBug, seeds: number): Promise<PlantedOutcome> => {
  const scratch = await mkdtemp(join(tmpdir(), 'upkeep-planted-'));
  try {
    await cp(join(ROOT, 'src'), join(scratch, 'src'), { recursive: true });
    await cp(join(ROOT, 'tests/simulation'), join(scratch, 'tests/simulation'), {
      recursive: true,
    });
    await cp(join(ROOT, 'package.json'), join(scratch, 'package.json'));
    await symlink(join(ROOT, 'node_modules'), join(scratch, 'node_modules'));
    const path = join(scratch, bug.file);
    await writeFile(path, plantIn(await readFile(path, 'utf8'), bug));
    return outcomeOf(bug, await simulate(scratch, bug, seeds));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

/** The last line of a campaign in the copy; empty where it broke down altogether. */
const simulate = (scratch: string, bug: PlantedBug, seeds: number): Promise<string> =>
  new Promise((resolve) => {
    const main = join(scratch, 'tests/simulation/main.ts');
    const args = ['--seeds', String(seeds), '--faults', bug.faults ?? 'all', '--first', '--json'];
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { cwd: scratch });
    let out = '';
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString();
    });
    child.once('close', () => resolve(out.trim().split('\n').at(-1) ?? ''));
  });

const outcomeOf = ({ name }: PlantedBug, line: string): PlantedOutcome => {
  if (!line.startsWith('{')) return { name, isCaught: true, seeds: 1, promise: 'nothing runs' };
  const { ok, seeds, failures } = JSON.parse(line) as {
    readonly ok: boolean;
    readonly seeds: number;
    readonly failures: readonly { readonly promise: string }[];
  };
  const promise = failures[0]?.promise ?? null;
  return { name, isCaught: !ok, seeds: ok ? null : seeds, promise };
};
