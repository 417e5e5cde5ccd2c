import type { LoaderDatabase } from '../adapters/bundles/loader-database.js';
import { type Result, ok } from '../core/base/result.js';
import {
  HEALTHY_MS_MAX,
  type SlotFault,
  type Slots,
  countBoot,
  failTrial,
  forgetBundles,
  goBack,
} from '../core/upgrades/slots.js';

/** What the worker decides about the slots by itself. */
export interface SlotWatch {
  /** The slots by which the next page is given away; on trial with one boot more, kept before. */
  readonly boot: (isWholePage: boolean) => Promise<Slots>;
  /** True when that very trial was on and is over now. */
  readonly fail: (trial: number, cause: string) => Promise<boolean>;
  /** Ends a trial whose page is still open and has said nothing for too long. */
  readonly outwait: (trial: number, isOpen: () => Promise<boolean>) => Promise<void>;
  readonly goBack: () => Promise<boolean>;
  readonly forget: () => Promise<boolean>;
}

/** The guard in the page speaks first. */
const GRACE_MS = 2_000;

/** Watches trials. `tell` is called after each change; `pause` waits so many ms. */
export const watchSlots = (
  database: Pick<LoaderDatabase, 'read' | 'change'>,
  tell: () => void,
  pause: (ms: number) => Promise<void>,
  wallMs: () => number,
): SlotWatch => {
  const take = async (step: (slots: Slots) => Result<Slots, SlotFault>): Promise<boolean> => {
    const taken = await database.change(step);
    if (taken.ok) tell();
    return taken.ok;
  };
  const fail = (trial: number, cause: string): Promise<boolean> =>
    take((slots) => failTrial(slots, trial, cause, wallMs()));
  return {
    boot: async (isWholePage) => {
      const slots = await database.read();
      if (slots.trial === null || !isWholePage) return slots;
      const counted = await database.change((from) => ok(countBoot(from, wallMs())));
      if (!counted.ok) return slots;
      if (counted.value.trial === null) tell();
      return counted.value;
    },
    fail,
    outwait: async (trial, isOpen) => {
      await pause(HEALTHY_MS_MAX + GRACE_MS);
      const { trial: now } = await database.read();
      if (now?.number === trial && now.boots && (await isOpen())) await fail(trial, 'hung');
    },
    goBack: () => take((slots) => goBack(slots, 'from the recovery page', false, wallMs())),
    forget: () => take((slots) => ok(forgetBundles(slots))),
  };
};
