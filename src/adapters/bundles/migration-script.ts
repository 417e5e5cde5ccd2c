import { type MigrationJob, runMigration } from './migration-job.js';

/**
 * The script that a bundle brings for trying its migration before it is ever run (rule U12): built
 * as one file of its own, `migration.js`. It knows no storage and no network.
 */
addEventListener('message', (event: MessageEvent<MigrationJob>) => {
  runMigration(event.data, (report, transfer) => postMessage(report, { transfer }));
});
