import type { BaseId } from '../../src/core/base/brands.js';
import type { ReaderWorker, UpdateReader } from '../../src/adapters/carrier/worker-reader.js';
import { BASE, EMPTY_UPDATE, clientOf, forged, home, runOf } from './carrier-bench.js';
import { expectEqual, kindOf, valueOf, type ContractCase } from './expectation.js';

/** How a worker of this bench behaves from its start to its end. */
export type WorkerManner =
  /** As in the app. */
  | 'sound'
  /** Begins each job and never ends it. */
  | 'hangs'
  /** Never begins a job. */
  | 'silent'
  /** Breaks while it reads. */
  | 'breaks'
  /** Is not there to be loaded. */
  | 'missing'
  /** The browser refuses to start it at all. */
  | 'forbidden';

/** A reader whose workers behave as told, one after the other, then soundly. */
export interface WatchdogBench {
  readonly makeReader: (...manners: readonly WorkerManner[]) => UpdateReader;
  /** How many workers were started, and how many of them stopped. */
  readonly counts: () => { readonly started: number; readonly stopped: number };
  /** Lets so much time pass once a worker has said what it has to say; a real clock does it alone. */
  readonly pass: (byMs: number) => Promise<void>;
}

const sound = forged(clientOf(home), runOf(home).session, runOf(home).facts);
const torn = sound.slice(0, -1);
const ask = async (reader: UpdateReader, update = sound, base: BaseId = BASE): Promise<string> =>
  kindOf(await reader.read(base, update));

const case_ = (
  title: string,
  run: (bench: WatchdogBench) => Promise<void>,
): ContractCase<WatchdogBench> => ({ title: `[F11] ${title}`, run });

/** What a reader over workers does, whatever its workers do. */
export const watchdogContract: readonly ContractCase<WatchdogBench>[] = [
  case_('one worker is started with the first update and reads all that follow', async (bench) => {
    const reader = bench.makeReader('sound');
    expectEqual(bench.counts().started, 0);
    expectEqual(valueOf(await reader.read(BASE, sound)), [runOf(home)]);
    expectEqual(await ask(reader, torn), 'undecodable');
    expectEqual(await ask(reader, EMPTY_UPDATE), 'ok');
    expectEqual(bench.counts(), { started: 1, stopped: 0 });
    await reader.rest();
    expectEqual(bench.counts(), { started: 1, stopped: 1 });
  }),
  case_('a worker that hangs is ended after 250 ms, and another reads on', async (bench) => {
    const reader = bench.makeReader('hangs');
    const asked = [ask(reader), ask(reader)];
    await bench.pass(249);
    expectEqual(bench.counts(), { started: 1, stopped: 0 });
    await bench.pass(1);
    expectEqual(await Promise.all(asked), ['reader-timeout', 'ok']);
    expectEqual(bench.counts(), { started: 2, stopped: 1 });
    await reader.rest();
  }),
  case_('a worker that never begins is given up after 2 s, and the caller reads', async (bench) => {
    const reader = bench.makeReader('silent');
    const asked = [ask(reader), ask(reader, torn)];
    await bench.pass(2_000);
    expectEqual(await Promise.all(asked), ['ok', 'undecodable']);
    expectEqual(bench.counts(), { started: 1, stopped: 1 });
  }),
  case_('a worker that breaks while it reads costs its update, no other', async (bench) => {
    const reader = bench.makeReader('breaks');
    expectEqual(await Promise.all([ask(reader), ask(reader)]), ['undecodable', 'ok']);
    expectEqual(bench.counts(), { started: 2, stopped: 1 });
    await reader.rest();
  }),
  ...(['missing', 'forbidden'] as const).map((manner) =>
    case_(`where the worker is ${manner} the caller reads`, async (bench) => {
      const reader = bench.makeReader(manner);
      expectEqual(await ask(reader), 'ok');
      expectEqual(await ask(reader, torn), 'undecodable');
      expectEqual(bench.counts().started, manner === 'missing' ? 1 : 0);
    }),
  ),
  case_('who rests waits for what was begun, and starts anew with the next', async (bench) => {
    const reader = bench.makeReader();
    const asked = ask(reader);
    await reader.rest();
    expectEqual(bench.counts(), { started: 1, stopped: 1 });
    expectEqual([await asked, await ask(reader)], ['ok', 'ok']);
    expectEqual(bench.counts(), { started: 2, stopped: 1 });
    await reader.rest();
  }),
];

/** A `start` for the reader that hands out workers in the given manners and counts them. */
export const workersIn = (
  manners: readonly WorkerManner[],
  make: (manner: Exclude<WorkerManner, 'forbidden'>) => ReaderWorker,
): { readonly start: () => ReaderWorker | null; readonly counts: WatchdogBench['counts'] } => {
  const left = [...manners];
  let [started, stopped] = [0, 0];
  const start = (): ReaderWorker | null => {
    const manner = left.shift() ?? 'sound';
    if (manner === 'forbidden') return null;
    started += 1;
    const worker = make(manner);
    return {
      ...worker,
      stop: () => {
        stopped += 1;
        worker.stop();
      },
    };
  };
  return { start, counts: () => ({ started, stopped }) };
};
