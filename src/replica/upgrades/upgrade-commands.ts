import type { DeviceId, FactId, Hash } from '../../core/base/brands.js';
import type { Manifest, ManifestError } from '../../core/upgrades/manifest.js';
import type { HealthReport } from '../../core/health/checks.js';
import type { ReleaseFault } from '../../core/upgrades/release-check.js';
import type { StageFault, SwitchFault, OfferFault } from '../../ports/bundles.js';
import type { Done } from '../command-error.js';
import type { UpgradeBlocker, UpgradePolicies } from './upgrade-view.js';

/** A release as its publisher puts it to the other devices. */
export interface UpgradeDraft {
  /** The manifest's canonical bytes. */
  readonly manifest: Uint8Array;
  /** Folders that hold its files: at most 4, of at most 300 characters. */
  readonly urls: readonly string[];
  readonly fork: 'soft' | 'hard';
  /** At most 600 characters. */
  readonly notes: string;
  /** Until when it may lock in, wall ms; an hour from now where nothing is said. */
  readonly expiresMs?: number;
  /**
   * Devices in the order in which they switch; all at once where there are none. `cohorts`: as
   * each device says that its turn is, when this is published: early ones, then the usual, then
   * late ones and whoever joins since.
   */
  readonly waves?: readonly (readonly DeviceId[])[] | 'cohorts';
  /** From lock-in to the switch, and between waves, ms; 0 where nothing is said. */
  readonly graceMs?: number;
}

/** What a host says that its latest release is; nothing of it was decided. */
export interface DiscoveredRelease {
  readonly manifest: Uint8Array;
  readonly hash: Hash;
  readonly content: Hash;
  readonly told: Manifest;
  readonly urls: readonly string[];
  /** Why this device would not take it, even as a hard fork; null: nothing speaks against it. */
  readonly fault: ReleaseFault | null;
  /** It brings a loader that nobody agreed to yet: only a hard fork can (rule U13). */
  readonly isLoaderNew: boolean;
  /** The account has heard of it already. */
  readonly upgrade: FactId | null;
}

/** Why a command about upgrades did nothing. */
export type UpgradeError =
  /** No such upgrade is known here. */
  | { readonly kind: 'unknown-upgrade' }
  /** What stands in the way now. */
  | { readonly kind: 'upgrade-blocked'; readonly blocker: UpgradeBlocker }
  /** So many wait for their lock-in already. */
  | { readonly kind: 'too-many-upgrades'; readonly max: number }
  /** These bytes are no manifest. */
  | { readonly kind: 'bad-manifest'; readonly error: ManifestError }
  /** The account, or this device, would refuse that release. */
  | { readonly kind: 'bad-release'; readonly fault: ReleaseFault }
  /** The bundle store of this device refused. */
  | { readonly kind: 'bundle'; readonly fault: StageFault | SwitchFault }
  /** The host did not give its latest release. */
  | { readonly kind: 'no-offer'; readonly fault: OfferFault };

/**
 * The account's own code (rules U1 to U11): publish, fetch and check, say ready, switch, go back.
 *
 * All of these answer `no-account`, `store` and `busy`, and `not-allowed` where a capability is
 * missing.
 */
export interface UpgradeCommands {
  /**
   * Puts a release to all devices; needs `upgrade_publish`.
   *
   * Errors: `bad-manifest`, `bad-release`, `too-many-upgrades`, `too-long`, `empty`,
   * `unknown-device`.
   */
  readonly publish: (draft: UpgradeDraft) => Done<FactId>;
  /**
   * Fetches an upgrade's files, checks each, and says to the others that this device is ready, or
   * why it is not. Answers once it has begun; the view tells how it goes. Again: goes on.
   *
   * `isAgain`: a person wants it tried once more though it failed here, as the view's `canTryAgain`
   * allows; where that is not so it changes nothing.
   * Errors: `unknown-upgrade`, `upgrade-blocked`, `bundle`.
   */
  readonly fetch: (upgrade: FactId, isAgain?: boolean) => Done;
  /** Stops fetching; what came stays. */
  readonly cancelFetch: (upgrade: FactId) => Done;
  /**
   * Says that this device will not have it, and why; `fetch` takes that back.
   *
   * Errors: `upgrade-blocked`.
   */
  readonly decline: (upgrade: FactId, reason: string) => Done;
  /** Stops it for all before it locks in, once for what it holds. Errors: `already-vetoed`. */
  readonly veto: (upgrade: FactId, reason: string) => Done;
  /** Takes it back; after its lock-in nobody switches to it any more. Needs `upgrade_publish`. */
  readonly revoke: (upgrade: FactId, reason: string) => Done;
  /** Stops the roll-out until `resume`. Needs `upgrade_publish`. */
  readonly halt: (upgrade: FactId, reason: string) => Done;
  /** Lets a roll-out that was halted go on. Needs `upgrade_publish`. */
  readonly resume: (upgrade: FactId) => Done;
  /**
   * Of a soft fork: this device switches; the page is to load itself anew when `reload` is true.
   * Of a hard fork: asks all devices to make it binding; needs `upgrade_activate`.
   *
   * Errors: `unknown-upgrade`, `upgrade-blocked`, `bundle`, those of a change of the devices.
   */
  readonly activate: (upgrade: FactId) => Done<{ readonly reload: boolean }>;
  /** Takes down how this device is, before a bundle is switched to past `activate` (rule H1). */
  readonly noteHealth: () => Done;
  /**
   * Looks whether the bundle that runs is well (rules H1 and H2).
   *
   * It takes ten seconds after a start, and five minutes where a check gives no answer. One on
   * trial is then good. What the bundle is to blame for takes this device back to the one before;
   * the page is to load itself anew when `reload` is true. Call it once the first screen stands,
   * and now and then for a day.
   *
   * Errors: `bundle`, `upgrade-blocked` by `behind-fence` or `behind-format` where there is no way
   * back.
   */
  readonly prove: () => Done<{ readonly reload: boolean }>;
  /**
   * Looks at everything that has to be well, and at what only makes the app work less well: once,
   * the whole journal too (rule H1). It takes seconds, and nothing follows from it.
   */
  readonly look: () => Done<HealthReport>;
  /** The page's checks found the bundle on trial healthy. Errors: `bundle`. */
  readonly confirmHealthy: (trial: number) => Done;
  /** Back to the bundle before; what ran is not taken again. Errors: `bundle`. */
  readonly rollBack: (reason: string) => Done;
  /**
   * What this device does about new versions by itself, and its turn in roll-outs; what is not
   * named stays as it is. Errors: `too-long` and `ill-formed` for its turn.
   */
  readonly setPolicies: (policies: Partial<UpgradePolicies>) => Done;
  /**
   * The account's rule that a yes counts only where it was given on code that enough devices agreed
   * to run (rule C7). On: no device completes anything with another yes, nor gives one. Needs
   * `policy_change`; to let go of it `roster_change` is enough, so that it never locks anyone out.
   *
   * Errors: `blocked` by `foreign-code` where this very device runs other code.
   */
  readonly requireAgreedCode: (isRequired: boolean) => Done;
  /**
   * The account's rule that so many devices have to be ready before a version is agreed to, in
   * place of as many as decide (null), which it never falls below; more than there are means all.
   * It holds from then on: what was agreed to stays. Needs `policy_change`; to let go of it
   * `roster_change` is enough. Errors: `ill-formed` for what is no count.
   */
  readonly requireReady: (devices: number | null) => Done;
  /** Reads what a host's latest release is, without taking it. Null: the page's own host. */
  readonly discover: (url: string | null) => Done<DiscoveredRelease>;
}
