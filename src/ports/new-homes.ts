import type { Result } from '../core/base/result.js';
import type { KeyVault } from './keys.js';
import type { Store, StoreError } from './store.js';

/**
 * Where this browser can hold another account beside this one: each has databases and keys of its
 * own, under the name of a profile.
 */
export interface NewHomes {
  /** A profile that nothing lives under yet. */
  readonly nextProfile: () => Promise<string>;
  /** The keys of a profile; looking makes none. */
  readonly vault: (profile: string) => KeyVault;
  /**
   * Opens its store, making it where there is none; whoever opened it closes it.
   * Errors: those of a store; `blocked` while another tab writes there.
   */
  readonly open: (profile: string) => Promise<Result<Store, StoreError>>;
}
