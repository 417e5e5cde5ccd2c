import type { Result } from '../core/base/result.js';

/**
 * The tables of one device's store. Keys are strings and sort by UTF-16 code units; values are
 * bytes.
 *
 * facts: rows of admitted facts; signatures: checked run-end signatures; governance:
 * self-certifying objects; payloads: snapshot payloads; own: fences, answers, ballots, promises and
 * other promises of this device; queue: edits that wait for a fence; profile: what this device is;
 * activity: the log; blobs: encrypted chunks of files; cache: values that can be worked out again.
 */
export const TABLES = [
  'facts',
  'signatures',
  'governance',
  'payloads',
  'own',
  'queue',
  'profile',
  'activity',
  'blobs',
  'cache',
] as const;
/** The name of a table. */
export type Table = (typeof TABLES)[number];

/** A value with its key. */
export interface Row {
  readonly key: string;
  readonly value: Uint8Array;
}

/** One change of a table; `delete` of what is not there does nothing. */
export type Change =
  | {
      readonly kind: 'put';
      readonly table: Table;
      readonly key: string;
      readonly value: Uint8Array;
    }
  | { readonly kind: 'delete'; readonly table: Table; readonly key: string }
  /** Deletes every row with from <= key < to. */
  | {
      readonly kind: 'delete-range';
      readonly table: Table;
      readonly from: string;
      readonly to: string;
    };

/** strict: survives a power cut once acknowledged. relaxed: survives the death of the process. */
export type Durability = 'strict' | 'relaxed';

/** Why the store could not do it. */
export type StoreError =
  /** The device has no room left; nothing of this commit was kept. */
  | { readonly kind: 'quota' }
  /** The database was deleted or evicted, or another was made in its place. */
  | { readonly kind: 'lost' }
  /** A later version of the app wrote here last: all of it is there, out of this one's reach. */
  | { readonly kind: 'newer' }
  /** Another tab holds an older version open, or wrote here since this one read. */
  | { readonly kind: 'blocked' }
  /** Anything else; the message is for the log only. */
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Keeps rows across restarts.
 *
 * A commit is atomic: all of its changes or none. It resolves only when the rows are durable in the
 * sense asked for. After a failed or aborted write the adapter reopens and tries once more before
 * it reports. Commits are applied in the order in which they were called.
 */
export interface Store {
  readonly commit: (
    changes: readonly Change[],
    durability: Durability,
  ) => Promise<Result<void, StoreError>>;
  /** All rows of a table with from <= key < to, sorted by key. Without bounds: the whole table. */
  readonly read: (
    table: Table,
    from?: string,
    to?: string,
  ) => Promise<Result<readonly Row[], StoreError>>;
  /** The keys alone, of the same rows as `read`, sorted: what lies there may be large. */
  readonly keys: (
    table: Table,
    from?: string,
    to?: string,
  ) => Promise<Result<readonly string[], StoreError>>;
  readonly get: (table: Table, key: string) => Promise<Result<Uint8Array | null, StoreError>>;
  /** Calls back when the database vanished underneath (deleted, closed by force, newer version). */
  readonly onLost: (listener: (error: StoreError) => void) => () => void;
  readonly close: () => Promise<void>;
}
