import type { DeviceId, EncryptionKey } from '../core/base/brands.js';
import type { Result } from '../core/base/result.js';

/**
 * hardware: the key cannot leave the browser; soft: it lies in its storage; paper: on paper or in
 * a file.
 */
export type KeyStorage = 'hardware' | 'soft' | 'paper';

/** Signs with this device's key, which never leaves it. */
export interface Signer {
  readonly device: DeviceId;
  readonly storage: KeyStorage;
  /** A 64-byte Ed25519 signature over the message. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

/** Seals small secrets to members and opens those that were sealed to this device. */
export interface Sealer {
  readonly encryptionKey: EncryptionKey;
  /** Encrypts at most 1 KiB to one member; context is bound as associated data. */
  readonly seal: (
    recipient: EncryptionKey,
    plaintext: Uint8Array,
    context: Uint8Array,
  ) => Promise<Uint8Array>;
  /** Fails with `unopenable` when the envelope was not sealed to this device under this context. */
  readonly open: (
    envelope: Uint8Array,
    context: Uint8Array,
  ) => Promise<Result<Uint8Array, { readonly kind: 'unopenable' }>>;
  /** The 32-byte secret that only this device and the other one can derive. */
  readonly pairSecret: (other: EncryptionKey) => Promise<Uint8Array>;
}

/** The two keys of one device, in use. */
export interface DeviceKeys {
  readonly signer: Signer;
  readonly sealer: Sealer;
}

/** Where a device's keys are kept. */
export interface KeyVault {
  /** The keys of this profile, or null when there are none. */
  readonly load: () => Promise<DeviceKeys | null>;
  /** Makes and durably keeps new keys; non-extractable where the browser can. */
  readonly create: () => Promise<DeviceKeys>;
  readonly erase: () => Promise<void>;
}
