import type {
  BaseId,
  BlobId,
  DeviceId,
  Digest,
  RosterHash,
  StatementHash,
} from '../core/base/brands.js';
import type { BlobPolicy } from './blob-view.js';
import type { Done } from './command-error.js';
import type { RemovalReason } from './membership-view.js';
import type { RecordVersionView } from './record-history.js';
import type { RecoveryAnswer, RecoveryKeyOffer } from './recovery-view.js';
import type { RecordKey, View } from './view.js';

export type * from './command-error.js';
export type * from './recovery-view.js';

// The screens know no port; what they need of two of them comes from here.
export type { Clock } from '../ports/clock.js';
export type { StoreError } from '../ports/store.js';

/** A file as a person gave it. */
export interface NewFile {
  readonly name: string;
  /** Media type as the browser named it; may be empty. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface RecordDraft {
  readonly title: string;
  readonly text: string;
  readonly labels: readonly string[];
}

/** What two replicas compare to know that they hold the same; all null and 0 without an account. */
export interface Inspection {
  /** Digest of the present state as a snapshot under the roster in force would settle it. */
  readonly digest: Digest | null;
  readonly base: BaseId | null;
  /** Digest of the set of facts after the base's cut. */
  readonly factSet: string | null;
  /** Facts held after the base's cut. */
  readonly facts: number;
}

export interface Replica {
  readonly view: () => View;
  /** Computed when asked: costs what changed since the digest was asked for last. */
  readonly inspect: () => Inspection;
  /** Calls back after each new view; returns how to stop. */
  readonly subscribe: (listener: () => void) => () => void;

  readonly account: {
    /** Makes a new account with this device as its only member and admin. */
    readonly create: (deviceName: string) => Done;
  };

  readonly devices: {
    /**
     * Shows a code for one newcomer, good once and for ten minutes. With `replaces` the newcomer is
     * that member with new keys: the same change takes the old ones out (rules F5 and F6).
     */
    readonly invite: (replaces?: DeviceId) => Done;
    /** Shows the first of two codes, which need neither a rendezvous nor the internet. */
    readonly inviteOffline: () => Done;
    /** Takes the second, as the newcomer's screen shows it. */
    readonly takeAnswer: (code: string) => Done;
    /** Looks for the device that shows this code (URI or typed groups). */
    readonly join: (code: string, deviceName: string) => Done;
    /** The words on both screens are the same (true) or not (false). */
    readonly confirmWords: (areSame: boolean) => Done;
    /** Ends whatever pairing is going on, on this side. */
    readonly cancelPairing: () => Done;
    /** A person has seen who came in with that record. */
    readonly putAway: (roster: RosterHash) => Done;
    readonly rename: (device: DeviceId, name: string) => Done<StatementHash>;
    /** Asks to take a device out; for the admin's own device, `admin` names who comes after it. */
    readonly remove: (
      device: DeviceId,
      reason: RemovalReason,
      admin?: DeviceId,
    ) => Done<StatementHash>;
    /** By the names of rule F8; those left out are taken away. */
    readonly setCapabilities: (
      device: DeviceId,
      capabilities: readonly string[],
    ) => Done<StatementHash>;
    readonly setThresholds: (thresholds: {
      readonly snapshot: number;
      readonly governance: number;
    }) => Done<StatementHash>;
    /** New keys for the account, with the same devices (rule A10). */
    readonly rotateKeys: () => Done<StatementHash>;
    /**
     * Makes a key for paper, as a member that signs (rule A5); in the place of one that is there.
     * What comes back is shown once: no device keeps it. Of use from the second device on.
     */
    readonly addRecoveryKey: () => Done<RecoveryKeyOffer>;
    /** The three words that the view asks for, or all 24 on any device. */
    readonly checkRecoveryKey: (answers: readonly RecoveryAnswer[]) => Done;
    /**
     * Signs with the key beside this device: takes lost devices out, which makes this one the admin
     * where the admin goes, or adds the key's yes to a decision that this device said yes to.
     * `secretText` is the words or the text of the file. Dangerous changes wait all the same.
     */
    readonly useRecoveryKey: (
      secretText: string,
      change: { readonly remove: readonly DeviceId[] } | { readonly approve: StatementHash },
    ) => Done<StatementHash>;
    /** On a device without an account: says what the key is good for, and what it takes besides. */
    readonly recoverAccount: (secretText: string, deviceName: string) => Done;
  };

  readonly admin: {
    /**
     * Asks to make another device the admin, once enough of them agree (rule A7).
     *
     * Errors: `unknown-device`, `not-allowed`, `too-many-proposals`, `forked`, `no-account`.
     */
    readonly replace: (device: DeviceId) => Done<StatementHash>;
  };

  readonly records: {
    readonly create: (draft: RecordDraft) => Done<RecordKey>;
    /** Only what differs from the record's present view is written. */
    readonly edit: (key: RecordKey, draft: RecordDraft) => Done;
    readonly remove: (key: RecordKey) => Done;
    /**
     * How a record came to be as it is since the last snapshot, oldest first. Computed when asked.
     */
    readonly history: (key: RecordKey) => readonly RecordVersionView[];
    /** Writes it as a new record of this device, with a label that says whose it was. */
    readonly restoreStranded: (key: RecordKey, origin?: string) => Done<RecordKey>;
    /** Shows it no more here, until later words of its author come. */
    readonly leaveStranded: (key: RecordKey) => Done;
  };

  /** Files that hang on records (rules S10 and N7). */
  readonly files: {
    /**
     * Encrypts a file, keeps it here and hangs it on a record; behind a fence it waits as an edit
     * does.
     *
     * Errors: `too-large`, `too-many-files`, `no-room`, `unknown-record`, `not-allowed`, `store`.
     */
    readonly attach: (key: RecordKey, file: NewFile) => Done<BlobId>;
    /** Takes it off the record, on every device. */
    readonly detach: (key: RecordKey, blob: BlobId) => Done;
    /** Its bytes, decrypted and checked again. Errors: `unknown-blob`, `not-here`, `unreadable`. */
    readonly read: (blob: BlobId) => Done<Uint8Array>;
    /** Wants it on this device now, whatever the policy; the view tells how it goes. */
    readonly fetch: (blob: BlobId) => Done;
    /** Lets go of the bytes here; `only-copy` unless another device was seen to hold all of it. */
    readonly drop: (blob: BlobId) => Done;
    /** What this device fetches by itself from now on. */
    readonly setPolicy: (policy: BlobPolicy) => Done;
  };

  readonly snapshots: {
    readonly propose: (comment: string) => Done<StatementHash>;
  };

  /** What every kind of decision has in common. */
  readonly decisions: {
    /** `match` is the number on the proposer's screen, where a change is dangerous (rule A9). */
    readonly approve: (id: StatementHash, comment: string, match?: string) => Done;
    readonly refuse: (id: StatementHash, reason: string) => Done;
    readonly withdraw: (id: StatementHash) => Done;
    /** Stops a dangerous change: any member but those it is done to, once (rule A9). */
    readonly veto: (id: StatementHash, reason: string) => Done;
    /**
     * Completes it with the approvals held; idempotent, and done by itself once enough are there.
     */
    readonly complete: (id: StatementHash) => Done;
  };

  readonly fence: {
    /** Lets writing go on although the snapshot is still open. */
    readonly release: () => Done;
  };

  readonly storage: {
    /** Asks the browser to keep the store; true when it agreed. */
    readonly persist: () => Promise<boolean>;
  };

  /** Takes over from another tab of this device. */
  readonly takeOver: () => void;
  /** The phone woke or the network came back: reconnect at once. */
  readonly wake: () => void;
  readonly close: () => Promise<void>;
}
