import type { Hash } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import type { Cancel } from '../../ports/clock.js';
import type { CodeSource } from './code-exchange.js';
import { FIRST_WAIT_MS, backOffMs } from '../loop/back-off.js';
import type { Context } from '../context.js';
import type { OwnBundle } from './own-bundle.js';

/** Looks for manifests of versions that bind or did so, where they are not kept here. */
export interface ManifestSeeking {
  /**
   * What is lacking now, the most urgent first; each is asked for at once, and what nobody had
   * again as long as it is lacking, ever more seldom.
   */
  readonly want: (manifests: readonly Hash[]) => void;
  /** Somebody is there who may have them. */
  readonly hope: () => void;
  readonly close: () => void;
}

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
  let wanted: readonly Hash[] = [];
  let isAsking = false;
  let again: Cancel | null = null;
  /** How often in a row nobody had any of them. */
  let failures = 0;
  const stop = new AbortController();

  const find = async (manifest: Hash): Promise<Uint8Array | null> => {
    const { bundles } = context.ports;
    const held = await bundles?.read(manifest, null);
    if (held != null) return held;
    const offer = await bundles?.offered(null, manifest);
    const isIt = offer?.ok === true && sha256Hex(offer.value.manifest) === manifest;
    return isIt ? offer.value.manifest : members.manifest(manifest, stop.signal);
  };

  const seek = async (manifests: readonly Hash[]): Promise<void> => {
    let hasFound = false;
    for (const manifest of manifests) {
      const bytes = await find(manifest).catch(() => null);
      if (stop.signal.aborted) return;
      if (bytes === null || sha256Hex(bytes) !== manifest) continue;
      hasFound = true;
      context.run(() => keep(bytes));
    }
    isAsking = false;
    failures = hasFound ? 0 : failures + 1;
    if (!hasFound) lookIn(backOffMs(failures));
  };

  const lookIn = (ms: number): void => {
    again?.();
    again = context.ports.clock.after(ms, () => {
      again = null;
      begin();
    });
  };

  const keep = async (bytes: Uint8Array): Promise<void> => {
    await context.commit([own.keepManifest(bytes)], 'relaxed');
    context.changed();
    settleSoon();
  };

  const begin = (): void => {
    const lacking = wanted.filter((each) => own.manifest(each) === null);
    if (lacking.length === 0 || isAsking || again !== null || stop.signal.aborted) return;
    if (context.ports.bundles === undefined) return;
    isAsking = true;
    void seek(lacking);
  };

  return {
    want: (manifests) => {
      const isNew = manifests.some((each) => !wanted.includes(each));
      wanted = manifests;
      if (isNew) {
        again?.();
        [again, failures] = [null, 0];
      }
      begin();
    },
    hope: () => {
      // However often devices come and go, what nobody had is asked for only so often.
      if (again === null || failures < 2) return;
      failures = 1;
      lookIn(FIRST_WAIT_MS);
    },
    close: () => {
      stop.abort();
      again?.();
    },
  };
};
