import type { WriterLock } from '../../src/adapters/writer-lock.js';
import { expectEqual } from './expectation.js';
import type { ContractCase } from './expectation.js';

/** The tabs of one profile. */
export interface WriterLockBench {
  readonly openTab: () => WriterLock;
}

/** What every WriterLock does. */
export const writerLockContract: readonly ContractCase<WriterLockBench>[] = [
  {
    title: '[P5] of two tabs one writes, until it closes',
    run: async ({ openTab }) => {
      const [first, second] = [openTab(), openTab()];
      expectEqual(await first.acquire(), 'held');
      expectEqual(await first.acquire(), 'held', 'again');
      expectEqual(await second.acquire(), 'elsewhere');
      first.close();
      await second.takeOver();
      expectEqual(await second.acquire(), 'held');
      second.close();
    },
  },
  {
    title: '[P5] who is taken over finishes first, is told once, and may take back',
    run: async ({ openTab }) => {
      const [first, second] = [openTab(), openTab()];
      const story: string[] = [];
      first.onTakenOver(async () => {
        story.push('first is told');
        await Promise.resolve();
        story.push('first has finished');
      });
      second.onTakenOver(() => void story.push('second is told'));
      await first.acquire();
      await second.takeOver();
      story.push('second writes');
      expectEqual(await first.acquire(), 'elsewhere');
      await first.takeOver();
      story.push('first writes');
      expectEqual(await second.acquire(), 'elsewhere');
      expectEqual(story, [
        'first is told',
        'first has finished',
        'second writes',
        'second is told',
        'first writes',
      ]);
      first.close();
      second.close();
    },
  },
  {
    title: '[P5] whoever takes over waits as long as the other needs to finish',
    run: async ({ openTab }) => {
      const [first, second, third] = [openTab(), openTab(), openTab()];
      const story: string[] = [];
      let finish = (): void => undefined;
      const told = new Promise<void>((tell) => {
        first.onTakenOver(() => {
          tell();
          return new Promise<void>((resolve) => {
            finish = resolve;
          });
        });
      });
      await first.acquire();
      const taking = second.takeOver().then(() => story.push('second writes'));
      await told;
      // Each asking is answered after all that was granted before it.
      for (let asked = 0; asked < 5; asked += 1) {
        expectEqual(await third.acquire(), 'elsewhere');
      }
      story.push('first has finished');
      finish();
      await taking;
      expectEqual(story, ['first has finished', 'second writes']);
      for (const tab of [first, second, third]) tab.close();
    },
  },
  {
    title: '[P5] a listener that fails does not keep the pen, and one that left is not told',
    run: async ({ openTab }) => {
      const [first, second] = [openTab(), openTab()];
      let told = 0;
      first.onTakenOver(() => Promise.reject(new Error('cannot finish')));
      first.onTakenOver(() => {
        throw new Error('cannot finish either');
      });
      first.onTakenOver(() => void (told += 1))();
      await first.acquire();
      await second.takeOver();
      expectEqual([await second.acquire(), told], ['held', 0]);
      first.close();
      second.close();
    },
  },
  {
    title: '[P5] taking over what nobody holds, or what one holds, tells nobody',
    run: async ({ openTab }) => {
      const [first, second] = [openTab(), openTab()];
      let told = 0;
      first.onTakenOver(() => void (told += 1));
      second.onTakenOver(() => void (told += 1));
      await first.takeOver();
      await first.takeOver();
      expectEqual([await first.acquire(), await second.acquire(), told], ['held', 'elsewhere', 0]);
      first.close();
      second.close();
    },
  },
];
