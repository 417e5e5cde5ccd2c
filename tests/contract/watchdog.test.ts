import { describe, expect, it } from 'vitest';
import { createWorkerReader, type ReaderWorker } from '../../src/adapters/carrier/worker-reader.js';
import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import type { Clock } from '../../src/ports/clock.js';
import { BASE, EMPTY_UPDATE } from './carrier-bench.js';
import { scriptedBench } from './scripted-workers.js';
import { watchdogContract } from './watchdog-contract.js';

describe('reader over scripted workers', () => {
  for (const { title, run } of watchdogContract) it(title, () => run(scriptedBench()));

  it('[F11] after one that could not be started another is tried a minute later', async () => {
    const clock = createManualClock();
    let tries = 0;
    const reader = createWorkerReader(() => {
      tries += 1;
      return null;
    }, clock);
    for (const passMs of [0, 59_999, 1]) {
      clock.advance(passMs);
      expect((await reader.read(BASE, EMPTY_UPDATE)).ok).toBe(true);
      expect((await reader.read(BASE, EMPTY_UPDATE)).ok).toBe(true);
    }
    expect(tries).toBe(2);
  });

  it('[F11] a page that stood still hears what lies waiting before it ends the worker', async () => {
    const timers = new Set<() => void>();
    const clock: Clock = {
      ...createManualClock(),
      after: (_delayMs, run) => {
        timers.add(run);
        return () => void timers.delete(run);
      },
    };
    let tell: Parameters<ReaderWorker['listen']>[0] = () => undefined;
    const worker: ReaderWorker = {
      listen: (listener) => {
        tell = listener;
      },
      post: () => tell({ kind: 'started' }),
      stop: () => undefined,
    };
    const asked = createWorkerReader(() => worker, clock).read(BASE, EMPTY_UPDATE);
    await new Promise((resolve) => setImmediate(resolve));
    // The page stood still past the whole time: its timer rings, then what the worker said is heard.
    const [first] = timers;
    expect(timers.size).toBe(1);
    timers.clear();
    first?.();
    tell({ kind: 'done', result: { ok: true, value: [] } });
    expect(await asked).toEqual({ ok: true, value: [] });
    expect(timers.size).toBe(0);
  });
});
