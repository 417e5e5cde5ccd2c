import type { DeviceId } from '../base/brands.js';

/**
 * One Ed25519 signature to be checked outside the core: the same form as the Verifier port takes.
 *
 * The core lists what is to be checked and gets the answers back, in the same order.
 */
export interface SignatureCheck {
  readonly key: DeviceId;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** One member's signature over something that both sides know. 64 bytes. */
export interface Share {
  readonly signer: DeviceId;
  readonly signature: Uint8Array;
}
