import type { DeviceId } from './brands.js';

/**
 * One Ed25519 signature that someone has to check before what it covers is believed.
 *
 * The core only says what to check; the answer comes from the verifier outside.
 */
export interface SignatureCheck {
  readonly key: DeviceId;
  readonly message: Uint8Array;
  /** 64 bytes when well formed; of any other length it never passes. */
  readonly signature: Uint8Array;
}
