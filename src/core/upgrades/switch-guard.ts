import type { DeviceId, Hash } from '../base/brands.js';
import type { BundleReport } from '../journal/upgrade-marks.js';
import { type RollOut, waveOf } from './roll-out.js';
import { type Upgrade, isOver } from './upgrade.js';

/** What keeps a device from switching to an upgrade, or from making it binding. */
export type UpgradeBlocker =
  /** It failed, or a later one is in force. */
  | { readonly kind: 'over' }
  /** No loader is in control: development, a private window, the first visit. */
  | { readonly kind: 'no-loader' }
  /** A store ships the code of this device. */
  | { readonly kind: 'app-store' }
  | { readonly kind: 'already-running' }
  /** Another bundle is on trial here. */
  | { readonly kind: 'on-trial' }
  /** Its files are not here, or were not checked. */
  | { readonly kind: 'not-verified' }
  /** It failed here or on another member. */
  | { readonly kind: 'quarantined' }
  | { readonly kind: 'halted'; readonly device: DeviceId; readonly reason: string }
  /** Too few are ready; of a hard fork that is to be made binding: too few run it. */
  | {
      readonly kind: 'not-locked-in';
      readonly have: number;
      readonly need: number;
      readonly missing: readonly DeviceId[];
    }
  | { readonly kind: 'grace'; readonly untilMs: number }
  /** An earlier wave has to hold first. */
  | { readonly kind: 'wave'; readonly wave: number; readonly waitsFor: readonly DeviceId[] }
  /** It is binding already. */
  | { readonly kind: 'already-active' }
  /** This device may not ask for it (rule F8: `upgrade_activate`). */
  | { readonly kind: 'not-allowed' }
  /** The devices are asked already. */
  | { readonly kind: 'decision-open' }
  /** Rival lists of devices stand. */
  | { readonly kind: 'forked' }
  /** What this device would go back to lacks a protocol that a hard fork requires. */
  | { readonly kind: 'behind-fence'; readonly protocol: string }
  /** What this device would go back to does not read the format of the records (rule S13). */
  | { readonly kind: 'behind-format'; readonly format: number }
  /** It has locked in: only taking it back, or halting it, stops it now. */
  | { readonly kind: 'locked-in' }
  /** Another download goes on here. */
  | { readonly kind: 'fetching' };

/** What is so on this device. */
export interface SwitchGround {
  readonly me: DeviceId;
  readonly devices: readonly DeviceId[];
  readonly cannotSwitch: 'no-loader' | 'app-store' | null;
  /** Root of what runs, whether good or on trial. */
  readonly running: Hash | null;
  readonly isOnTrial: boolean;
  /** The manifest that lies checked in the idle slot. */
  readonly staged: Hash | null;
  /** Roots that failed here or on a member. */
  readonly quarantined: ReadonlySet<Hash>;
  /** A fence keeps this device out, and it comes back by that upgrade. */
  readonly isWayBack: boolean;
  readonly rollOut: RollOut | null;
  readonly nowMs: number;
}

/**
 * Why this device does not switch to an upgrade now; null when it may.
 *
 * A bundle runs nowhere before the governance threshold had it checked (rule U4). The order is that
 * in which people are told.
 */
export const switchBlocker = (upgrade: Upgrade, ground: SwitchGround): UpgradeBlocker | null => {
  const { body, approvedMs, graceEndsMs, halted } = upgrade;
  if (isOver(upgrade) && !ground.isWayBack) return { kind: 'over' };
  if (ground.cannotSwitch !== null) return { kind: ground.cannotSwitch };
  if (ground.running === body.content) return { kind: 'already-running' };
  if (ground.quarantined.has(body.content)) return { kind: 'quarantined' };
  if (ground.isOnTrial) return { kind: 'on-trial' };
  if (ground.staged !== body.manifest) return { kind: 'not-verified' };
  if (halted !== null) return { kind: 'halted', ...halted };
  if (approvedMs === null) return tooFew(verifiedBy(upgrade), upgrade, ground);
  const isGraceOver = graceEndsMs === null || ground.nowMs >= graceEndsMs;
  if (!isGraceOver) return { kind: 'grace', untilMs: graceEndsMs };
  const { rollOut } = ground;
  const mine = waveOf(upgrade, ground.me);
  if (rollOut === null || mine <= rollOut.open) return null;
  return { kind: 'wave', wave: rollOut.open, waitsFor: rollOut.waitsFor };
};

const tooFew = (
  ready: readonly DeviceId[],
  { needed: need }: Upgrade,
  { devices }: Pick<SwitchGround, 'devices'>,
): UpgradeBlocker => {
  const missing = devices.filter((device) => !ready.includes(device));
  return { kind: 'not-locked-in', have: ready.length, need, missing };
};

/** Who said last that it has checked the bundle, whether it runs it or not. */
export const verifiedBy = ({ readiness }: Pick<Upgrade, 'readiness'>): readonly DeviceId[] =>
  [...readiness].filter(([, { verdict }]) => verdict === 'ready').map(([device]) => device);

/** Who can give a copy of it, by its own word: it has it checked, or runs it. */
export const holdersOf = (
  { readiness, body }: Pick<Upgrade, 'readiness' | 'body'>,
  devices: readonly DeviceId[],
  bundleOf: (device: DeviceId) => BundleReport | null,
): readonly DeviceId[] =>
  devices.filter(
    (device) =>
      readiness.get(device)?.verdict === 'ready' || bundleOf(device)?.content === body.content,
  );

/** What is so on the device that would ask to make a hard fork binding. */
export interface BindingGround {
  readonly devices: readonly DeviceId[];
  readonly mayActivate: boolean;
  readonly isForked: boolean;
  readonly isAsked: boolean;
}

/** Why a hard fork is not asked for now; null when it may be. */
export const bindingBlocker = (upgrade: Upgrade, ground: BindingGround): UpgradeBlocker | null => {
  const { stage, ready, halted, fence } = upgrade;
  if (fence !== null) return { kind: 'already-active' };
  if (isOver(upgrade)) return { kind: 'over' };
  if (!ground.mayActivate) return { kind: 'not-allowed' };
  if (ground.isForked) return { kind: 'forked' };
  if (halted !== null) return { kind: 'halted', ...halted };
  if (stage !== 'locked-in') return tooFew(ready, upgrade, ground);
  return ground.isAsked ? { kind: 'decision-open' } : null;
};
