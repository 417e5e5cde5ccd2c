import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { windowOfList } from '../../../src/ui/components/list-window.js';

const geometry = fc.record({
  count: fc.nat(20_000),
  rowPx: fc.integer({ min: 40, max: 160 }),
  hiddenAbovePx: fc.integer({ min: -5_000, max: 4_000_000 }),
  viewportPx: fc.integer({ min: 0, max: 2_400 }),
});

describe('[P1] the window of a long list', () => {
  it('[P1] draws the first rows while nothing is measured', () => {
    const drawn = windowOfList({ count: 10_000, rowPx: 0, hiddenAbovePx: 0, viewportPx: 0 });
    expect(drawn).toEqual({ start: 0, end: 12, abovePx: 0, totalPx: 0 });
  });

  it('[P1] draws what is seen and eight rows beyond each edge', () => {
    const drawn = windowOfList({
      count: 10_000,
      rowPx: 100,
      hiddenAbovePx: 50_000,
      viewportPx: 800,
    });
    expect(drawn).toEqual({ start: 492, end: 517, abovePx: 49_200, totalPx: 1_000_000 });
  });

  it('[P1] draws what is seen alone where nothing is to stand beyond', () => {
    const geometry = { count: 10_000, rowPx: 100, hiddenAbovePx: 50_000, viewportPx: 800 };
    const drawn = windowOfList({ ...geometry, overscanRows: 0 });
    expect(drawn).toEqual({ start: 500, end: 509, abovePx: 50_000, totalPx: 1_000_000 });
  });

  it('[P1] draws the last rows at the end, and past it', () => {
    const drawn = windowOfList({ count: 50, rowPx: 100, hiddenAbovePx: 90_000, viewportPx: 800 });
    expect(drawn.end).toBe(50);
    expect(drawn.start).toBeLessThan(50);
  });

  test.prop([geometry])('[P1] holds every row that is seen, and never many more', (given) => {
    const { start, end, abovePx, totalPx } = windowOfList(given);
    const { count, rowPx, hiddenAbovePx, viewportPx } = given;
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeLessThanOrEqual(count);
    expect(abovePx).toBe(start * rowPx);
    expect(totalPx).toBe(count * rowPx);
    expect(end - start).toBeLessThanOrEqual(Math.ceil(viewportPx / rowPx) + 1 + 16);
    const firstSeen = Math.max(Math.floor(hiddenAbovePx / rowPx), 0);
    const lastSeen = Math.floor((hiddenAbovePx + viewportPx - 1) / rowPx);
    for (let row = firstSeen; row <= Math.min(lastSeen, count - 1); row += 1) {
      expect(row >= start && row < end).toBe(true);
    }
  });
});
