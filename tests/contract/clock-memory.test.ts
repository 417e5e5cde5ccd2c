import { describe, expect, it, vi } from 'vitest';
import { createBrowserClock } from '../../src/adapters/browser-clock.js';
import { createManualClock } from '../../src/adapters/memory/manual-clock.js';
import { clockContract } from './clock-contract.js';

describe('manual clock', () => {
  for (const { title, run } of clockContract) {
    it(title, async () => {
      const clock = createManualClock();
      await run({ clock, pass: clock.advance });
    });
  }

  it('[X1] timers run in due order, then in the order of setting, at their due time', () => {
    const clock = createManualClock(1000);
    const ran: [string, number, number][] = [];
    const note = (name: string) => () => void ran.push([name, clock.monotonicMs(), clock.wallMs()]);
    clock.after(20, note('late'));
    clock.after(10, note('early'));
    clock.after(10, note('early too'));
    clock.after(10, () => clock.after(5, note('set by a timer')));
    clock.after(31, note('not yet'));
    clock.advance(30);
    expect(ran).toEqual([
      ['early', 10, 1010],
      ['early too', 10, 1010],
      ['set by a timer', 15, 1015],
      ['late', 20, 1020],
    ]);
    expect([clock.monotonicMs(), clock.waiting(), clock.nextDelayMs()]).toEqual([30, 1, 1]);
  });

  it('[X1] a wall clock that is set moves neither monotonic time nor timers', () => {
    const clock = createManualClock(1000);
    let ran = 0;
    clock.after(10, () => void (ran += 1));
    clock.jumpWall(-500);
    expect([clock.wallMs(), clock.monotonicMs(), ran]).toEqual([500, 0, 0]);
    clock.jumpWall(5000);
    expect(ran).toBe(0);
    clock.advance(10);
    expect(ran).toBe(1);
  });
});

describe('browser clock, in Node', () => {
  for (const { title, run } of clockContract) {
    it(title, () => run({ clock: createBrowserClock(), pass: () => undefined }));
  }

  it('[X1] a delay that setTimeout would cut off is waited for in parts', () => {
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    const cancel = createBrowserClock().after(2 ** 40, () => undefined);
    cancel();
    expect(setTimer.mock.calls.map(([, delayMs]) => delayMs)).toEqual([2 ** 31 - 1]);
    setTimer.mockRestore();
  });
});
