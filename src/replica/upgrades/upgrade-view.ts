import type { DeviceId, FactId, Hash, StatementHash } from '../../core/base/brands.js';
import type { HealthReport } from '../../core/health/checks.js';
import type { ReadinessReason } from '../../core/facts/upgrade-bodies.js';
import type { LoaderPin } from '../../core/upgrades/loader-pin.js';
import type { LoaderFault } from '../../ports/bundles.js';
import type { UpgradePolicies } from './own-policies.js';
import type { ReadyRuleView } from './ready-rule.js';
import type { UpgradeBlocker } from '../../core/upgrades/switch-guard.js';
import type { MigrationTrial, UpgradeFailure, UpgradeStage } from '../../core/upgrades/upgrade.js';

export type { CheckResult, Grade, HealthReport } from '../../core/health/checks.js';
export type { CheckName } from '../../core/health/wider-checks.js';
export type { ReadinessReason } from '../../core/facts/upgrade-bodies.js';
export type { UpgradeBlocker } from '../../core/upgrades/switch-guard.js';
export type { MigrationTrial, UpgradeFailure, UpgradeStage } from '../../core/upgrades/upgrade.js';
export type { UpgradePolicies } from './own-policies.js';
export type { ReadyRuleView } from './ready-rule.js';

/** The code of this device, and what the account decides about it (rules U1 to U11). */
export interface UpgradesView {
  /** The bundle that the next load opens; null where no loader is in control. */
  readonly running: RunningView | null;
  /** Whether this device can change its code at all: it has a loader, and no store ships it. */
  readonly canSwitch: boolean;
  /** Null: it can. */
  readonly cannotSwitch: 'no-loader' | 'app-store' | null;
  /** The host put another loader in place than this code knows or was agreed to (rule U6). */
  readonly isLoaderChanged: boolean;
  /** Null where no loader is in control. */
  readonly loader: LoaderView | null;
  /** Upgrades that are neither over nor failed, and the active one; newest release first. */
  readonly pending: readonly UpgradeView[];
  /** Those that failed or gave way to a later one; newest first. */
  readonly past: readonly UpgradeView[];
  /** What this device found when it last looked at itself; null: it never did. */
  readonly health: HealthReport | null;
  /** Switches of this device; newest first. */
  readonly history: readonly SwitchView[];
  /** What this device does about new versions by itself. */
  readonly policies: UpgradePolicies;
  /** Protocols that hard forks made indispensable. */
  readonly required: readonly string[];
  /** A hard fork left this device behind: what it has to run, and since which epoch. */
  readonly fencedOut: FencedOutView | null;
  /** What every member runs, by its own word; sorted by device. */
  readonly devices: readonly DeviceBundleView[];
  /** Whether this device may publish (rule F8: `upgrade_publish`). */
  readonly mayPublish: boolean;
  /** Whether it may ask for a hard fork (`upgrade_activate`). */
  readonly mayActivate: boolean;
  readonly agreedCode: AgreedCodeView;
  readonly readyRule: ReadyRuleView;
}

/** The loader of this device, and the one that was agreed to (rule U13). */
export interface LoaderView {
  readonly version: number;
  /** What its script's name says; null where that says nothing. */
  readonly sha256: Hash | null;
  /** What the members agreed to and is not in place yet. */
  readonly awaited: LoaderPin | null;
  /** It is here, checked, and takes over once every page of the app is closed. */
  readonly isComing: boolean;
  /** Why it could not be put in place when that was tried last. */
  readonly fault: LoaderFault | null;
}

/** Whether a yes counts only where it was given on code that the account agreed to (rule C7). */
export interface AgreedCodeView {
  readonly isRequired: boolean;
  /** Who set it, or let go of it, last; null where nobody ever did. */
  readonly said: { readonly device: DeviceId; readonly atMs: number } | null;
  /** This device runs code that the account never agreed to. */
  readonly isForeignHere: boolean;
  /** Whether this device may change it. */
  readonly mayChange: boolean;
}

/** A bundle on trial, or good. */
export interface RunningView {
  readonly version: string;
  readonly sequence: number;
  readonly manifest: Hash;
  /** The root of its files: what runs. */
  readonly content: Hash;
  readonly protocols: readonly string[];
  readonly channel: 'service-worker' | 'app-store';
  readonly state: 'good' | 'trial';
  /** Of a trial that goes on: its number, for `confirmHealthy`. */
  readonly trial: number | null;
  /** When a trial is over unless its page comes up; wall ms. Null: none is on, or it came up. */
  readonly trialEndsMs: number | null;
  /** Whether there is a bundle to go back to. */
  readonly canRollBack: boolean;
}

/** A device that lacks what a hard fork requires: it keeps its data, and can upgrade. */
export interface FencedOutView {
  /** The version that the account went on with. */
  readonly version: string;
  /** The identity epoch from which it counts. */
  readonly fence: number;
  /** What this device's code does not speak. */
  readonly missing: readonly string[];
  /**
   * The upgrade to fetch: what is in force, else what binds, be that past. Null while what was said
   * of it is not here.
   */
  readonly upgrade: FactId | null;
}

/** One upgrade: what it is, how far it came, and what this device may do. */
export interface UpgradeView {
  readonly id: FactId;
  readonly package: string;
  readonly version: string;
  readonly sequence: number;
  readonly manifest: Hash;
  readonly content: Hash;
  readonly fork: 'soft' | 'hard';
  readonly stage: UpgradeStage;
  /** Set where the stage is `failed`. */
  readonly failure: UpgradeFailure | null;
  readonly publishedBy: DeviceId;
  readonly publishedMs: number;
  readonly expiresMs: number;
  readonly notes: string;
  readonly compliance: readonly string[];
  readonly bytes: number;
  readonly files: number;
  readonly urls: readonly string[];
  readonly protocols: readonly string[];
  /** The loader that comes with it, as far as its manifest is here; null: none that is new. */
  readonly brings: LoaderPin | null;
  /** What a hard fork makes indispensable. */
  readonly requires: readonly string[];
  /** One of each device that signs facts, sorted by device. */
  readonly readiness: readonly ReadinessView[];
  /** Devices whose readiness counts: of a hard fork those that run it already. */
  readonly ready: number;
  readonly needed: number;
  /** Devices that have checked its files: enough of them, and devices may switch to it. */
  readonly verified: number;
  /** When it locked in, by the word that brought it about; wall ms. */
  readonly lockedInMs: number | null;
  /** When it may be switched to; wall ms. */
  readonly activeMs: number | null;
  /** Who stopped the roll-out, and why; null while it goes on. */
  readonly halted: { readonly device: DeviceId; readonly reason: string } | null;
  readonly vetoes: readonly { readonly device: DeviceId; readonly reason: string }[];
  /** Null: it is rolled out to all at once. */
  readonly wave: WaveView | null;
  readonly mine: MineView;
  readonly canFetch: boolean;
  /** It failed here, and is the way back over a fence: a person may try it once more. */
  readonly canTryAgain: boolean;
  readonly canDecline: boolean;
  readonly canVeto: boolean;
  readonly canRevoke: boolean;
  /** Null: `activate` does it now. */
  readonly activateBlocker: UpgradeBlocker | null;
  readonly canActivate: boolean;
  /** Whether a device that switched can go back: not behind the fence of a hard fork. */
  readonly canUndo: boolean;
  /** The open decision of a hard fork. */
  readonly decision: StatementHash | null;
  /** The epoch that made it binding; null where none did. */
  readonly fence: number | null;
}

/** What one device says of an upgrade, and what it runs. */
export interface ReadinessView {
  readonly device: DeviceId;
  readonly verdict: 'unknown' | 'ready' | 'not-ready' | 'rejected';
  readonly reason: ReadinessReason | null;
  /** What its person wrote with a no; empty where nothing. */
  readonly words: string;
  /** What trying its migration on a copy of that device's records showed; null: nothing said. */
  readonly trial: MigrationTrial | null;
  /** When it said so, its own wall ms. */
  readonly atMs: number | null;
  /** The version that it runs, by its last word. */
  readonly version: string | null;
  /** It runs this very bundle, and found it good. */
  readonly isRunning: boolean;
  /** It tried this bundle and went back. */
  readonly hasRolledBack: boolean;
}

/** A staged roll-out (rule U9). Waves count from 0; who is in none comes last. */
export interface WaveView {
  readonly open: number;
  readonly count: number;
  readonly mine: number;
  /** Of the wave that is open: who does not run it well yet. */
  readonly waitsFor: readonly DeviceId[];
  /** When the next wave opens, once nobody is waited for; wall ms. */
  readonly nextMs: number | null;
}

/** How far this device itself is with an upgrade. */
export type MineView =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'fetching';
      readonly files: number;
      readonly filesOf: number;
      readonly bytes: number;
      readonly bytesOf: number;
    }
  /** It lies here, checked file by file, and can be switched to. */
  | { readonly kind: 'verified' }
  | { readonly kind: 'trial' }
  | { readonly kind: 'running' }
  | { readonly kind: 'declined' }
  /**
   * No true copy of it came yet, and it is asked for again by itself: `mismatch` where a host gave
   * something else. `holders` are the other devices that can bring it.
   */
  | {
      readonly kind: 'awaited';
      readonly reason: 'mismatch' | 'unreachable';
      readonly detail: string | null;
      readonly holders: readonly DeviceId[];
    }
  /** It was not taken; `detail` names the file, protocol or package where there is one. */
  | { readonly kind: 'refused'; readonly reason: ReadinessReason; readonly detail: string | null }
  | { readonly kind: 'rolled-back' };

/** One switch of this device. */
export interface SwitchView {
  readonly atMs: number;
  readonly from: Hash | null;
  readonly to: Hash;
  readonly fromVersion: string | null;
  readonly toVersion: string | null;
  readonly outcome: 'good' | 'rolled-back';
  readonly cause: string;
  readonly isAutomatic: boolean;
}

/** What a member last said that it runs. */
export interface DeviceBundleView {
  readonly device: DeviceId;
  readonly version: string | null;
  readonly content: Hash | null;
  readonly protocols: readonly string[];
  readonly policy: 'manual' | 'auto' | null;
  /** When its turn comes in a roll-out, in its own word; empty where its person never said. */
  readonly cohort: string | null;
  /** Running what enough devices agreed to, or what enough of them run (rule C7). */
  readonly isApproved: boolean;
}
