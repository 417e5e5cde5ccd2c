import { describe, expect, test } from 'vitest';
import {
  HEALTHY_MS_MAX,
  NO_BUNDLES,
  type Slots,
  adoptFirst,
  beginStaging,
  comeUp,
  finishStaging,
  passTrial,
  startTrial,
} from '../../../src/core/upgrades/slots.js';
import { watchSlots } from '../../../src/loader/slot-watch.js';
import { noteOf } from '../../../src/adapters/bundles/slotted-bundles.js';
import { sampleManifest } from '../upgrades/sample-bundle.js';

const first = noteOf(sampleManifest());
const [some] = sampleManifest().files;
const second = noteOf(sampleManifest({ sequence: 13, files: some === undefined ? [] : [some] }));

const onTrial = (): Slots => {
  const steps = [
    (slots: Slots) => beginStaging(slots, first),
    (slots: Slots) => finishStaging(slots, first.manifest),
    (slots: Slots) => adoptFirst(slots, 1),
    (slots: Slots) => beginStaging(slots, second),
    (slots: Slots) => finishStaging(slots, second.manifest),
    (slots: Slots) => startTrial(slots, 2),
  ];
  return steps.reduce((slots, step) => {
    const next = step(slots);
    if (!next.ok) throw new Error(next.error.kind);
    return next.value;
  }, NO_BUNDLES);
};

/** A keeper of slots, and a pause that ends when the test says so. */
const begin = () => {
  const kept = { slots: onTrial(), told: 0, pausedMs: 0 };
  let go = (): void => undefined;
  const watch = watchSlots(
    {
      read: async () => kept.slots,
      change: async (step) => {
        const next = step(kept.slots);
        if (next.ok) kept.slots = next.value;
        return next;
      },
    },
    () => (kept.told += 1),
    (ms) => {
      kept.pausedMs = ms;
      return new Promise((resolve) => (go = resolve));
    },
    () => 3,
  );
  return { kept, watch, pass: () => go() };
};

describe('the watch over a trial', () => {
  test('[U7] a page that is open and says nothing for too long has failed', async () => {
    const { kept, watch, pass } = begin();
    await watch.boot(true);
    const waiting = watch.outwait(1, async () => true);
    expect(kept.pausedMs).toBeGreaterThan(HEALTHY_MS_MAX);
    pass();
    await waiting;
    expect(kept.slots.history.at(-1)).toMatchObject({ outcome: 'rolled-back', cause: 'hung' });
    expect([kept.slots.active, kept.told]).toEqual(['a', 1]);
  });

  test('[U7, H2] one that came up has not: its own checks take longer', async () => {
    const up = begin();
    await up.watch.boot(true);
    const waiting = up.watch.outwait(1, async () => true);
    const done = comeUp(up.kept.slots, 1);
    if (done.ok) up.kept.slots = done.value;
    up.pass();
    await waiting;
    expect([up.kept.slots.active, up.kept.slots.trial?.ups]).toEqual(['b', 1]);
    const anew = await up.watch.boot(true);
    expect(anew.trial).toMatchObject({ boots: 1, ups: 1 });
  });

  test('[U7] one that was closed, or passed meanwhile, has not', async () => {
    const closed = begin();
    const waiting = closed.watch.outwait(1, async () => false);
    closed.pass();
    await waiting;
    expect(closed.kept.slots.active).toBe('b');
    const passed = begin();
    const alsoWaiting = passed.watch.outwait(1, async () => true);
    const done = passTrial(passed.kept.slots, 1, 3);
    if (done.ok) passed.kept.slots = done.value;
    passed.pass();
    await alsoWaiting;
    expect(passed.kept.slots.history.map(({ outcome }) => outcome)).toEqual(['good', 'good']);
  });

  test('[U7] whole pages are counted before they are given away, frames are not', async () => {
    const { kept, watch } = begin();
    expect((await watch.boot(false)).trial?.boots).toBe(0);
    for (const boots of [1, 2, 3]) {
      expect((await watch.boot(true)).trial?.boots).toBe(boots);
      expect(kept.slots.trial?.boots).toBe(boots);
    }
    expect(kept.told).toBe(0);
    expect((await watch.boot(true)).active).toBe('a');
    expect([kept.slots.trial, kept.told]).toEqual([null, 1]);
  });
});
