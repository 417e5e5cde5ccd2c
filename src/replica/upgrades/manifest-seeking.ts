import type { Hash } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import type { Cancel } from '../../ports/clock.js';
import type { CodeSource } from './code-exchange.js';
import type { Context } from '../context.js';
import type { OwnBundle } from './own-bundle.js';

/** Looks for the manifest of a version that binds, where it is not kept here. */
export interface ManifestSeeking {
  /** What is lacking now; null: nothing. Asked for at once, then again as long as it is lacking. */
  readonly want: (manifest: Hash | null) => void;
  readonly close: () => void;
}

/** So long nobody is asked again after nobody had it. */
const AGAIN_MS = 30_000;

/**
 * The manifest comes from a slot of this device, else from its own host, else from the members,
 * over the kernel channel; it is what the record names, or it is not taken (rules U4 and C9).
 */
export const createManifestSeeking = (
  context: Context,
  own: Pick<OwnBundle, 'manifest' | 'keepManifest'>,
  members: Pick<CodeSource, 'manifest'>,
  settleSoon: () => void,
): ManifestSeeking => {
  let wanted: Hash | null = null;
  let isAsking = false;
  let again: Cancel | null = null;
  const stop = new AbortController();

  const find = async (manifest: Hash): Promise<Uint8Array | null> => {
    const { bundles } = context.ports;
    const held = await bundles?.read(manifest, null);
    if (held != null) return held;
    const offer = await bundles?.offered(null, manifest);
    const isIt = offer?.ok === true && sha256Hex(offer.value.manifest) === manifest;
    return isIt ? offer.value.manifest : members.manifest(manifest, stop.signal);
  };

  const seek = async (manifest: Hash): Promise<void> => {
    const bytes = await find(manifest).catch(() => null);
    isAsking = false;
    if (stop.signal.aborted) return;
    if (bytes === null) again ??= context.ports.clock.after(AGAIN_MS, lookAgain);
    else context.run(() => keep(bytes));
  };

  const keep = async (bytes: Uint8Array): Promise<void> => {
    await context.commit([own.keepManifest(bytes)], 'relaxed');
    context.changed();
    settleSoon();
  };

  const lookAgain = (): void => {
    again = null;
    begin();
  };

  const begin = (): void => {
    if (wanted === null || isAsking || again !== null || stop.signal.aborted) return;
    if (context.ports.bundles === undefined || own.manifest(wanted) !== null) return;
    isAsking = true;
    void seek(wanted);
  };

  return {
    want: (manifest) => {
      wanted = manifest;
      begin();
    },
    close: () => {
      stop.abort();
      again?.();
    },
  };
};
