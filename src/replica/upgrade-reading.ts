import { devicesOf } from '../core/authority/roster.js';
import type { DeviceId, FactId } from '../core/base/brands.js';
import {
  type BundleReport,
  type UpgradeWord,
  bundleOf,
  upgradeWords,
} from '../core/journal/upgrade-marks.js';
import { activationsIn, requiredProtocols } from '../core/upgrades/binding.js';
import type { KnownActivation, Upgrade, UpgradeState } from '../core/upgrades/upgrade.js';
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

/** Reads the marks once for all who ask before anything changes, and before time goes on. */
export const createUpgradeReader = (context: Context): ((holdings: Holdings) => UpgradeReading) => {
  let held: { readonly of: readonly unknown[]; readonly reading: UpgradeReading } | null = null;
  return (holdings) => {
    const nowMs = wallNowMs(context.ports.clock);
    const { marks } = holdings.fold().state();
    const count = holdings.journal().factCount();
    const of = [marks, count, holdings.base().id, holdings.chain(), nowMs];
    const isSame = held?.of.every((each, index) => each === of[index]) ?? false;
    if (held === null || !isSame) held = { of, reading: readAll(holdings, nowMs) };
    return held.reading;
  };
};

const readAll = (holdings: Holdings, nowMs: number): UpgradeReading => {
  const chain = holdings.chain();
  const { marks } = holdings.fold().state();
  const words = upgradeWords(marks);
  const activations = activationsIn(chain);
  const devices = devicesOf(chain.tip).map(({ device }) => device);
  const reports = new Map(devices.map((device) => [device, bundleOf(marks, device)]));
  const reportOf = (device: DeviceId): BundleReport | null => reports.get(device) ?? null;
  const ground = { words, tip: chain.tip, activations, bundleOf: reportOf, nowMs };
  const state = readUpgrades(ground);
  const byId = new Map(state.upgrades.map((each) => [each.id, each]));
  return {
    ...{ state, words, activations, devices, bundleOf: reportOf, nowMs },
    required: requiredProtocols(activations, state.upgrades),
    find: (upgrade) => byId.get(upgrade) ?? null,
  };
};
