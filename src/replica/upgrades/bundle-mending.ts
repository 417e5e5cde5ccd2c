import type { Cancel } from '../../ports/clock.js';
import { FIRST_WAIT_MS, backOffMs } from '../loop/back-off.js';
import type { CodeSource } from './code-exchange.js';
import type { Context } from '../context.js';
import type { OwnBundle } from './own-bundle.js';

/**
 * Keeps the bundle that runs here whole: looks through its files once after each start, and has
 * what was lost or harmed brought back, from the host or from the members (rules U3 and U6).
 */
export interface BundleMending {
  /** The store of bundles has told what runs. */
  readonly start: () => void;
  /** Another device is connected now, or this one woke: what is lost is asked for again. */
  readonly hope: () => void;
  readonly close: () => void;
}

/** After the first screen: nothing waits for it. */
const LOOK_MS = 5_000;

export const createBundleMending = (
  context: Context,
  own: Pick<OwnBundle, 'state' | 'cannotSwitch'>,
  others: Pick<CodeSource, 'file'>,
): BundleMending => {
  const { clock, bundles } = context.ports;
  const stop = new AbortController();
  let timer: Cancel | null = null;
  let isAtIt = false;
  let lastMs = 0;
  /** How often in a row something stayed lost. */
  let failures = 0;

  const lookIn = (ms: number): void => {
    timer?.();
    timer = clock.after(ms, () => {
      timer = null;
      void look();
    });
  };

  const look = async (): Promise<void> => {
    const active = own.state()?.active ?? null;
    const isOurs = own.cannotSwitch() === null && context.stage === 'member';
    if (bundles === undefined || active === null || !isOurs || isAtIt) return;
    isAtIt = true;
    const isWhole = await bundles
      .mend((file, signal) => others.file(active.manifest, file, signal), stop.signal)
      .catch(() => false);
    isAtIt = false;
    lastMs = clock.monotonicMs();
    failures = isWhole ? 0 : failures + 1;
    if (isWhole || stop.signal.aborted) return;
    lookIn(backOffMs(failures));
  };

  return {
    start: () => {
      if (bundles !== undefined) lookIn(LOOK_MS);
    },
    hope: () => {
      if (failures === 0 || isAtIt || stop.signal.aborted) return;
      lookIn(Math.max(1, lastMs + FIRST_WAIT_MS - clock.monotonicMs()));
    },
    close: () => {
      stop.abort();
      timer?.();
    },
  };
};
