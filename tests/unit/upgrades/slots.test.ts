import { describe, expect, test } from 'vitest';
import {
  BOOTS_MAX,
  UPS_MAX,
  type BundleNote,
  NO_BUNDLES,
  type SlotFault,
  type Slots,
  adoptFirst,
  beginStaging,
  comeUp,
  countBoot,
  emptyIdle,
  failTrial,
  finishStaging,
  forgetBundles,
  goBack,
  passTrial,
  readmit,
  startTrial,
} from '../../../src/core/upgrades/slots.js';
import { hashNamed } from './sample-bundle.js';

const noteOf = (n: number, changes: Partial<BundleNote> = {}): BundleNote => ({
  manifest: hashNamed(`manifest ${n}`),
  content: hashNamed(`content ${n}`),
  version: `1.${n}.0`,
  sequence: n,
  ...{ protocols: ['upkeep/1'], fold: 1, files: 3, bytes: 100 },
  ...changes,
});

type Step = (slots: Slots) => { ok: true; value: Slots } | { ok: false; error: SlotFault };

const after = (slots: Slots, ...steps: readonly Step[]): Slots =>
  steps.reduce((from, step) => {
    const taken = step(from);
    if (!taken.ok) throw new Error(taken.error.kind);
    return taken.value;
  }, slots);

const staged = (n: number): readonly Step[] => [
  (slots) => beginStaging(slots, noteOf(n)),
  (slots) => finishStaging(slots, noteOf(n).manifest),
];
const tried: Step = (slots) => startTrial(slots, 20);
const passed =
  (trial: number): Step =>
  (slots) =>
    passTrial(slots, trial, 30);
const FIRST = after(NO_BUNDLES, ...staged(1), (slots) => adoptFirst(slots, 10));
const SECOND_ON_TRIAL = after(FIRST, ...staged(2), tried);
const SECOND = after(SECOND_ON_TRIAL, passed(1));

const faultOf = (taken: ReturnType<Step>): string => (taken.ok ? 'taken' : taken.error.kind);

describe('slots', () => {
  test('[U7] none, staging, staged, trial, good: and the bundle before is kept', () => {
    const begun = after(FIRST, (slots) => beginStaging(slots, noteOf(2)));
    expect([begun.active, begun.b?.stage]).toEqual(['a', 'staging']);
    expect(faultOf(tried(begun))).toBe('nothing-staged');
    expect([SECOND_ON_TRIAL.active, SECOND_ON_TRIAL.b?.stage]).toEqual(['b', 'trial']);
    expect([SECOND.a?.stage, SECOND.b?.stage, SECOND.trial]).toEqual(['good', 'good', null]);
    expect(SECOND.history.map(({ outcome, cause }) => [outcome, cause])).toEqual([
      ['good', 'first'],
      ['good', 'healthy'],
    ]);
  });

  test('[U7] the floor rises only on good, and never falls', () => {
    expect(SECOND_ON_TRIAL.floor?.sequence).toBe(1);
    expect(SECOND.floor).toEqual({
      sequence: 2,
      version: '1.2.0',
      content: noteOf(2).content,
    });
    const back = after(SECOND, (slots) => goBack(slots, 'slow', false, 40));
    expect([back.active, back.floor?.sequence]).toEqual(['a', 2]);
    expect(faultOf(beginStaging(back, noteOf(1, { manifest: hashNamed('x') })))).toBe(
      'older-release',
    );
  });

  test('[U7] an old watcher cannot undo a newer trial, nor one that is over', () => {
    const failed = after(SECOND_ON_TRIAL, (slots) => failTrial(slots, 1, 'timeout', 25));
    const third = after(failed, ...staged(3), tried);
    expect(third.trial?.number).toBe(2);
    expect(faultOf(failTrial(third, 1, 'timeout', 50))).toBe('no-such-trial');
    expect(faultOf(passTrial(third, 1, 50))).toBe('no-such-trial');
    expect(faultOf(failTrial(SECOND, 1, 'timeout', 50))).toBe('no-such-trial');
  });

  test('[U7] three pages of a trial are given away, and no fourth', () => {
    let slots = SECOND_ON_TRIAL;
    for (let boots = 1; boots <= BOOTS_MAX; boots += 1) {
      slots = countBoot(slots, 30);
      expect([slots.trial?.boots, slots.active]).toEqual([boots, 'b']);
    }
    const over = countBoot(slots, 30);
    expect([over.trial, over.active, over.b?.stage]).toEqual([null, 'a', 'bad']);
    expect(over.history.at(-1)).toMatchObject({ outcome: 'rolled-back', cause: 'boots' });
    expect(countBoot(over, 40)).toBe(over);
  });

  test('[U7, H2] a page that comes up has its boots back, but not for ever', () => {
    let slots = SECOND_ON_TRIAL;
    for (let ups = 1; ups <= UPS_MAX; ups += 1) {
      slots = after(countBoot(slots, 30), (from) => comeUp(from, 1));
      expect(slots.trial).toMatchObject({ boots: 0, ups });
      expect(after(slots, (from) => comeUp(from, 1))).toBe(slots);
    }
    expect(faultOf(comeUp(slots, 2))).toBe('no-such-trial');
    expect(countBoot(slots, 30)).toMatchObject({ trial: null, active: 'a' });
  });

  test('[U7] what failed is not taken again, whatever its manifest and number', () => {
    const failed = after(SECOND_ON_TRIAL, (slots) => failTrial(slots, 1, 'error', 25));
    const again = noteOf(9, { content: noteOf(2).content });
    expect(faultOf(beginStaging(failed, again))).toBe('quarantined');
    expect(faultOf(goBack(failed, 'again', false, 30))).toBe('nothing-to-go-back-to');
  });

  test('[U7] what failed is taken once more where a person wants that, and fails as before', () => {
    const failed = after(SECOND_ON_TRIAL, (slots) => failTrial(slots, 1, 'timeout', 25));
    const { content } = noteOf(2);
    const wanted = after(failed, (slots) => readmit(slots, content));
    expect([wanted.quarantined, wanted.active, wanted.b?.stage]).toEqual([[], 'a', 'bad']);
    const third = after(wanted, ...staged(2), tried);
    expect(third).toMatchObject({ active: 'b', trial: { number: 2 } });
    expect(faultOf(readmit(third, content))).toBe('on-trial');
    const again = after(third, (slots) => failTrial(slots, 2, 'timeout', 50));
    expect([again.quarantined, again.active]).toEqual([[content], 'a']);
  });

  test('[U7] while a trial is on, what it goes back to stays', () => {
    expect(faultOf(beginStaging(SECOND_ON_TRIAL, noteOf(3)))).toBe('on-trial');
    expect(faultOf(emptyIdle(SECOND_ON_TRIAL))).toBe('on-trial');
    expect(faultOf(tried(SECOND_ON_TRIAL))).toBe('on-trial');
  });

  test('[U10] one number names one bundle; builds without a number may follow each other', () => {
    const other = { content: hashNamed('other'), manifest: hashNamed('other') };
    expect(faultOf(beginStaging(FIRST, noteOf(1, other)))).toBe('two-of-one-sequence');
    const plain = after(
      NO_BUNDLES,
      (slots) => beginStaging(slots, noteOf(0)),
      (slots) => finishStaging(slots, noteOf(0).manifest),
      (slots) => adoptFirst(slots, 10),
    );
    expect(faultOf(beginStaging(plain, noteOf(0, other)))).toBe('taken');
    expect(faultOf(adoptFirst(plain, 20))).toBe('already-installed');
  });

  test('[U7] the bundle before can be staged, and tried, once more', () => {
    const plain = (n: number): BundleNote => noteOf(n, { sequence: 0 });
    const stage = (n: number): readonly Step[] => [
      (slots) => beginStaging(slots, plain(n)),
      (slots) => finishStaging(slots, plain(n).manifest),
    ];
    const second = after(
      NO_BUNDLES,
      ...stage(1),
      (slots) => adoptFirst(slots, 10),
      ...stage(2),
      tried,
      passed(1),
    );
    expect(after(second, ...stage(1), tried).a?.stage).toBe('trial');
  });

  test('[U6] who gives both up keeps what is known of failures', () => {
    const failed = after(SECOND_ON_TRIAL, (slots) => failTrial(slots, 1, 'error', 25));
    const { active, a, b, quarantined, trials } = forgetBundles(failed);
    expect([active, a, b, quarantined.length, trials]).toEqual([null, null, null, 1, 1]);
  });
});
