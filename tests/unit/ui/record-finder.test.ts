import { describe, expect, it } from 'vitest';
import { brandHex } from '../../../src/core/base/brands.js';
import type { Clock } from '../../../src/replica/commands.js';
import type { RecordView } from '../../../src/replica/view.js';
import { createRecordFinder } from '../../../src/ui/screens/records/record-finder.svelte.js';
import { searchFigures } from '../../../src/ui/screens/records/record-search.js';

const COUNT = 6_000;

const recordAt = (index: number): RecordView => ({
  key: `a:${index}`,
  title: index % 100 === 0 ? 'Boiler' : `Room ${index}`,
  text: 'Serviced in May',
  labels: [],
  date: null,
  attachments: [],
  createdMs: 0,
  editedMs: COUNT - index,
  editedBy: brandHex('a'.repeat(64)),
  state: 'saved',
});
const recordsAnew = (): readonly RecordView[] =>
  Array.from({ length: COUNT }, (_, at) => recordAt(at));
const BOILER = { query: 'boiler', label: null };

/** Each look at it takes a millisecond; pauses end one by one, when they are let. */
const createSlowClock = () => {
  let nowMs = 0;
  const paused: (() => void)[] = [];
  const clock: Clock = {
    wallMs: () => nowMs,
    monotonicMs: () => (nowMs += 1),
    after: () => () => undefined,
    pause: () => new Promise((done) => void paused.push(done)),
  };
  const step = async (): Promise<void> => {
    paused.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  return { clock, step, isPaused: () => paused.length > 0 };
};

describe('[P1] records are found in turns', () => {
  it('[P1] one turn looks at some of them; what is there is shown before all is', async () => {
    const { clock, step } = createSlowClock();
    const finder = createRecordFinder(clock);
    const asked = finder.ask(recordsAnew(), BOILER);
    expect(finder.isLooking).toBe(true);
    expect(finder.found).toBeNull();
    let turns = 0;
    let shown = 0;
    while (finder.isLooking) {
      turns += 1;
      if (shown === 0) shown = finder.found?.length ?? 0;
      await step();
    }
    await asked;
    expect(turns).toBeGreaterThan(5);
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(60);
    expect(finder.found).toHaveLength(60);
  });

  it('[P1] a later question lets go of an earlier one; an empty one shows all again', async () => {
    const { clock, step, isPaused } = createSlowClock();
    const finder = createRecordFinder(clock);
    const records = recordsAnew();
    void finder.ask(records, BOILER);
    void finder.ask(records, { query: 'room', label: null });
    while (isPaused()) await step();
    expect(finder.isLooking).toBe(false);
    expect(finder.found?.length).toBeGreaterThan(0);
    expect(finder.found?.every(({ title }) => title.startsWith('Room'))).toBe(true);
    void finder.ask(records, { query: ' ', label: null });
    expect(finder.found).toBeNull();
  });

  it('[P1] nothing goes on once the list is left', async () => {
    const { clock, step, isPaused } = createSlowClock();
    const finder = createRecordFinder(clock);
    void finder.ask(recordsAnew(), BOILER);
    finder.close();
    while (isPaused()) await step();
    expect(finder.found).toBeNull();
  });
});

describe('[K3] texts are made ready before anybody asks', () => {
  it('[K3] all of them in turns, and the question then makes none', async () => {
    const { clock, step, isPaused } = createSlowClock();
    const finder = createRecordFinder(clock);
    const records = recordsAnew();
    const { misses } = searchFigures();
    void finder.expect(records);
    expect(searchFigures().misses).toBe(misses);
    await step();
    expect(searchFigures().misses - misses).toBeLessThan(COUNT / 2);
    while (isPaused()) await step();
    expect(searchFigures().misses).toBe(misses + COUNT);
    void finder.ask(records, BOILER);
    while (isPaused()) await step();
    expect(searchFigures().misses).toBe(misses + COUNT);
    expect(finder.found).toHaveLength(60);
  });

  it('[K3] a question goes first', async () => {
    const { clock, step, isPaused } = createSlowClock();
    const finder = createRecordFinder(clock);
    const records = recordsAnew();
    void finder.expect(records);
    await step();
    void finder.ask(records, BOILER);
    while (isPaused()) await step();
    expect(finder.found).toHaveLength(60);
  });
});
