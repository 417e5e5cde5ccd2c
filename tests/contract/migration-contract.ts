import { FOLD_VERSION } from '../../src/core/journal/fold-version.js';
import { EMPTY_STATE } from '../../src/core/journal/state.js';
import { encodePayload } from '../../src/core/snapshots/payload.js';
import { lostBetween } from '../../src/core/snapshots/migration-trial.js';
import type { Result } from '../../src/core/base/result.js';
import type { MigrationFault, MigrationRun } from '../../src/ports/bundles.js';
import { type ContractCase, expectEqual, expectTrue, valueOf } from './expectation.js';

/** How a candidate's script behaves. */
export type ScriptManner =
  /** As the one of this build. */
  | 'sound'
  /** Begins, and never ends. */
  | 'hangs'
  /** Never says that it began. */
  | 'silent'
  /** Throws as it is loaded. */
  | 'breaks'
  /** Answers with what is no answer. */
  | 'raves'
  /** Says that it cannot read the state. */
  | 'refuses'
  /** The browser cannot load it, whatever it is. */
  | 'unloaded'
  /** The browser cannot load it at first. */
  | 'late'
  /** The browser refuses to start it at all. */
  | 'forbidden';

/** Runs scripts of candidates, and counts those that still run. */
export interface MigrationBench {
  readonly run: (
    manner: ScriptManner,
    payload: Uint8Array,
  ) => Promise<Result<MigrationRun, MigrationFault>>;
  /** Lets so much time pass once the script has said what it has to say. */
  readonly pass: (byMs: number) => Promise<void>;
  readonly running: () => number;
}

const PAYLOAD = encodePayload(EMPTY_STATE);
const faultOf = (result: Result<MigrationRun, MigrationFault>): string =>
  result.ok ? 'ran' : result.error;

const faults: readonly (readonly [string, ScriptManner, MigrationFault])[] = [
  ['that breaks is said to', 'breaks', 'breaks'],
  ['that answers what is no answer breaks', 'raves', 'breaks'],
  ['that cannot read the state says so', 'refuses', 'unreadable'],
  ['that may not be started is not tried', 'forbidden', 'untried'],
  ['that cannot be loaded is not tried', 'unloaded', 'untried'],
];

/** What becomes of a candidate's script, whatever it does (rule U12). */
export const migrationContract: readonly ContractCase<MigrationBench>[] = [
  {
    title: '[U12] a script takes a copy there and back, and this device keeps its own',
    run: async (bench) => {
      const payload = PAYLOAD.slice();
      const { back, format, bytes, durationMs } = valueOf(await bench.run('sound', payload));
      expectEqual(payload, PAYLOAD);
      expectEqual(lostBetween(PAYLOAD, back), []);
      expectEqual([format, bytes], [FOLD_VERSION, PAYLOAD.length]);
      expectTrue(durationMs >= 0, 'a time that passed');
      expectEqual(bench.running(), 0);
    },
  },
  {
    title: '[U12] a script that could not be loaded at first is started anew',
    run: async (bench) => {
      valueOf(await bench.run('late', PAYLOAD));
      expectEqual(bench.running(), 0);
    },
  },
  {
    title: '[U12] a script that hangs is ended after 30 s',
    run: async (bench) => {
      const asked = bench.run('hangs', PAYLOAD);
      await bench.pass(29_999);
      expectEqual(bench.running(), 1);
      await bench.pass(1);
      expectEqual(faultOf(await asked), 'hangs');
      expectEqual(bench.running(), 0);
    },
  },
  {
    title: '[U12] a script that never begins is ended after 10 s',
    run: async (bench) => {
      const asked = bench.run('silent', PAYLOAD);
      await bench.pass(10_000);
      expectEqual(faultOf(await asked), 'hangs');
      expectEqual(bench.running(), 0);
    },
  },
  ...faults.map(([what, manner, fault]): ContractCase<MigrationBench> => ({
    title: `[U12] a script ${what}`,
    run: async (bench) => {
      expectEqual(faultOf(await bench.run(manner, PAYLOAD)), fault);
      expectEqual(bench.running(), 0);
    },
  })),
];
