import { describe, it } from 'vitest';
import { tryScript } from '../../src/adapters/bundles/migration-trying.js';
import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import { migrationContract } from './migration-contract.js';
import { startScripted } from './scripted-migrations.js';

describe('scripts of candidates, over a scripted worker', () => {
  for (const { title, run } of migrationContract) {
    it(title, async () => {
      const clock = createManualClock();
      let running = 0;
      const start = startScripted((by) => {
        running += by;
      });
      await run({
        run: (manner, payload) =>
          tryScript(start, new TextEncoder().encode(manner), payload, clock),
        pass: async (byMs) => {
          await Promise.resolve();
          await Promise.resolve();
          clock.advance(byMs);
        },
        running: () => running,
      });
    });
  }
});
