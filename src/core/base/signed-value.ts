import type { DeviceId, SessionId } from './brands.js';

/**
 * A value that a device worked out, in the words in which it goes to others, with what was known
 * where it was worked out, signed by who did (rule K4).
 */
export interface SignedValue {
  readonly maker: DeviceId;
  readonly epoch: number;
  /** The last invalidation of the key that was known of each session, sorted by session. */
  readonly known: readonly { readonly session: SessionId; readonly seq: number }[];
  /** Of key, epoch, invalidations and the digest of the bytes: see core/cache/shared-value.ts. */
  readonly signature: Uint8Array;
  readonly bytes: Uint8Array;
}
