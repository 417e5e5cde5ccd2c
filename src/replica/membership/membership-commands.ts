import type { DeviceId, RosterHash, StatementHash } from '../../core/base/brands.js';
import type { Done } from '../command-error.js';
import type { RemovalReason } from './membership-view.js';
import type { RecoveryAnswer, RecoveryKeyOffer } from '../recovery/recovery-view.js';

/**
 * Letting devices in and out, and what they may do.
 *
 * Whatever changes the list of devices is a decision: the command proposes it, this device's yes
 * included, and answers with its id; the view's `decisions` show how it goes. All of these answer
 * `no-account` on a device without one, `not-allowed` where the device lacks the capability,
 * `forked`, `too-many-proposals`, `store` and `busy`.
 */
export interface DeviceCommands {
  /**
   * Shows a code for one newcomer, good once and for ten minutes: the view's `pairing` has it as a
   * URI for a QR code and as groups to read aloud. With `replaces` the newcomer is that member with
   * new keys: the same change takes the old ones out (rules F5 and F6).
   *
   * Errors: `busy` while another pairing goes on; `only-device` for this very device.
   *
   * ```ts
   * await replica.devices.invite();
   * const { pairing } = replica.view();
   * if (pairing.kind === 'inviting') showQr(pairing.uri);
   * ```
   */
  readonly invite: (replaces?: DeviceId) => Done;
  /** Shows the first of two codes, which need neither a rendezvous nor the internet. */
  readonly inviteOffline: () => Done;
  /** Takes the second, as the newcomer's screen shows it. Errors: `pairing`. */
  readonly takeAnswer: (code: string) => Done;
  /**
   * Looks for the device that shows this code (URI or typed groups), under the name that this one
   * is to have: 1 to 64 characters. What follows shows in the view's `pairing`: `seeking`, then
   * `comparing`, then `done` or `failed`.
   *
   * Errors: `has-account`; `empty`, `too-long` and `ill-formed` for the name; `pairing` for a code
   * that is malformed, mistyped, expired, used, or for something else.
   */
  readonly join: (code: string, deviceName: string) => Done;
  /**
   * The words on both screens are the same (true) or not (false); said on both devices. Who lets
   * the newcomer in may say with it that it is that member with new keys, as `invite` does before.
   *
   * Errors: `unknown-device` and `only-device` for whom it may not replace; nothing was said then.
   */
  readonly confirmWords: (areSame: boolean, replaces?: DeviceId) => Done;
  /** Ends whatever pairing is going on, on this side; nothing where none is. */
  readonly cancelPairing: () => Done;
  /** A person has seen who came in with that record. */
  readonly putAway: (roster: RosterHash) => Done;
  /** Asks for another name of 1 to 64 characters. Errors: `empty`, `too-long`, `ill-formed`. */
  readonly rename: (device: DeviceId, name: string) => Done<StatementHash>;
  /**
   * Asks to take a device out; for the admin's own device, `admin` names who comes after it. It is
   * dangerous: it waits, and any other member may veto it (rule A9).
   *
   * Errors: `unknown-device`; `last-admin` where nobody is named; `only-device`.
   */
  readonly remove: (
    device: DeviceId,
    reason: RemovalReason,
    admin?: DeviceId,
  ) => Done<StatementHash>;
  /**
   * By the names of rule F8, such as `record_write`; those left out are taken away.
   *
   * Errors: `ill-formed` for a name that is none; `unknown-device`.
   */
  readonly setCapabilities: (
    device: DeviceId,
    capabilities: readonly string[],
  ) => Done<StatementHash>;
  /**
   * How many yeses a snapshot takes, and how many a change of the devices; the latter is a majority
   * at least. Errors: `bad-threshold` with what they may be.
   */
  readonly setThresholds: (thresholds: {
    readonly snapshot: number;
    readonly governance: number;
  }) => Done<StatementHash>;
  /** New keys for the account, with the same devices (rule A10). */
  readonly rotateKeys: () => Done<StatementHash>;
  /**
   * Asks to unite rival lists of devices in one (rule A3): whom every list kept, whom one let in,
   * and nobody of `remove`, which may name those who are shown to have broken their word, and whom
   * one let in. Who decides is a majority of the others. Taking one out, or another admin, makes it
   * dangerous (A9).
   *
   * Errors: `not-forked`; `merge-not-shown` and `broke-word` where rule A3 lets nobody, or not
   * this device, unite them; `unknown-device`; `too-few-left` with more of them to take out.
   */
  readonly mergeFork: (remove: readonly DeviceId[]) => Done<StatementHash>;
  /**
   * Makes a key for paper, as a member that signs (rule A5); in the place of one that is there.
   * What comes back is shown once: no device keeps it. Of use from the second device on.
   *
   * Errors: `only-device`; `busy` while a decision about one is open.
   */
  readonly addRecoveryKey: () => Done<RecoveryKeyOffer>;
  /**
   * The three words that the view asks for, or all 24 on any device.
   *
   * Errors: `recovery-none`, `recovery-words-wrong`.
   */
  readonly checkRecoveryKey: (answers: readonly RecoveryAnswer[]) => Done;
  /**
   * Signs with the key beside this device: takes lost devices out, which makes this one the admin
   * where the admin goes, or adds the key's yes to a decision that this device said yes to.
   * `secretText` is the words or the text of the file. Dangerous changes wait all the same.
   *
   * Errors: those of `RecoveryError`; `empty` and `only-device` for whom to take out.
   */
  readonly useRecoveryKey: (
    secretText: string,
    change: { readonly remove: readonly DeviceId[] } | { readonly approve: StatementHash },
  ) => Done<StatementHash>;
  /**
   * On a device without an account: says what the key is good for, and what it takes besides.
   *
   * Errors: `recovery-needs-device` for a sound key, `recovery-malformed` otherwise; those of a
   * name.
   */
  readonly recoverAccount: (secretText: string, deviceName: string) => Done;
}

/** Who leads the account. */
export interface AdminCommands {
  /**
   * Asks to make another device the admin, once enough of them agree (rule A8). It is dangerous: it
   * waits, and any member but the admin may veto it (rule A9).
   *
   * Errors: `unknown-device`, also for a key on paper; those of all changes of the devices.
   */
  readonly replace: (device: DeviceId) => Done<StatementHash>;
}
