import type { DeviceId, StatementHash } from '../../core/base/brands.js';

/** The account's recovery key, as far as this device knows of it (rule A5). */
export interface RecoveryView {
  /** The paper member; null while there is none. */
  readonly member: DeviceId | null;
  /** When this device first knew of it, wall ms. */
  readonly addedMs: number | null;
  /** When a person last showed on this device that the words are at hand. */
  readonly lastCheckedMs: number | null;
  /** When this device asks for three words again; null where it cannot ask for so few. */
  readonly checkDueMs: number | null;
  /** Places of the words to ask for, from 0: three, or none where only all 24 can be checked. */
  readonly asked: readonly number[];
  /** A second device is there and neither a key nor a decision about one: time to offer it. */
  readonly isPromptDue: boolean;
  /** The decision that would add one, while it is open. */
  readonly decision: StatementHash | null;
}

/** What is shown once, and kept by no device. */
export interface RecoveryKeyOffer {
  /** Twenty-four. */
  readonly words: readonly string[];
  readonly fileName: string;
  readonly fileText: string;
  /** The key signs from the moment that this decision is completed. */
  readonly decision: StatementHash;
}

/** One word of the key, at its place from 0. */
export interface RecoveryAnswer {
  readonly index: number;
  readonly word: string;
}

/** Why a recovery key did nothing. */
export type RecoveryError =
  /** `word` and `index` (from 0) name the word that is to blame, where one is. */
  | {
      readonly kind: 'recovery-malformed';
      readonly reason: 'count' | 'unknown-word' | 'checksum' | 'newer-version' | 'mistaken-word';
      readonly word: string | null;
      readonly index: number | null;
    }
  /** A sound key, and not this account's: of another account, or replaced since. */
  | { readonly kind: 'recovery-unknown' }
  /** The account has no recovery key, or not yet. */
  | { readonly kind: 'recovery-none' }
  /** The words are not those that were asked for. */
  | { readonly kind: 'recovery-words-wrong' }
  /** The key signs beside a device's own yes, never in its place. */
  | { readonly kind: 'recovery-yes-first' }
  /**
   * The key alone brings nothing back: it signs, and holds no records. It takes a device of the
   * account, or a backup.
   */
  | { readonly kind: 'recovery-needs-device' };
