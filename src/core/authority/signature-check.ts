import type { DeviceId } from '../base/brands.js';

export type { SignatureCheck } from '../base/signature-check.js';

/** One member's signature over something that both sides know. 64 bytes. */
export interface Share {
  readonly signer: DeviceId;
  readonly signature: Uint8Array;
}
