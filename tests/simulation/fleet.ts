import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Runner } from '../../src/simulator/campaign.js';
import type { Mode } from '../../src/simulator/kit.js';
import type { Outcome } from '../../src/simulator/run.js';
import { bundleSimulator } from './bundle.js';
import type { LaneTask } from './lane.js';
import type { PlantedBug } from './planted/bug.js';

/** Threads that run the same bundle of the simulator. */
export interface Fleet extends Runner {
  readonly close: () => Promise<void>;
}

/** Builds the simulator, with that bug in it, and starts so many threads of it. */
export const startFleet = async (
  mode: Mode,
  lanes: number,
  bug: PlantedBug | null = null,
): Promise<Fleet> => {
  const folder = await mkdtemp(join(tmpdir(), 'upkeep-simulator-'));
  const path = join(folder, 'lane.mjs');
  await writeFile(path, await bundleSimulator('node', bug));
  const all = Array.from({ length: lanes }, () => startLane(path, mode));
  const free = [...all];

  const ask = async (task: LaneTask): Promise<Outcome> => {
    const lane = free.pop();
    if (lane === undefined) throw new Error('broken invariant: a lane is free');
    try {
      return await lane.ask(task);
    } finally {
      free.push(lane);
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
  worker.on('error', (thrown) => asked?.failed(thrown));
  return {
    ask: (task) =>
      new Promise((done, failed) => {
        asked = { done, failed };
        worker.postMessage(task);
      }),
    end: () => worker.terminate(),
  };
};
