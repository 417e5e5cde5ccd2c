import { type Result, err, ok } from '../../core/base/result.js';
import type { DeviceKeys } from '../../ports/keys.js';
import type { StoreError } from '../../ports/store.js';
import type { Ports } from '../context.js';
import { type Opened, openStore } from './opening.js';
import type { Slices } from '../loop/slices.js';

/** What the store says this device is, and the keys to it; null: there are none. */
export interface OpenedDevice extends Opened {
  readonly keys: DeviceKeys | null;
}

/**
 * Opens store and keys beside each other.
 *
 * Either may be gone without the other. Keys without a store are those of a device that kept
 * nothing: it comes back as the member that it was, in a new session (rule F5). A store without its
 * keys is nobody's: what is in it stays, and the device comes back with new ones.
 * Errors: those of the store; `failed` where the keys cannot be read.
 */
export const openDevice = async (
  { store, vault, cipher }: Pick<Ports, 'store' | 'vault' | 'cipher'>,
  slices: Slices,
): Promise<Result<OpenedDevice, StoreError>> => {
  const loading = vault.load().then(ok, unreadable);
  const device = loading.then((held) => (held.ok ? (held.value?.signer.device ?? null) : null));
  const opened = await openStore(store, device, slices, cipher.digest);
  const keys = await loading;
  if (!opened.ok) return opened;
  return keys.ok ? ok({ ...opened.value, keys: keys.value }) : keys;
};

const unreadable = (cause: unknown): Result<never, StoreError> =>
  err({ kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) });
