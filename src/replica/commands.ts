import type { BaseId, BlobId, Digest, StatementHash } from '../core/base/brands.js';
import type { BlobPolicy } from './blobs/blob-view.js';
import type { CacheCommands } from './cache/cache-commands.js';
import type { Done } from './command-error.js';
import type { LeavingCommands } from './leaving/leaving-view.js';
import type { AdminCommands, DeviceCommands } from './membership/membership-commands.js';
import type { SnapshotChoice } from './snapshots/snapshot-service.js';
import type { RecordVersionView } from './records/record-history.js';
import type { UpgradeCommands } from './upgrades/upgrade-commands.js';
import type { RecordKey, View } from './view.js';

export type * from './command-error.js';
export type * from './cache/cache-commands.js';
export type * from './leaving/leaving-view.js';
export type * from './membership/membership-commands.js';
export type * from './recovery/recovery-view.js';
export type * from './upgrades/upgrade-commands.js';
export type { SnapshotChoice } from './snapshots/snapshot-service.js';

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

/** What a person wrote of a record. */
export interface RecordDraft {
  /** 1 to 200 characters. */
  readonly title: string;
  /** At most 6,000 bytes of UTF-8. */
  readonly text: string;
  /** At most 32, of 1 to 40 characters each; twice the same counts once. */
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

/**
 * A device's copy of an account: what it shows, and what can be asked of it.
 *
 * Commands run one after the other and answer once what they did is durable here; none rejects for
 * what can be expected. Each may answer `busy` where this replica is closed, or where another tab
 * writes, and `store` where the device could not keep it; on a device that was taken out all of
 * them answer `not-allowed`.
 */
export interface Replica {
  /** Everything that a screen shows, as it is now. The same object until something changes. */
  readonly view: () => View;
  /** Computed when asked: costs what changed since the digest was asked for last. */
  readonly inspect: () => Inspection;
  /**
   * Calls back after each new view, once for changes that come together; returns how to stop.
   *
   * ```ts
   * const stop = replica.subscribe(() => show(replica.view()));
   * ```
   */
  readonly subscribe: (listener: () => void) => () => void;

  readonly account: {
    /**
     * Makes a new account with this device as its only member and admin, under a name of 1 to 64
     * characters. Errors: `has-account`; `empty`, `too-long` and `ill-formed` for the name.
     */
    readonly create: (deviceName: string) => Done;
    /** Puts away what is known of an earlier account of this device (`formerly` in the view). */
    readonly beginAnew: () => void;
  };

  readonly devices: DeviceCommands;

  readonly admin: AdminCommands;

  /** Leaving the account together with other members (rule A12). */
  readonly leaving: LeavingCommands;

  readonly records: {
    /**
     * Writes a new record, and answers with what names it for good. While a snapshot is being
     * agreed it waits in a queue, durable and shown as `queued`.
     *
     * Errors: `empty`, `too-long` and `ill-formed` for what was written; `no-account`;
     * `not-allowed` without `record_write`.
     *
     * ```ts
     * const done = await replica.records.create({ title: 'Boiler', text: '', labels: ['house'] });
     * if (done.ok) open(done.value);
     * ```
     */
    readonly create: (draft: RecordDraft) => Done<RecordKey>;
    /**
     * Only what differs from the record's present view is written, so that what two devices change
     * of one record at once comes together. Errors: as `create`, and `unknown-record`.
     */
    readonly edit: (key: RecordKey, draft: RecordDraft) => Done;
    /**
     * Says on which day a record is to be looked at again, as `2028-02-29`; null: on none.
     *
     * Errors: `ill-formed` for no day of the calendar; `older-format` where the account's records
     * are of format 1 still; `unknown-record`, also of one that is only queued; `not-allowed`.
     */
    readonly setDate: (key: RecordKey, date: string | null) => Done;
    /** Takes it out of the list on every device. Errors: `unknown-record`. */
    readonly remove: (key: RecordKey) => Done;
    /**
     * How a record came to be as it is since the last snapshot, oldest first. Computed when asked.
     */
    readonly history: (key: RecordKey) => readonly RecordVersionView[];
    /**
     * Writes it as a new record of this device; `origin` is a label that says whose it was.
     * Errors: `unknown-record`, and those of `create`.
     */
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
    /**
     * Its bytes, decrypted and checked again. Errors: `unknown-blob`, `not-here`, `no-key`,
     * `unreadable`.
     */
    readonly read: (blob: BlobId) => Done<Uint8Array>;
    /** Wants it on this device now, whatever the policy; the view tells how it goes. */
    readonly fetch: (blob: BlobId) => Done;
    /**
     * Lets go of the bytes here. Errors: `only-copy` unless devices that keep their storage were
     * seen to hold all of it, and a snapshot covers that this one attached it.
     */
    readonly drop: (blob: BlobId) => Done;
    /** What this device fetches by itself from now on. */
    readonly setPolicy: (policy: BlobPolicy) => Done;
  };

  readonly cache: CacheCommands;

  /** The code that this device runs, and what the account decides about it. */
  readonly upgrades: UpgradeCommands;

  readonly snapshots: {
    /**
     * Asks all devices to agree on the present state, and to let the history before it go once
     * enough of them came to the same result. The comment has at most 280 characters.
     *
     * Errors: `nothing-to-prune`, `snapshot-pending`, `too-long`; `blocked` where this device
     * answered another one on the same ground; `busy` while it lacks the last snapshot's content;
     * `not-allowed` without `snapshot_propose`. With `raisesFormat` it also takes the records to
     * the newest format that this code has: `format-newest`, and `blocked` by `code-unproven`.
     */
    readonly propose: (comment: string, choice?: SnapshotChoice) => Done<StatementHash>;
    /**
     * Says to everyone that this device still needs what a snapshot would let go: until then no
     * device that has heard it prunes (rule S5). At most a day ahead; said again it is prolonged.
     *
     * Errors: `too-long`, `empty`, `ill-formed`, `too-many-leases`, `no-account`, `store`.
     */
    readonly lease: (purpose: string, untilMs: number) => Done;
    /** The past is needed no longer for that; nothing where it was not. */
    readonly release: (purpose: string) => Done;
  };

  /** What every kind of decision has in common. */
  readonly decisions: {
    /**
     * Says yes to what this device computed for itself, once and durably. `match` is the number on
     * the proposer's screen, where a change is dangerous (rule A9).
     *
     * Errors: `unknown-decision`; `blocked` with the blocker that the view shows; `match-wrong`.
     *
     * ```ts
     * const asked = replica.view().decisions.find((each) => each.needsMe);
     * if (asked?.approveBlocker === null) await replica.decisions.approve(asked.id, '');
     * ```
     */
    readonly approve: (id: StatementHash, comment: string, match?: string) => Done;
    /**
     * Says no, with a reason of at most 280 characters, once and durably.
     * Errors: `unknown-decision`, `blocked`, `too-long`.
     */
    readonly refuse: (id: StatementHash, reason: string) => Done;
    /**
     * Takes back what this device proposed.
     * Errors: `unknown-decision`, `blocked`, `not-allowed`.
     */
    readonly withdraw: (id: StatementHash) => Done;
    /**
     * Stops a dangerous change: any member but those it is done to, once (rule A9).
     * Errors: `unknown-decision`, `blocked`, `already-vetoed`, `too-long`.
     */
    readonly veto: (id: StatementHash, reason: string) => Done;
    /**
     * Completes it with the approvals held; idempotent, and done by itself once enough are there.
     * Errors: `unknown-decision`, `blocked`, `below-threshold`.
     */
    readonly complete: (id: StatementHash) => Done;
  };

  readonly fence: {
    /** Lets writing go on although the snapshot is still open; nothing where no fence is up. */
    readonly release: () => Done;
  };

  readonly storage: {
    /** Asks the browser to keep the store; true when it agreed. */
    readonly persist: () => Promise<boolean>;
  };

  /**
   * Takes over from another tab of this device; where the store could not be opened it lets go, so
   * that it can be opened anew.
   */
  readonly takeOver: () => void;
  /** The phone woke or the network came back: reconnect at once. */
  readonly wake: () => void;
  /**
   * Ends what goes on, keeps what is due, and lets go of the store and the network. From then on
   * every command answers `busy`. Closing again does nothing.
   */
  readonly close: () => Promise<void>;
}
