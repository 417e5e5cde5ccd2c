import type { DeviceId } from '../../core/base/brands.js';
import { PROBATION_MS } from '../../core/health/checks.js';
import { type Result, err, ok } from '../../core/base/result.js';
import type { BundlesState } from '../../ports/bundles.js';
import type { CommandError } from '../command-error.js';
import type { Holdings } from '../journal/holdings.js';
import type { UpgradeReading } from '../upgrades/upgrade-reading.js';

/** The code of this device, and when it is asked about. */
export interface FormatCode {
  /** Null where it has no bundles: then there is none to go back to either. */
  readonly state: Pick<BundlesState, 'active' | 'idle' | 'history'> | null;
  readonly nowMs: number;
}

/** Why this device's code may not take the account to a newer format yet (rules S13 and U7). */
export interface FormatBlocker {
  readonly kind: 'code-unproven';
  /** When it may; wall ms. Null: it is on trial, and nobody knows. */
  readonly untilMs: number | null;
}

/**
 * Whether this device may still go back to code that does not read a format; null when not.
 *
 * Only what was good and its time of going back is over may agree to a format that the code before
 * does not read: nobody is to come back to records that it cannot read.
 */
export const formatBlocker = (fold: number, { state, nowMs }: FormatCode): FormatBlocker | null => {
  if (state === null || state.active === null) return null;
  const { active, idle, history } = state;
  if (active.state === 'trial') return { kind: 'code-unproven', untilMs: null };
  if (idle?.state !== 'good' || idle.fold >= fold) return null;
  const since = history.findLast(({ to, outcome }) => to === active.content && outcome === 'good');
  if (since === undefined || Math.abs(nowMs - since.atMs) >= PROBATION_MS) return null;
  return { kind: 'code-unproven', untilMs: since.atMs + PROBATION_MS };
};

/**
 * The format that a proposal of this device takes the records to: the newest that its code has.
 *
 * Errors: `format-newest` where they are there; `blocked` while its code has to prove itself.
 */
export const raiseOf = (
  holdings: Pick<Holdings, 'foldVersion' | 'reads'>,
  code: FormatCode,
): Result<number, CommandError> => {
  const fold = holdings.reads();
  if (fold <= holdings.foldVersion()) return err({ kind: 'format-newest', format: fold });
  const blocker = formatBlocker(fold, code);
  return blocker === null ? ok(fold) : err({ kind: 'blocked', blocker });
};

/** The format of the account's records, and what this device's code reads (rule S13). */
export interface FormatView {
  /** Of the account: the highest that a standing snapshot names. */
  readonly version: number;
  /** The highest that this code reads; below the account's: edits wait until it is upgraded. */
  readonly reads: number;
  /** What a snapshot proposed here could take the records to; null where that is no more. */
  readonly raisesTo: number | null;
  readonly blocker: FormatBlocker | null;
  /** Members that said of their code that it does not read that; sorted. */
  readonly behind: readonly DeviceId[];
}

/** What the screens show of formats. */
export const viewFormat = (
  holdings: Holdings,
  { devices, bundleOf }: Pick<UpgradeReading, 'devices' | 'bundleOf'>,
  code: FormatCode,
): FormatView => {
  const [version, reads] = [holdings.foldVersion(), holdings.reads()];
  const raisesTo = reads > version ? reads : null;
  return {
    ...{ version, reads, raisesTo },
    blocker: raisesTo === null ? null : formatBlocker(raisesTo, code),
    behind: devices.filter((device) => {
      const told = bundleOf(device)?.fold;
      return raisesTo !== null && told !== undefined && told < raisesTo;
    }),
  };
};
