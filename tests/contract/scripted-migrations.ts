import { runMigration } from '../../src/adapters/bundles/migration-job.js';
import type {
  MigrationReport,
  MigrationWorker,
  StartMigration,
  WorkerFault,
} from '../../src/adapters/bundles/migration-trying.js';
import type { ScriptManner } from './migration-contract.js';

type Report = MigrationReport | WorkerFault;

/** Scripts whose whole text is how they behave; each answers in a turn of its own. */
export const startScripted = (count: (by: number) => void = () => undefined): StartMigration => {
  let starts = 0;
  return (script) => {
    const manner = new TextDecoder().decode(script) as ScriptManner;
    if (manner === 'forbidden') return null;
    const isInVain = manner === 'unloaded' || (manner === 'late' && starts === 0);
    starts += 1;
    count(1);
    let listener: (report: Report) => void = () => undefined;
    let isOver = false;
    const say = (report: Report): void => queueMicrotask(() => isOver || listener(report));
    const worker: MigrationWorker = {
      post: (job) => {
        if (manner === 'silent') return;
        if (manner === 'breaks') return say({ kind: 'failed' });
        if (isInVain) return say({ kind: 'unloaded' });
        if (manner === 'sound' || manner === 'late') return runMigration(job, say);
        say({ kind: 'started' });
        if (manner === 'raves') say({ kind: 'done', format: -1 } as MigrationReport);
        if (manner === 'refuses') say({ kind: 'refused', reason: 'unreadable' });
      },
      listen: (heard) => (listener = heard),
      stop: () => {
        isOver = true;
        count(-1);
      },
    };
    return worker;
  };
};
