import { aeskw } from '@noble/ciphers/aes.js';
import type { AccountId, BlobId } from '../base/brands.js';
import type { Marks } from '../journal/marks.js';
import { wrapMark } from '../journal/file-fields.js';
import { contentKey } from '../links/rooms.js';

/** A blob's key, wrapped under the content key of an identity epoch. */
export interface WrappedKey {
  readonly epoch: number;
  /** WRAP_BYTES of them. */
  readonly wrap: Uint8Array;
}

/** Bytes of a blob's own key. */
export const BLOB_KEY_BYTES = 32;
/** Bytes of a wrapped one. */
export const WRAP_BYTES = 40;
/** So many keys one fact re-wraps at most. */
export const WRAPS_PER_FACT_MAX = 100;

/**
 * Wraps a blob's key under an epoch's secret: equal keys and secrets give equal bytes.
 *
 * Source: rule S10; RFC 3394 (AES key wrap) under a 256-bit key.
 */
export const wrapKey = (secret: Uint8Array, account: AccountId, key: Uint8Array): Uint8Array =>
  aeskw(contentKey(secret, account, 'blob')).encrypt(key);

/** The key again; null when it was wrapped under another secret, or by nobody. */
export const unwrapKey = (
  secret: Uint8Array,
  account: AccountId,
  wrap: Uint8Array,
): Uint8Array | null => {
  if (wrap.length !== WRAP_BYTES) return null;
  try {
    return aeskw(contentKey(secret, account, 'blob')).decrypt(wrap);
  } catch {
    return null;
  }
};

/** The wrapped key that the account names for a blob; null when none was said. */
export const wrappedKeyOf = (marks: Marks, blob: BlobId): WrappedKey | null => {
  const value = marks.get(wrapMark(blob))?.value;
  const [epoch, wrap] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return typeof epoch === 'number' && wrap instanceof Uint8Array ? { epoch, wrap } : null;
};

/** Of these blobs those whose key another epoch wraps, each once, sorted (rule S10). */
export const planRewrapping = (
  marks: Marks,
  blobs: Iterable<BlobId>,
  epoch: number,
): readonly BlobId[] =>
  [...new Set(blobs)]
    .filter((blob) => (wrappedKeyOf(marks, blob)?.epoch ?? epoch) !== epoch)
    .sort();
