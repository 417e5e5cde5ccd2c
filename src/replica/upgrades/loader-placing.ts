import { type AgreedLoader, loaderDue } from '../../core/upgrades/agreed-loaders.js';
import type { LoaderPin } from '../../core/upgrades/loader-pin.js';
import type { LoaderFault } from '../../ports/bundles.js';
import type { Cancel } from '../../ports/clock.js';
import { backOffMs } from '../loop/back-off.js';
import type { Context } from '../context.js';
import type { OwnBundle } from './own-bundle.js';

/** Puts the loader in place that the members agreed to (rule U13). */
export interface LoaderPlacing {
  /** What they agreed to by now. */
  readonly settle: (loaders: readonly AgreedLoader[]) => void;
  /** Why it is not in place yet; null where it is, or nothing was tried. */
  readonly fault: () => LoaderFault | null;
  /** This device woke, or its network came back. */
  readonly hope: () => void;
  readonly close: () => void;
}

/**
 * What the host gives under the loader's name is checked by the store of bundles, and nothing else
 * is put in place. A host that gives none, or another script, is asked again ever more seldom.
 */
export const createLoaderPlacing = (
  context: Context,
  own: Pick<OwnBundle, 'state' | 'refresh'>,
): LoaderPlacing => {
  const { clock, bundles } = context.ports;
  let due: LoaderPin | null = null;
  let fault: LoaderFault | null = null;
  let failures = 0;
  let isAtIt = false;
  let isClosed = false;
  let timer: Cancel | null = null;

  const place = async (pin: LoaderPin): Promise<void> => {
    isAtIt = true;
    const placed = await bundles?.placeLoader(pin).catch(failed);
    isAtIt = false;
    if (isClosed || placed === undefined) return;
    fault = placed.ok ? null : placed.error;
    failures = placed.ok ? 0 : failures + 1;
    const isHopeless = fault === null || fault.kind === 'no-loader';
    if (!isHopeless) lookIn(backOffMs(failures));
    context.run(async () => {
      await own.refresh();
      context.changed();
    });
  };

  const begin = (): void => {
    if (due !== null && !isAtIt && timer === null) void place(due);
  };

  const lookIn = (ms: number): void => {
    timer = clock.after(ms, () => {
      timer = null;
      begin();
    });
  };

  return {
    settle: (loaders) => {
      const state = own.state();
      // While a bundle is on trial nothing else of the code changes.
      if (state === null || state.active === null || state.trial !== null) return;
      const before = due;
      due = loaderDue(loaders, state.loader, state.quarantined);
      if (due?.sha256 === state.loader.coming) due = null;
      if (due === null) fault = null;
      if (due?.sha256 !== before?.sha256) {
        timer?.();
        [timer, failures] = [null, 0];
      }
      // One failure without a timer is one that time does not mend.
      if (failures === 0) begin();
    },
    fault: () => fault,
    hope: () => {
      if (failures === 0) return;
      timer?.();
      timer = null;
      begin();
    },
    close: () => {
      isClosed = true;
      timer?.();
    },
  };
};

const failed = (cause: unknown): { readonly ok: false; readonly error: LoaderFault } => ({
  ok: false,
  error: { kind: 'failed', message: cause instanceof Error ? cause.message : String(cause) },
});
