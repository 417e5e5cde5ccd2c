import { devicesOf } from '../core/authority/roster.js';
import type { DeviceId, FactId } from '../core/base/brands.js';
import {
  type BundleReport,
  type UpgradeWord,
  bundleOf,
  upgradeWords,
} from '../core/journal/upgrade-marks.js';
import { activationsIn, requiredProtocols } from '../core/upgrades/binding.js';
import type {
  KnownActivation,
  Upgrade,
  UpgradeGround,
  UpgradeState,
} from '../core/upgrades/upgrade.js';
import { readUpgrades } from '../core/upgrades/upgrade-state.js';
import type { Context } from './context.js';
import type { Holdings } from './holdings.js';
import { wallNowMs } from './wall-time.js';

/** All that the account says of its code, as it is known here now. */
export interface UpgradeReading {
  readonly state: UpgradeState;
  readonly words: readonly UpgradeWord[];
  readonly activations: readonly KnownActivation[];
  /** Protocols that hard forks made indispensable. */
  readonly required: readonly string[];
  /** The devices of the roster in force; none for a key on paper. */
  readonly devices: readonly DeviceId[];
  readonly bundleOf: (device: DeviceId) => BundleReport | null;
  readonly find: (upgrade: FactId) => Upgrade | null;
  readonly nowMs: number;
}

/** What holds until a fact or a roster comes, whatever the time. */
type Told = Pick<UpgradeReading, 'words' | 'activations' | 'devices' | 'bundleOf'> &
  Pick<UpgradeGround, 'tip'>;

/** Reads the marks once before anything changes, and what they amount to once for each moment. */
export const createUpgradeReader = (context: Context): ((holdings: Holdings) => UpgradeReading) => {
  let held: { readonly of: readonly unknown[]; readonly told: Told } | null = null;
  let last: { readonly told: Told; readonly reading: UpgradeReading } | null = null;
  return (holdings) => {
    const { marks } = holdings.fold().state();
    const of = [marks, holdings.journal().factCount(), holdings.base().id, holdings.chain()];
    const isSame = held?.of.every((each, index) => each === of[index]) ?? false;
    if (held === null || !isSame) held = { of, told: readTold(holdings) };
    const { told } = held;
    const nowMs = wallNowMs(context.ports.clock);
    if (last?.told !== told || last.reading.nowMs !== nowMs) {
      last = { told, reading: readAt(told, nowMs) };
    }
    return last.reading;
  };
};

const readTold = (holdings: Holdings): Told => {
  const chain = holdings.chain();
  const { marks } = holdings.fold().state();
  const devices = devicesOf(chain.tip).map(({ device }) => device);
  const reports = new Map(devices.map((device) => [device, bundleOf(marks, device)]));
  return {
    ...{ words: upgradeWords(marks), activations: activationsIn(chain), devices, tip: chain.tip },
    bundleOf: (device) => reports.get(device) ?? null,
  };
};

const readAt = (told: Told, nowMs: number): UpgradeReading => {
  const { words, activations, devices, bundleOf: reportOf } = told;
  const state = readUpgrades({ ...told, nowMs });
  const byId = new Map(state.upgrades.map((each) => [each.id, each]));
  return {
    ...{ state, words, activations, devices, bundleOf: reportOf, nowMs },
    required: requiredProtocols(activations, state.upgrades),
    find: (upgrade) => byId.get(upgrade) ?? null,
  };
};
