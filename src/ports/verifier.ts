import type { DeviceId } from '../core/base/brands.js';

/** A signature of 64 bytes, the message that it is over, and whose it is to be. */
export interface SignatureCheck {
  readonly key: DeviceId;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Checks Ed25519 signatures, many at a time.
 *
 * Every adapter accepts exactly the same signatures: RFC 8032 with s < L, canonical encodings, no
 * small-order R, and the cofactorless equation. Answers stand in the order of the checks. Never
 * throws on foreign bytes: whatever is wrong with a check, its answer is false.
 */
export interface Verifier {
  readonly verify: (checks: readonly SignatureCheck[]) => Promise<readonly boolean[]>;
}
