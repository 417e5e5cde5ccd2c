import { sha256Hex } from '../../core/base/hash.js';
import type { ReadinessReason } from '../../core/facts/upgrade-bodies.js';
import { isAsProposed } from '../../core/upgrades/as-proposed.js';
import { parseManifest } from '../../core/upgrades/manifest.js';
import { type ReleaseFault, releaseFault } from '../../core/upgrades/release-check.js';
import type { Upgrade } from '../../core/upgrades/upgrade.js';
import type { Bundles, HostOffer, StageFault, StageProgress } from '../../ports/bundles.js';
import type { CodeSource } from './code-exchange.js';
import { SPARE_BYTES, roomIn } from '../blobs/spare-room.js';
import type { Context } from '../context.js';
import { isFit, tryMigration } from './migration-trial.js';
import type { OwnBundle } from './own-bundle.js';
import { type Ended, type Outcome, type Refusal, offeredHere } from './upgrade-fetching.js';
import type { UpgradeReading } from './upgrade-reading.js';

/** The steps of one download: files and their check, then the migration. */
export interface Staging {
  readonly stage: (
    upgrade: Upgrade,
    bundles: Bundles,
    progress: (done: StageProgress) => void,
    signal: AbortSignal | undefined,
  ) => Promise<Outcome>;
  readonly tried: (upgrade: Upgrade, bundles: Bundles) => Promise<Ended>;
}

export const createStaging = (
  context: Context,
  own: OwnBundle,
  read: () => UpgradeReading | null,
  others: CodeSource,
): Staging => {
  const stage: Staging['stage'] = async (upgrade, bundles, progress, signal) => {
    const { body } = upgrade;
    const home = await offeredByHost(upgrade, bundles);
    const manifest =
      home?.manifest ??
      (await findManifest(upgrade, own, bundles)) ??
      (await others.manifest(body.manifest, signal));
    if (manifest === null) return notReady('unreachable', null);
    const parsed = parseManifest(manifest);
    if (!parsed.ok || !isAsProposed(body, parsed.value)) return rejected('mismatch', 'manifest');
    const reading = read();
    if (reading === null) return 'cancelled';
    const offered = offeredHere(context, own, reading, body.manifest, body.fork);
    const fault = releaseFault(parsed.value, offered);
    if (fault !== null) return refusalOfRelease(fault);
    // What lets a device back in is tried however little is left: much of it may lie here.
    const isWay = offered.wallMs === null;
    const needBytes = body.bytes + SPARE_BYTES;
    if (!isWay && (await roomIn(context.ports.storage)) < needBytes) {
      return notReady('no-room', null);
    }
    const urls = [...new Set([...(home?.urls ?? []), ...body.urls.flatMap(placesBelow)])];
    const staged = await bundles.stage(manifest, urls, progress, signal, (file, stop) =>
      others.file(body.manifest, file, stop),
    );
    return staged.ok ? null : refusalOfStage(staged.error);
  };

  /** What lies here is tried on a copy of the state before this device calls itself ready. */
  const tried: Staging['tried'] = async ({ body }, bundles) => {
    const { holdings } = context;
    const { idle } = await bundles.state();
    const isStaged = idle?.state === 'staged' && idle.manifest === body.manifest;
    if (holdings === null || !isStaged) return { outcome: null, trial: null };
    const trial = await tryMigration(holdings, bundles, body.manifest, idle.fold);
    if (isFit(trial)) return { outcome: null, trial };
    await bundles.discard();
    return { outcome: rejected('failed-migration', trial.outcome), trial };
  };

  return { stage, tried };
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
