import type { LeavingFault } from '../../core/authority/leaving.js';
import type { AccountId, DeviceId, HeadId, RosterHash } from '../../core/base/brands.js';
import type { Done } from '../command-error.js';

/** Where an account comes from (rule A12), as its first record says. */
export interface OriginView {
  readonly account: AccountId;
  /** The snapshot of that account; null where it had none. */
  readonly head: HeadId | null;
  /** Keys that signed it there; whose they are only that account's devices know. Sorted. */
  readonly signers: readonly DeviceId[];
}

/** Leaving the account together with others (rule A12). */
export interface LeavingView {
  /** Whether this device can hold another account beside this one. */
  readonly canLeave: boolean;
  /** The number of the snapshot that a new account would begin with; null before the first. */
  readonly snapshotIndex: number | null;
  /** Facts after it. */
  readonly tailFacts: number;
  /** What this device is founding, or founded last; null where nothing is. */
  readonly own: OwnLeavingView | null;
  /** What other members ask this device's person. */
  readonly asked: readonly AskedLeavingView[];
}

/** An account that this device founds with others. */
export interface OwnLeavingView {
  readonly founding: RosterHash;
  /** Where it will live, or lives, in this browser. */
  readonly profile: string;
  /** Whether what came after the snapshot is taken along. */
  readonly tail: boolean;
  readonly with: readonly {
    readonly device: DeviceId;
    readonly name: string;
    readonly answer: 'yes' | 'no' | null;
    /** False once it was taken out: its yes counts no more. */
    readonly isMember: boolean;
  }[];
  /** Wall ms; null while it is not founded. */
  readonly foundedMs: number | null;
}

/** A member asks whether this device's person leaves with it. */
export interface AskedLeavingView {
  readonly founding: RosterHash;
  readonly by: DeviceId;
  readonly byName: string;
  /** The number of the snapshot that the new account begins with; null: none, or unknown here. */
  readonly snapshotIndex: number | null;
  readonly tail: boolean;
  readonly answer: 'yes' | 'no' | null;
  /** Where this browser has a place for the new account; null without a yes, or without one. */
  readonly profile: string | null;
  /** Why this device cannot say yes now. */
  readonly blocker: LeavingFault | null;
  /** The new account is there: it is joined as any other. */
  readonly isFounded: boolean;
}

/**
 * Leaving together: a new account from the last snapshot that is held here, begun by this device,
 * with the signatures of those who come along. Nothing of the account that is left changes, for
 * nobody; this device goes on being its member too.
 */
export interface LeavingCommands {
  /**
   * Asks these members to come along; nobody: this device goes alone. With `tail` the new account
   * also holds what this device has after the snapshot; so it does where there is none.
   *
   * Errors: `leaving-unsupported` where no other account can be held; `leaving-open` while one is
   * being founded; `unknown-device`; `payload-awaited`; `newer-format`; `no-account`; `store`.
   *
   * ```ts
   * const asked = await replica.leaving.start({ with: [bob], tail: true });
   * if (asked.ok) show(replica.view().leaving.own);
   * ```
   */
  readonly start: (choice: {
    readonly with: readonly DeviceId[];
    readonly tail: boolean;
  }) => Done<RosterHash>;
  /**
   * Says yes or no to a member that leaves, once. A yes is a signature that names what is left and
   * what is begun; it makes this device a member of nothing.
   *
   * Errors: `leaving-unknown`; `leaving-answered`; `leaving-blocked` with the view's blocker.
   */
  readonly answer: (founding: RosterHash, isYes: boolean) => Done;
  /**
   * Makes the new account, with those who said yes so far, and answers with its profile: opened
   * there, it is the first device's. A device that dies over it can do it again.
   *
   * Errors: `leaving-unknown` where nothing is being founded; `leaving-lost` where its keys or its
   * place are gone: cancel, and begin anew; `store`.
   */
  readonly found: () => Done<string>;
  /** Founds nothing; those who were asked are told. Nothing where nothing is being founded. */
  readonly cancel: () => Done;
}

export type { LeavingFault };

/** Why nothing came of leaving. */
export type LeavingError =
  | { readonly kind: 'leaving-unsupported' }
  | { readonly kind: 'leaving-open' }
  | { readonly kind: 'leaving-unknown' }
  | { readonly kind: 'leaving-answered' }
  | { readonly kind: 'leaving-lost' }
  | { readonly kind: 'leaving-blocked'; readonly blocker: LeavingFault };
