import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Runner } from '../../src/simulator/campaign.js';
import type { Mode } from '../../src/simulator/kit.js';
import type { Outcome } from '../../src/simulator/run.js';
import { bundleSimulator } from './bundle.js';
import type { LaneTask } from './lane.js';
import type { PlantedBug } from './planted/bug.js';

/**
 * A function is compiled for speed after so much of it was run, in bytes of its code. A run calls
 * thousands of functions, most of them seldom: at the usual number compiling takes a third of the
 * processor's time in campaigns of some dozen seeds.
 */
const COMPILED_AFTER_BYTES = 800_000;

/** Threads that run the same bundle of the simulator. */
export interface Fleet extends Runner {
  readonly close: () => Promise<void>;
}

let sound: Promise<string> | null = null;

/** The simulator without a bug is built once. */
const soundBundle = (): Promise<string> => (sound ??= bundleSimulator('node'));

/**
 * Builds the simulator, with that bug in it, and starts so many threads of it.
 *
 * More may be asked of them than there are threads: what waits is run in turn.
 */
export const startFleet = async (
  mode: Mode,
  lanes: number,
  bug: PlantedBug | null = null,
): Promise<Fleet> => {
  setFlagsFromString(`--interrupt-budget=${COMPILED_AFTER_BYTES}`);
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-simulator-'));
  const path = join(folder, 'lane.mjs');
  await writeFile(path, await (bug === null ? soundBundle() : bundleSimulator('node', bug)));
  const all = Array.from({ length: lanes }, () => startLane(path, mode));
  const free = [...all];
  const waiting: ((lane: Lane) => void)[] = [];

  const ask = async (task: LaneTask): Promise<Outcome> => {
    const lane = free.pop() ?? (await new Promise<Lane>((next) => void waiting.push(next)));
    try {
      return await lane.ask(task);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free.push(lane);
      else next(lane);
    }
  };

  return {
    mode,
    lanes,
    run: (plan, options = {}) => ask({ kind: 'run', plan, options }),
    shrink: (outcome) => ask({ kind: 'shrink', outcome }),
    close: async () => {
      await Promise.all(all.map((lane) => lane.end()));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

interface Lane {
  readonly ask: (task: LaneTask) => Promise<Outcome>;
  readonly end: () => Promise<unknown>;
}

/** One thread, which is asked for one thing at a time. */
const startLane = (path: string, mode: Mode): Lane => {
  const worker = new Worker(path, { workerData: mode, execArgv: [] });
  let asked: { done: (outcome: Outcome) => void; failed: (thrown: unknown) => void } | null = null;
  worker.on('message', (outcome: Outcome) => asked?.done(outcome));
  let ended: { readonly thrown: unknown } | null = null;
  worker.on('error', (thrown) => {
    ended = { thrown };
    asked?.failed(thrown);
  });
  return {
    ask: (task) =>
      new Promise((done, failed) => {
        if (ended !== null) return failed(ended.thrown);
        asked = { done, failed };
        worker.postMessage(task);
      }),
    end: () => worker.terminate(),
  };
};
