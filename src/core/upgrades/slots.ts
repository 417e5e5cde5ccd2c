import type { Hash } from '../base/brands.js';
import { type Result, err, ok } from '../base/result.js';
import type { LoaderPin } from './loader-pin.js';

/** A bundle by its names, and what a device has to know of it without reading its manifest. */
export interface BundleNote {
  /** SHA-256 of the manifest's bytes: what people approved. */
  readonly manifest: Hash;
  /** The root of the files alone: what a quarantine goes by. */
  readonly content: Hash;
  readonly version: string;
  readonly sequence: number;
  readonly protocols: readonly string[];
  readonly fold: number;
  readonly files: number;
  readonly bytes: number;
  /** The loader that it comes with; absent: the one that every account began with. */
  readonly brings?: LoaderPin;
}

/** Where a slot's bundle has come to; `bad`: it failed here and is never tried again. */
export type SlotStage = 'staging' | 'staged' | 'trial' | 'good' | 'bad';

export interface Slot extends BundleNote {
  readonly stage: SlotStage;
}

export type SlotName = 'a' | 'b';

/** A bundle that has to prove itself; its number is never given again (rule U7). */
export interface Trial {
  readonly number: number;
  readonly sinceMs: number;
  /** How often its page was given away since one came up; kept before that is. */
  readonly boots: number;
  /** How often its page came up. */
  readonly ups: number;
}

/** The newest release that was good here. */
export interface Floor {
  readonly sequence: number;
  readonly version: string;
  readonly content: Hash;
}

/** One switch of bundles. `from` and `to` are content roots; null: nothing ran before. */
export interface Switch {
  readonly atMs: number;
  readonly from: Hash | null;
  readonly to: Hash;
  readonly outcome: 'good' | 'rolled-back';
  readonly cause: string;
  readonly isAutomatic: boolean;
}

/**
 * All that is decided about the code of a device: one value, kept by one write.
 *
 * The slot that is not active is idle: there the next bundle is staged, and the one before waits.
 */
export interface Slots {
  readonly active: SlotName | null;
  readonly a: Slot | null;
  readonly b: Slot | null;
  readonly trial: Trial | null;
  /** The number of the latest trial. */
  readonly trials: number;
  readonly floor: Floor | null;
  readonly quarantined: readonly Hash[];
  /** Oldest first. */
  readonly history: readonly Switch[];
}

const EMPTY = { active: null, a: null, b: null, trial: null } as const;

/** A device that has no bundle yet. */
export const NO_BUNDLES: Slots = {
  ...EMPTY,
  trials: 0,
  floor: null,
  quarantined: [],
  history: [],
};

/** A page of a trial is given away so often; then the bundle has failed. */
export const BOOTS_MAX = 3;
/** A page of a trial comes up so often without being found well; then the bundle has failed. */
export const UPS_MAX = 9;
/** A page on trial has to come up within this time, ms. */
export const HEALTHY_MS_MAX = 20_000;
const HISTORY_MAX = 50;
const QUARANTINED_MAX = 200;
const CAUSE_UNITS_MAX = 300;

/** Why a step is not taken; the slots stay as they are. */
export type SlotFault =
  /** The other slot is what a failing trial goes back to. */
  | { readonly kind: 'on-trial'; readonly trial: number }
  | { readonly kind: 'quarantined'; readonly content: Hash }
  | { readonly kind: 'older-release'; readonly sequence: number; readonly floor: number }
  /** Two bundles claim one number; only builds without one (0) may. */
  | { readonly kind: 'two-of-one-sequence'; readonly sequence: number }
  | { readonly kind: 'already-active'; readonly manifest: Hash }
  | { readonly kind: 'nothing-staged' }
  | { readonly kind: 'already-installed' }
  /** That trial is over; a newer one may be on. */
  | { readonly kind: 'no-such-trial'; readonly trial: number }
  | { readonly kind: 'nothing-to-go-back-to' };

type Step = Result<Slots, SlotFault>;

export const idleOf = ({ active }: Slots): SlotName => (active === 'a' ? 'b' : 'a');

export const activeOf = (slots: Slots): Slot | null =>
  slots.active === null ? null : slots[slots.active];

/** Begins to fill the idle slot; what lay there goes, but for the same bundle, which goes on. */
export const beginStaging = (slots: Slots, note: BundleNote): Step => {
  const fault = stagingFault(slots, note);
  if (fault !== null) return err(fault);
  const idle = idleOf(slots);
  const lying = slots[idle];
  const isUnderWay = lying?.stage === 'staging' || lying?.stage === 'staged';
  return ok(
    isUnderWay && lying.manifest === note.manifest
      ? slots
      : { ...slots, [idle]: { ...note, stage: 'staging' } },
  );
};

const stagingFault = (slots: Slots, note: BundleNote): SlotFault | null => {
  const { trial, floor, active } = slots;
  const { sequence, content, manifest } = note;
  if (trial !== null) return { kind: 'on-trial', trial: trial.number };
  if (active !== null && slots[active]?.manifest === manifest) {
    return { kind: 'already-active', manifest };
  }
  if (slots.quarantined.includes(content)) return { kind: 'quarantined', content };
  if (floor === null) return null;
  if (sequence < floor.sequence) {
    return { kind: 'older-release', sequence, floor: floor.sequence };
  }
  const isSecond = sequence === floor.sequence && sequence > 0 && content !== floor.content;
  return isSecond ? { kind: 'two-of-one-sequence', sequence } : null;
};

/** The commit marker, written last: every file of that bundle lies here and was checked. */
export const finishStaging = (slots: Slots, manifest: Hash): Step => {
  const idle = idleOf(slots);
  const slot = slots[idle];
  if (slot === null || slot.manifest !== manifest) return err({ kind: 'nothing-staged' });
  if (slot.stage !== 'staging') return ok(slots);
  return ok({ ...slots, [idle]: { ...slot, stage: 'staged' } });
};

/** The first bundle of all is good at once: there is none to go back to. */
export const adoptFirst = (slots: Slots, atMs: number): Step => {
  if (slots.active !== null) return err({ kind: 'already-installed' });
  const idle = idleOf(slots);
  const slot = slots[idle];
  if (slot?.stage !== 'staged') return err({ kind: 'nothing-staged' });
  const adopted: Slots = { ...slots, active: idle, [idle]: { ...slot, stage: 'good' } };
  return ok(
    recorded(raised(adopted, slot), {
      ...{ atMs, from: null, to: slot.content, outcome: 'good' },
      ...{ cause: 'first', isAutomatic: true },
    }),
  );
};

/** Makes the staged bundle, or the one kept for going back, the active one, on trial. */
export const startTrial = (slots: Slots, atMs: number): Step => {
  if (slots.trial !== null) return err({ kind: 'on-trial', trial: slots.trial.number });
  const idle = idleOf(slots);
  const slot = slots[idle];
  if (slots.active === null || slot?.stage !== 'staged') return err({ kind: 'nothing-staged' });
  const number = slots.trials + 1;
  return ok({
    ...slots,
    active: idle,
    [idle]: { ...slot, stage: 'trial' },
    trial: { number, sinceMs: atMs, boots: 0, ups: 0 },
    trials: number,
  });
};

/**
 * Counts one more page of the active bundle that is about to be given away.
 *
 * A trial that had its boots is over: then the slots returned have gone back already.
 */
export const countBoot = (slots: Slots, atMs: number): Slots => {
  const { trial } = slots;
  if (trial === null) return slots;
  if (trial.boots < BOOTS_MAX && trial.ups < UPS_MAX) {
    return { ...slots, trial: { ...trial, boots: trial.boots + 1 } };
  }
  const failed = failTrial(slots, trial.number, 'boots', atMs);
  return failed.ok ? failed.value : slots;
};

/** Whether the page that was given away last came up: no guard waits for it any more. */
export const isUp = ({ boots, ups }: Trial): boolean => boots === 0 && ups > 0;

/** A page of that trial came up: loading it took no harm, and its checks go on for longer. */
export const comeUp = (slots: Slots, number: number): Step => {
  const { trial } = slots;
  if (trial?.number !== number) return err({ kind: 'no-such-trial', trial: number });
  if (trial.boots === 0) return ok(slots);
  return ok({ ...slots, trial: { ...trial, boots: 0, ups: trial.ups + 1 } });
};

/** The bundle on trial is well: it is good, the floor rises, the other is kept for going back. */
export const passTrial = (slots: Slots, trial: number, atMs: number): Step => {
  const { active } = slots;
  const slot = active === null ? null : slots[active];
  if (slots.trial?.number !== trial || active === null || slot === null) {
    return err({ kind: 'no-such-trial', trial });
  }
  const from = slots[idleOf(slots)]?.content ?? null;
  const passed: Slots = { ...slots, trial: null, [active]: { ...slot, stage: 'good' } };
  return ok(
    recorded(raised(passed, slot), {
      ...{ atMs, from, to: slot.content, outcome: 'good' },
      ...{ cause: 'healthy', isAutomatic: true },
    }),
  );
};

/** A watcher of that very trial saw it fail: back to the other bundle. Others are not heard. */
export const failTrial = (slots: Slots, trial: number, cause: string, atMs: number): Step =>
  slots.trial?.number === trial
    ? goBack(slots, cause, true, atMs)
    : err({ kind: 'no-such-trial', trial });

/** Back to the other bundle, because a person or a check after the trial wants it. */
export const goBack = (slots: Slots, cause: string, isAutomatic: boolean, atMs: number): Step => {
  const { active } = slots;
  const idle = idleOf(slots);
  const slot = activeOf(slots);
  const other = slots[idle];
  if (active === null || slot === null || other?.stage !== 'good') {
    return err({ kind: 'nothing-to-go-back-to' });
  }
  const back: Slots = {
    ...slots,
    active: idle,
    [active]: { ...slot, stage: 'bad' },
    trial: null,
    quarantined: [...slots.quarantined.filter((each) => each !== slot.content), slot.content].slice(
      -QUARANTINED_MAX,
    ),
  };
  return ok(
    recorded(back, {
      ...{ atMs, from: slot.content, to: other.content, outcome: 'rolled-back' },
      ...{ cause, isAutomatic },
    }),
  );
};

/** A person wants what failed here once more; nothing else takes it out of the quarantine. */
export const readmit = (slots: Slots, content: Hash): Step =>
  slots.trial === null
    ? ok({ ...slots, quarantined: slots.quarantined.filter((each) => each !== content) })
    : err({ kind: 'on-trial', trial: slots.trial.number });

/** Empties the idle slot; refused while a trial may need what lies there. */
export const emptyIdle = (slots: Slots): Step =>
  slots.trial === null
    ? ok({ ...slots, [idleOf(slots)]: null })
    : err({ kind: 'on-trial', trial: slots.trial.number });

/** Gives both bundles up, as a person may when neither runs; what failed stays known. */
export const forgetBundles = (slots: Slots): Slots => ({ ...slots, ...EMPTY });

/** Nothing below the floor is ever staged, so what became good is never below it. */
const raised = (slots: Slots, { sequence, version, content }: Slot): Slots => ({
  ...slots,
  floor: { sequence, version, content },
});

const recorded = (slots: Slots, entry: Switch): Slots => {
  const kept = { ...entry, cause: entry.cause.slice(0, CAUSE_UNITS_MAX) };
  return { ...slots, history: [...slots.history, kept].slice(-HISTORY_MAX) };
};
