import type { FactId, Hash } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import type { ReadinessReason } from '../../core/facts/upgrade-bodies.js';
import { bytesOf, contentRootOf, parseManifest } from '../../core/upgrades/manifest.js';
import { type ReleaseFault, releaseFault } from '../../core/upgrades/release-check.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import type { MigrationTrial, Upgrade } from '../../core/upgrades/upgrade.js';
import type { Bundles, HostOffer, StageFault, StageProgress } from '../../ports/bundles.js';
import type { CodeSource } from './code-exchange.js';
import type { Context } from '../context.js';
import { isFit, tryMigration } from './migration-trial.js';
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
type Outcome = Refusal | 'cancelled' | null;

interface Ended {
  readonly outcome: Outcome;
  readonly trial: MigrationTrial | null;
}

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

  const stage = async (upgrade: Upgrade, bundles: Bundles): Promise<Outcome> => {
    const { body } = upgrade;
    const signal = job?.stop.signal;
    const home = await offeredByHost(upgrade, bundles);
    const manifest =
      home?.manifest ??
      (await findManifest(upgrade, own, bundles)) ??
      (await others.manifest(body.manifest, signal));
    if (manifest === null) return notReady('unreachable', null);
    const parsed = parseManifest(manifest);
    if (!parsed.ok || !isAsProposed(upgrade, parsed.value)) return rejected('mismatch', 'manifest');
    const reading = read();
    if (reading === null) return 'cancelled';
    const fault = releaseFault(
      parsed.value,
      offeredHere(context, own, reading, body.manifest, body.fork),
    );
    if (fault !== null) return refusalOfRelease(fault);
    const urls = [...new Set([...(home?.urls ?? []), ...body.urls.flatMap(placesBelow)])];
    const progress = (done: StageProgress): void => {
      if (job?.id !== upgrade.id) return;
      job.progress = done;
      context.changed();
    };
    const staged = await bundles.stage(manifest, urls, progress, signal, (file, stop) =>
      others.file(body.manifest, file, stop),
    );
    return staged.ok ? null : refusalOfStage(staged.error);
  };

  /** What lies here is tried on a copy of the state before this device calls itself ready. */
  const tried = async ({ body }: Upgrade, bundles: Bundles): Promise<Ended> => {
    const { holdings } = context;
    const { idle } = await bundles.state();
    const isStaged = idle?.state === 'staged' && idle.manifest === body.manifest;
    if (holdings === null || !isStaged) return { outcome: null, trial: null };
    const trial = await tryMigration(holdings, bundles, body.manifest, idle.fold);
    if (isFit(trial)) return { outcome: null, trial };
    await bundles.discard();
    return { outcome: rejected('failed-migration', trial.outcome), trial };
  };

  const run = async (upgrade: Upgrade, bundles: Bundles, isHere: boolean): Promise<Ended> => {
    const outcome = isHere ? null : await stage(upgrade, bundles);
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
      .catch((): Ended => ({ outcome: notReady('unreachable', null), trial: null }))
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

/** Files lie by hash or by path below the address of a host, unless that names the place itself. */
const placesBelow = (url: string): readonly string[] =>
  url.endsWith('/files/') ? [url] : [`${url}files/`, url];

/** The page's own host, where it has exactly that release: who published it may be elsewhere. */
const offeredByHost = async ({ body }: Upgrade, bundles: Bundles): Promise<HostOffer | null> => {
  const offer = await bundles.offered(null, body.manifest);
  const isIt = offer.ok && sha256Hex(offer.value.manifest) === body.manifest;
  return isIt ? offer.value : null;
};

/** The manifest whose hash people see: from this device, or from the first host that has it. */
const findManifest = async (
  { body }: Upgrade,
  own: OwnBundle,
  bundles: Bundles,
): Promise<Uint8Array | null> => {
  const held = own.manifest(body.manifest);
  if (held !== null) return held;
  for (const url of body.urls) {
    const offer = await bundles.offered(url, body.manifest);
    if (offer.ok && sha256Hex(offer.value.manifest) === body.manifest) return offer.value.manifest;
  }
  return null;
};

/** What was told of the bundle is what its manifest says. */
const isAsProposed = ({ body }: Upgrade, manifest: Parameters<typeof bytesOf>[0] & Said): boolean =>
  contentRootOf(manifest) === body.content &&
  manifest.package === body.package &&
  manifest.version === body.version &&
  manifest.sequence === body.sequence &&
  manifest.files.length === body.files &&
  bytesOf(manifest) === body.bytes &&
  manifest.protocols.join('\n') === body.protocols.join('\n');

interface Said {
  readonly package: string;
  readonly version: string;
  readonly sequence: number;
  readonly protocols: readonly string[];
}

const rejected = (reason: ReadinessReason, detail: string | null): Refusal => ({
  ...{ verdict: 'rejected', reason, detail },
});
const notReady = (reason: ReadinessReason, detail: string | null): Refusal => ({
  ...{ verdict: 'not-ready', reason, detail },
});

const refusalOfRelease = (fault: ReleaseFault): Refusal => {
  switch (fault.kind) {
    case 'other-package':
      return rejected('mismatch', fault.package);
    case 'not-approved':
    case 'two-of-one-sequence':
      return rejected('mismatch', null);
    case 'quarantined':
      return rejected('quarantined', null);
    case 'older-release':
    case 'older-version':
    case 'older-loader':
      return rejected('older', null);
    case 'loader-not-hard':
      return rejected('newer-loader', null);
    case 'not-yet-valid':
    case 'expired':
      return notReady('not-valid', null);
    case 'newer-loader':
      return notReady('newer-loader', null);
    case 'older-fold':
      return rejected('missing-feature', null);
    case 'missing-protocol':
      return rejected('missing-protocol', fault.protocol);
    case 'unknown-dependency':
    case 'missing-dependency':
      return notReady('missing-dependency', fault.package);
  }
};

const refusalOfStage = (fault: StageFault): Refusal | 'cancelled' | null => {
  switch (fault.kind) {
    // That hosts gave something else speaks against them, not against what was agreed to.
    case 'mismatch':
    case 'too-large':
      return notReady('mismatch', fault.path);
    case 'missing':
    case 'unreachable':
      return notReady('unreachable', fault.path);
    case 'no-room':
      return notReady('no-room', null);
    case 'newer-loader':
      return notReady('newer-loader', null);
    case 'quarantined':
      return rejected('quarantined', null);
    case 'older-release':
      return rejected('older', null);
    case 'bad-manifest':
    case 'two-of-one-sequence':
      return rejected('mismatch', null);
    // It runs here already.
    case 'already-active':
      return null;
    default:
      return 'cancelled';
  }
};
