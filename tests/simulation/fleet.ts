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
/** A run takes seconds: one that is not over after so long goes round in a circle. */
const ENDLESS_MS = 300_000;

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

/** One thread, which is asked for one thing at a time; another one where it does not answer. */
const startLane = (path: string, mode: Mode): Lane => {
  let asked: { done: (outcome: Outcome) => void; failed: (thrown: unknown) => void } | null = null;
  let ended: { readonly thrown: unknown } | null = null;
  const start = (): Worker => {
    const worker = new Worker(path, { workerData: mode, execArgv: [] });
    worker.on('message', (outcome: Outcome) => asked?.done(outcome));
    worker.on('error', (thrown) => {
      ended = { thrown };
      asked?.failed(thrown);
    });
    return worker;
  };
  let worker = start();
  return {
    ask: async (task) => {
      if (ended !== null) throw ended.thrown;
      let watch: ReturnType<typeof setTimeout> | undefined;
      try {
        return await new Promise<Outcome>((done, failed) => {
          asked = { done, failed };
          worker.postMessage(task);
          watch = setTimeout(() => {
            void worker.terminate();
            worker = start();
            done(endlessOutcome(task));
          }, ENDLESS_MS);
        });
      } finally {
        clearTimeout(watch);
      }
    },
    end: () => worker.terminate(),
  };
};

/** What a run that went round in a circle comes to; a failure is left as large as it was. */
const endlessOutcome = (task: LaneTask): Outcome => {
  if (task.kind === 'shrink') return task.outcome;
  const what = `no end after ${ENDLESS_MS / 1_000} s of the host's time`;
  return {
    plan: task.plan,
    failures: [{ promise: 'X1 every run ends', what, step: -1 }],
    ...{
      traceHash: '',
      events: 0,
      facts: 0,
      kinds: new Map(),
      pairs: new Set(),
      convergedMs: null,
      lines: [],
    },
  };
};
