import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BundleNote,
  NO_BUNDLES,
  type Slots,
  adoptFirst,
  beginStaging,
  comeUp,
  countBoot,
  emptyIdle,
  failTrial,
  finishStaging,
  goBack,
  passTrial,
  startTrial,
} from '../../../src/core/upgrades/slots.js';
import { hashNamed } from '../../unit/upgrades/sample-bundle.js';

const noteOf = (n: number): BundleNote => ({
  manifest: hashNamed(`manifest ${n}`),
  content: hashNamed(`content ${n}`),
  version: `1.${n}.0`,
  sequence: n,
  ...{ protocols: [], fold: 1, files: 1, bytes: 1 },
});

const STEPS = [
  'begin',
  'finish',
  'adopt',
  'try',
  'boot',
  'up',
  'pass',
  'fail',
  'fail-old',
  'back',
  'empty',
] as const;

const taken = (slots: Slots, step: (typeof STEPS)[number], n: number): Slots => {
  const number = slots.trial?.number ?? 0;
  const of = () => {
    switch (step) {
      case 'begin':
        return beginStaging(slots, noteOf(n));
      case 'finish':
        return finishStaging(slots, noteOf(n).manifest);
      case 'adopt':
        return adoptFirst(slots, 1);
      case 'try':
        return startTrial(slots, 1);
      case 'boot':
        return { ok: true as const, value: countBoot(slots, 1) };
      case 'up':
        return comeUp(slots, number);
      case 'pass':
        return passTrial(slots, number, 1);
      case 'fail':
        return failTrial(slots, number, 'error', 1);
      case 'fail-old':
        return failTrial(slots, number - 1, 'error', 1);
      case 'back':
        return goBack(slots, 'a person', false, 1);
      case 'empty':
        return emptyIdle(slots);
    }
  };
  const next = of();
  return next.ok ? next.value : slots;
};

/** Steps that go all the way come often enough beside stray ones. */
const walk = fc.array(
  fc.oneof(
    fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      steps: fc.constantFrom(
        ['begin', 'finish', 'adopt'] as const,
        ['begin', 'finish', 'try'] as const,
        ['begin', 'finish', 'try', 'pass'] as const,
        ['begin', 'finish', 'try', 'fail'] as const,
      ),
    }),
    fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      steps: fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 3 }),
    }),
  ),
  { minLength: 8, maxLength: 30, size: 'max' },
);

describe('slots, whatever happens in whatever order', () => {
  test('[U7] after every write the device has a bundle to open, and it is no failed one', () => {
    let trials = 0;
    fc.assert(
      fc.property(walk, (acts) => {
        let slots = NO_BUNDLES;
        for (const { n, steps } of acts) {
          for (const step of steps) {
            const before = slots;
            slots = taken(slots, step, n);
            trials += slots.trials - before.trials;
            const wrong = wrongOf(slots) ?? wrongStep(before, slots, step);
            if (wrong !== null) throw new Error(`${wrong}, after ${step} of ${n}`);
          }
        }
      }),
      { numRuns: 150 },
    );
    expect(trials).toBeGreaterThan(100);
  });
});

/** A crash leaves what one write made: each such value opens. Null: nothing is wrong with it. */
const wrongOf = ({ active, trial, a, b, quarantined }: Slots): string | null => {
  const [slot, other] = active === 'a' ? [a, b] : [b, a];
  if (active === null) return trial === null ? null : 'a trial of nothing';
  if (slot?.stage !== (trial === null ? 'good' : 'trial')) return 'what opens is not ready';
  if (trial !== null && other?.stage !== 'good') return 'a trial without a way back';
  return quarantined.includes(slot.content) ? 'what opens has failed before' : null;
};

const wrongStep = (before: Slots, slots: Slots, step: (typeof STEPS)[number]): string | null => {
  if (slots.trials < before.trials) return 'a number is given twice';
  const [floor, floorBefore] = [slots.floor?.sequence ?? 0, before.floor?.sequence ?? 0];
  if (floor < floorBefore) return 'the floor falls';
  const isGood = step === 'pass' || step === 'adopt';
  if (floor > floorBefore && !isGood) return 'the floor rises before good';
  return step === 'fail-old' && slots !== before ? 'an old watcher is heard' : null;
};
