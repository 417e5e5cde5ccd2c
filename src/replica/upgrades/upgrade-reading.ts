import { devicesOf } from '../../core/authority/roster.js';
import type { DeviceId, FactId, Hash } from '../../core/base/brands.js';
import {
  type BundleReport,
  type UpgradeWord,
  bundleOf,
  readyRules,
  upgradeWords,
} from '../../core/journal/upgrade-marks.js';
import { lackedProtocols } from '../../core/links/code-said.js';
import { type AgreedLoader, agreedLoaders } from '../../core/upgrades/agreed-loaders.js';
import type { Manifest } from '../../core/upgrades/manifest.js';
import { unannouncedIn, wordFromManifest } from '../../core/upgrades/unannounced.js';
import { activationsIn, requiredProtocols } from '../../core/upgrades/binding.js';
import type {
  KnownActivation,
  Upgrade,
  UpgradeGround,
  UpgradeState,
} from '../../core/upgrades/upgrade.js';
import { readUpgrades } from '../../core/upgrades/upgrade-state.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { OwnBundle } from './own-bundle.js';
import { NOTHING_SEEN, type UpgradeSights } from './upgrade-sights.js';
import { wallNowMs } from '../loop/wall-time.js';

/** All that the account says of its code, as it is known here now. */
export interface UpgradeReading {
  readonly state: UpgradeState;
  readonly words: readonly UpgradeWord[];
  /** What was said of how many devices have to be ready; the last one is in force. */
  readonly rules: UpgradeGround['rules'];
  readonly activations: readonly KnownActivation[];
  /** Protocols that hard forks made indispensable. */
  readonly required: readonly string[];
  /** The devices of the roster in force; none for a key on paper. */
  readonly devices: readonly DeviceId[];
  readonly bundleOf: (device: DeviceId) => BundleReport | null;
  readonly runsSinceMs: UpgradeSights['runsSinceMs'];
  readonly find: (upgrade: FactId) => Upgrade | null;
  readonly nowMs: number;
  /** Manifests of what ever bound that are not here, the last first: each may bring a loader. */
  readonly unread: readonly Hash[];
  /** Loaders that the members agreed to, oldest first. */
  readonly loaders: readonly AgreedLoader[];
}

/** What holds until a fact or a roster comes, whatever the time. */
type Told = Pick<
  UpgradeReading,
  'words' | 'rules' | 'activations' | 'devices' | 'bundleOf' | 'unread' | 'loaders'
> &
  Pick<UpgradeGround, 'tip'>;

/** What this device has of manifests, and what its code speaks. */
type KnownCode = Pick<OwnBundle, 'told' | 'manifestCount' | 'protocols'>;

/**
 * Reads the marks once before anything changes, and what they amount to once for each moment. Of
 * what was not seen before that moment the graces begin with it. Without sights they never end,
 * which bears on soft upgrades alone.
 */
export const createUpgradeReader = (
  context: Context,
  own?: KnownCode,
  sights: Pick<UpgradeSights, 'agreedSinceMs' | 'runsSinceMs'> = NOTHING_SEEN,
): ((holdings: Holdings) => UpgradeReading) => {
  let held: { readonly of: readonly unknown[]; readonly told: Told } | null = null;
  let last: { readonly told: Told; readonly reading: UpgradeReading } | null = null;
  return (holdings) => {
    const { marks } = holdings.fold().state();
    const of = [
      ...[marks, holdings.journal().factCount(), holdings.base().id, holdings.chain()],
      ...[own?.manifestCount(), own?.protocols().join()],
    ];
    const isSame = held?.of.every((each, index) => each === of[index]) ?? false;
    if (held === null || !isSame)
      held = { of, told: readTold(holdings, wallNowMs(context.ports.clock), own) };
    const { told } = held;
    const nowMs = wallNowMs(context.ports.clock);
    if (last?.told !== told || last.reading.nowMs !== nowMs) {
      last = { told, reading: readAt(told, sights, nowMs) };
    }
    return last.reading;
  };
};

const readTold = (holdings: Holdings, nowMs: number, own?: KnownCode): Told => {
  const chain = holdings.chain();
  const activations = activationsIn(chain);
  const heard = upgradeWords(holdings.fold().state().marks);
  const missed = unannouncedIn(heard, activations);
  const toldOf = (manifest: Hash): Manifest | null => own?.told(manifest) ?? null;
  const told = missed === null ? null : toldOf(missed);
  const words =
    missed === null || own === undefined || told === null
      ? heard
      : [
          wordFromManifest({
            ...{ manifest: missed, told, admin: chain.tip.admin },
            lacked: lackedProtocols(told.protocols, own.protocols()),
            ...{ roster: chain.tipHash, atMs: nowMs },
          }),
          ...heard,
        ];
  const { marks } = holdings.fold().state();
  const devices = devicesOf(chain.tip).map(({ device }) => device);
  const reports = new Map(devices.map((device) => [device, bundleOf(marks, device)]));
  return {
    ...{ words, activations, devices, tip: chain.tip },
    rules: readyRules(marks).map((rule) => ({
      ...rule,
      after: rule.after + words.length - heard.length,
    })),
    unread: activations
      .flatMap(({ manifest }) => (toldOf(manifest) === null ? manifest : []))
      .reverse(),
    loaders: agreedLoaders(activations, toldOf),
    bundleOf: (device) => reports.get(device) ?? null,
  };
};

const readAt = (
  told: Told,
  { agreedSinceMs, runsSinceMs }: Pick<UpgradeSights, 'agreedSinceMs' | 'runsSinceMs'>,
  nowMs: number,
): UpgradeReading => {
  const { words, activations, devices, bundleOf: reportOf } = told;
  const { unread, loaders, rules } = told;
  const state = readUpgrades({ ...told, agreedSinceMs, nowMs });
  const byId = new Map(state.upgrades.map((each) => [each.id, each]));
  return {
    ...{ state, words, activations, devices, bundleOf: reportOf, nowMs },
    ...{ rules, unread, loaders, runsSinceMs },
    required: requiredProtocols(activations, state.upgrades),
    find: (upgrade) => byId.get(upgrade) ?? null,
  };
};
