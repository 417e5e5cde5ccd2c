import type { FactId, Hash } from '../../core/base/brands.js';
import type { ReadinessReason } from '../../core/facts/upgrade-bodies.js';
import type { releaseFault } from '../../core/upgrades/release-check.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import type { MigrationTrial, Upgrade } from '../../core/upgrades/upgrade.js';
import type { Bundles, StageProgress } from '../../ports/bundles.js';
import type { CodeSource } from './code-exchange.js';
import type { Context } from '../context.js';
import type { OwnBundle } from './own-bundle.js';
import { fencedOutHere } from './upgrade-fence.js';
import type { UpgradeReading } from './upgrade-reading.js';

/** How fetching one upgrade ended on this device; null: it lies here, checked. */
export interface Refusal {
  readonly verdict: 'not-ready' | 'rejected';
  readonly reason: ReadinessReason;
  /** The file, protocol or package that it is about. */
  readonly detail: string | null;
}

/** Downloads and checks of upgrades, one at a time, outside the inbox: they may take minutes. */
export interface UpgradeFetching {
  /**
   * False where another one is fetched, or this one already. `isHere`: it lies here, checked, and
   * only its migration is still to be tried.
   */
  readonly start: (upgrade: Upgrade, isHere?: boolean) => boolean;
  readonly cancel: (upgrade: FactId) => void;
  readonly progressOf: (upgrade: FactId) => StageProgress | null;
  /** Why the last attempt at it came to nothing. */
  readonly refusalOf: (upgrade: FactId) => Refusal | null;
  readonly isBusy: () => boolean;
  readonly close: () => void;
}

/** A refusal; null where it lies here, checked and tried. */
export type Outcome = Refusal | 'cancelled' | null;

export interface Ended {
  readonly outcome: Outcome;
  readonly trial: MigrationTrial | null;
}

const UNREACHABLE: Refusal = { verdict: 'not-ready', reason: 'unreachable', detail: null };

/** The highest fold that a completed snapshot asks for. */
const foldNow = (context: Context): number => {
  const heads = [...(context.holdings?.completions().values() ?? [])];
  return Math.max(1, ...heads.map(({ completion }) => completion.fold));
};

/** Roots that failed here or on a member. */
export const quarantinedHere = (own: OwnBundle, { state }: UpgradeReading): ReadonlySet<Hash> =>
  new Set([...(own.state()?.quarantined ?? []), ...state.quarantined]);

/** What speaks against a bundle on this device, whoever asks: `approved` is what was agreed to. */
export const offeredHere = (
  context: Context,
  own: OwnBundle,
  reading: UpgradeReading,
  approved: Hash,
  fork: 'soft' | 'hard',
): Parameters<typeof releaseFault>[1] => {
  const state = own.state();
  const active = state?.active ?? null;
  const none = { sequence: 0, version: '0.0.0', content: active?.content ?? approved };
  const me = context.holdings?.me ?? null;
  const way = me === null ? null : (fencedOutHere(me, own, reading)?.upgrade ?? null);
  const isWay = way !== null && reading.find(way)?.body.manifest === approved;
  return {
    package: THIS_BUILD.package,
    approved,
    floor: state?.floor ?? none,
    loader: state?.loader.version ?? THIS_BUILD.loader,
    ...{ loaders: reading.loaders, inPlace: state?.loader.inPlace ?? null, fork },
    fold: foldNow(context),
    packages: new Map(),
    quarantined: quarantinedHere(own, reading),
    wallMs: isWay ? null : reading.nowMs,
    protocols: reading.required,
  };
};

export const createUpgradeFetching = (
  context: Context,
  own: OwnBundle,
  read: () => UpgradeReading | null,
  /** The other members, who are asked for what no host gives. */
  others: CodeSource,
  /** Called in the inbox once it is known whether this device has it. */
  ended: (upgrade: FactId, refusal: Refusal | null, trial: MigrationTrial | null) => Promise<void>,
): UpgradeFetching => {
  const refusals = new Map<FactId, Refusal>();
  let job: { readonly id: FactId; progress: StageProgress; readonly stop: AbortController } | null =
    null;

  const run = async (upgrade: Upgrade, bundles: Bundles, isHere: boolean): Promise<Ended> => {
    const signal = job?.stop.signal;
    const progress = (done: StageProgress): void => {
      if (job?.id !== upgrade.id) return;
      job.progress = done;
      context.changed();
    };
    // Upgrades are few: the code for fetching one comes when one does.
    const { createStaging } = await import('./upgrade-staging.js');
    const { stage, tried } = createStaging(context, own, read, others);
    const outcome = isHere ? null : await stage(upgrade, bundles, progress, signal);
    return outcome === null ? tried(upgrade, bundles) : { outcome, trial: null };
  };

  const start: UpgradeFetching['start'] = (upgrade, isHere = false) => {
    const { bundles } = context.ports;
    if (job !== null || bundles === undefined) return false;
    const { files: filesOf, bytes } = upgrade.body;
    const stop = new AbortController();
    const mine = {
      id: upgrade.id,
      stop,
      progress: { files: 0, bytes: 0, filesOf, bytesOf: bytes },
    };
    job = mine;
    refusals.delete(upgrade.id);
    const finish = async ({ outcome, trial }: Ended): Promise<void> => {
      if (job === mine) job = null;
      await own.refresh();
      if (outcome === 'cancelled' || stop.signal.aborted) return context.changed();
      if (outcome !== null) refusals.set(upgrade.id, outcome);
      await ended(upgrade.id, outcome, trial);
    };
    void run(upgrade, bundles, isHere)
      .catch((): Ended => ({ outcome: UNREACHABLE, trial: null }))
      .then((result) => context.run(() => finish(result)));
    context.changed();
    return true;
  };

  const stopJob = (): void => {
    job?.stop.abort();
    job = null;
  };

  return {
    start,
    cancel: (upgrade) => {
      if (job?.id === upgrade) stopJob();
      context.changed();
    },
    progressOf: (upgrade) => (job?.id === upgrade ? job.progress : null),
    refusalOf: (upgrade) => refusals.get(upgrade) ?? null,
    isBusy: () => job !== null,
    close: stopJob,
  };
};
