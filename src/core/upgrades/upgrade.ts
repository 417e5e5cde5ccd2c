import type { RosterRecord } from '../authority/roster.js';
import type { DeviceId, FactId, Hash } from '../base/brands.js';
import type { BodyOf } from '../facts/bodies.js';
import type { ReadinessReason, TrialOutcome } from '../facts/upgrade-bodies.js';
import type { BundleReport, ReadyRule, UpgradeWord } from '../journal/upgrade-marks.js';

/**
 * Where an upgrade is (rule U4). `started`: some device is ready. `locked-in`: enough are, and it
 * is decided; `active`: it is in force; `past`: it was, until a later one came. The stages of two
 * upgrades of one package are never both `active`.
 */
export type UpgradeStage = 'proposed' | 'started' | 'locked-in' | 'active' | 'past' | 'failed';

/** Whether nothing can be done about an upgrade any more. */
export const isOver = ({ stage }: { readonly stage: UpgradeStage }): boolean =>
  stage === 'failed' || stage === 'past';

/** Why an upgrade came to nothing. */
export type UpgradeFailure =
  | { readonly kind: 'expired' }
  | { readonly kind: 'vetoed'; readonly device: DeviceId; readonly reason: string }
  | { readonly kind: 'revoked'; readonly device: DeviceId; readonly reason: string }
  /** A release of a higher number locked in first. */
  | { readonly kind: 'superseded'; readonly by: FactId }
  /** A release of that number, or a higher one, had locked in before. */
  | { readonly kind: 'older-release' }
  /** Two releases claim one number with other content: one of them is a lie. */
  | { readonly kind: 'two-of-one-sequence'; readonly other: FactId }
  /** So many waited already when it was published (rule U2). */
  | { readonly kind: 'too-many' };

/** What one device last said of an upgrade. */
export interface Readiness {
  readonly verdict: 'ready' | 'not-ready' | 'rejected';
  readonly reason: ReadinessReason | null;
  /** The root of what it ran then. */
  readonly bundle: Hash | null;
  readonly atMs: number;
  /** A person's own words with it; empty where there are none. */
  readonly words: string;
  /** What trying its migration on a copy of that device's state showed; null: it said nothing. */
  readonly trial: MigrationTrial | null;
}

/** How trying a candidate's migration on a copy of a device's state ended (rule U12). */
export interface MigrationTrial {
  readonly outcome: TrialOutcome;
  /** The formats of records that it was tried between. */
  readonly from: number;
  readonly to: number;
  /** What did not come back on the way back: names of fields and of other parts; sorted. */
  readonly lossy: readonly string[];
  readonly durationMs: number;
  /** Bytes of the state in the new format. */
  readonly bytes: number;
}

export interface Objection {
  readonly device: DeviceId;
  readonly reason: string;
}

/** One upgrade as all that was said of it makes it. */
export interface Upgrade {
  readonly id: FactId;
  readonly body: BodyOf<'upgrade.proposed'>;
  readonly author: DeviceId;
  readonly atMs: number;
  readonly stage: UpgradeStage;
  readonly failure: UpgradeFailure | null;
  readonly readiness: ReadonlyMap<DeviceId, Readiness>;
  /** Members whose readiness counts, sorted: of a hard fork those that run it. */
  readonly ready: readonly DeviceId[];
  /** How many are needed: by the rule under which it locked in, else by the one in force. */
  readonly needed: number;
  /** Who ever said that it runs it, and that for this announcement; members by now or not. */
  readonly everRunBy: ReadonlySet<DeviceId>;
  /** When enough devices had it checked: from then on devices may run it; wall ms as claimed. */
  readonly approvedMs: number | null;
  /** When it locked in; wall ms as claimed. */
  readonly lockedInMs: number | null;
  /**
   * When its grace is over on this device, wall ms of its own clock; null where none runs: it was
   * not agreed to yet, it has none, or enough members run it.
   */
  readonly graceEndsMs: number | null;
  readonly halted: Objection | null;
  readonly vetoes: readonly Objection[];
  /** The epoch that a hard fork opened; null where it did not. */
  readonly fence: number | null;
}

/** A record of the chain that makes a bundle binding. */
export interface KnownActivation {
  readonly manifest: Hash;
  readonly version: string;
  readonly epoch: number;
}

/** What the state, the roster in force and a clock say. */
export interface UpgradeGround {
  /** In their order (upgradeWords). */
  readonly words: readonly UpgradeWord[];
  /** What was said of how many have to be ready, where it stands among the words; in that order. */
  readonly rules: readonly ReadyRule[];
  readonly tip: RosterRecord;
  /** Oldest first. */
  readonly activations: readonly KnownActivation[];
  readonly bundleOf: (device: DeviceId) => BundleReport | null;
  /**
   * When this device first saw that enough have it checked, wall ms; null: it did not yet. What
   * others claim of the time governs nothing: one wrong clock would decide for all.
   */
  readonly agreedSinceMs: (upgrade: FactId) => number | null;
  /** This device's wall clock, ms: it decides expiry and grace alone. */
  readonly nowMs: number;
}

/** All upgrades, and what is known of bundles that were tried. */
export interface UpgradeState {
  /** In the order in which they were published. */
  readonly upgrades: readonly Upgrade[];
  /** By content root: members whose last word on it is that they went back from it. */
  readonly rolledBack: ReadonlyMap<Hash, ReadonlySet<DeviceId>>;
  /** Roots that no device takes any more, since it failed on a member (rule U7). */
  readonly quarantined: ReadonlySet<Hash>;
  /** Roots that the account agreed to run (rule C7). */
  readonly approved: ReadonlySet<Hash>;
}
