import { brandHex } from '../../core/base/brands.js';
import { compareText, sortedUnique } from '../../core/base/ordering.js';
import type { DeviceId, Hash } from '../../core/base/brands.js';
import { sha256Hex } from '../../core/base/hash.js';
import { LIMITS } from '../../core/base/limits.js';
import { err, ok } from '../../core/base/result.js';
import type { BodyOf } from '../../core/facts/bodies.js';
import { bytesOf, contentRootOf, parseManifest } from '../../core/upgrades/manifest.js';
import type { Manifest } from '../../core/upgrades/manifest.js';
import { isNewLoader } from '../../core/upgrades/agreed-loaders.js';
import { wavesByCohort } from '../../core/upgrades/cohort.js';
import { releaseFault } from '../../core/upgrades/release-check.js';
import type { CommandError } from '../command-error.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import type { UpgradeCommands, UpgradeDraft } from './upgrade-commands.js';
import { offeredHere } from './upgrade-fetching.js';
import { lacking } from './upgrade-guards.js';
import type { UpgradeReading } from './upgrade-reading.js';
import type { UpgradeService } from './upgrade-service.js';

/** Reading what hosts offer, and putting it to the account (rules U2 and U10). */
export type Publishing = Pick<UpgradeCommands, 'publish' | 'discover'>;

/** A round lasts so long where people choose nothing else (rule U4). */
const ROUND_MS = 3_600_000;

export const createPublishing = (
  context: Context,
  intake: Intake,
  upgrades: UpgradeService,
): Publishing => {
  const publish: Publishing['publish'] = async (draft) => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    const refusal = lacking(holdings, 'upgrade_publish');
    if (refusal !== null) return refusal;
    const reading = upgrades.read(holdings);
    const parsed = parseManifest(draft.manifest);
    if (!parsed.ok) return err({ kind: 'bad-manifest', error: parsed.error });
    const approved = brandHex<Hash>(sha256Hex(draft.manifest));
    const fault = releaseFault(
      parsed.value,
      offeredHere(context, upgrades.own, reading, approved, draft.fork),
    );
    if (fault !== null) return err({ kind: 'bad-release', fault });
    const waves = draft.waves === 'cohorts' ? wavesByCohort(cohortsIn(reading)) : draft.waves;
    const planned = { ...draft, waves: waves ?? [] };
    const wrong = wrongIn(planned, holdings, parsed.value);
    if (wrong !== null) return err(wrong);
    const waiting = reading.state.upgrades.filter(
      ({ stage }) => stage === 'proposed' || stage === 'started',
    );
    const max = LIMITS.pendingUpgradesMax;
    if (waiting.length >= max) return err({ kind: 'too-many-upgrades', max });
    const body = bodyOf(planned, parsed.value, approved, reading.nowMs, upgrades.own.protocols());
    const done = await intake.own([body], [upgrades.own.keepManifest(draft.manifest)]);
    if (!done.ok) return err({ kind: 'store', error: done.error });
    const [fact] = done.value;
    return fact === undefined ? err({ kind: 'busy' }) : ok(fact.id);
  };

  const discover: Publishing['discover'] = async (url) => {
    const { holdings } = context;
    if (holdings === null) return err({ kind: 'no-account' });
    const { bundles } = context.ports;
    if (bundles === undefined) {
      return err({ kind: 'upgrade-blocked', blocker: { kind: 'no-loader' } });
    }
    const offer = await bundles.offered(url);
    if (!offer.ok) return err({ kind: 'no-offer', fault: offer.error });
    const { manifest, urls } = offer.value;
    const parsed = parseManifest(manifest);
    if (!parsed.ok) return err({ kind: 'bad-manifest', error: parsed.error });
    const hash = brandHex<Hash>(sha256Hex(manifest));
    const reading = upgrades.read(holdings);
    const known = reading.state.upgrades.findLast(({ body }) => body.manifest === hash);
    const offered = offeredHere(context, upgrades.own, reading, hash, 'hard');
    return ok({
      ...{ manifest, hash, urls, told: parsed.value, content: contentRootOf(parsed.value) },
      fault: releaseFault(parsed.value, offered),
      isLoaderNew: isNewLoader(parsed.value.brings, offered),
      upgrade: known?.id ?? null,
    });
  };

  return { publish, discover };
};

/** A release with the devices of each wave, whatever it was planned by. */
type Planned = UpgradeDraft & { readonly waves: readonly (readonly DeviceId[])[] };

const cohortsIn = ({ devices, bundleOf }: UpgradeReading) =>
  devices.map((device) => ({ device, cohort: bundleOf(device)?.cohort ?? null }));

const wrongIn = (
  { urls, notes, waves, fork }: Planned,
  holdings: Holdings,
  manifest: Manifest,
): CommandError | null => {
  const { upgradeNotesUnitsMax, upgradeUrlUnitsMax, upgradeUrlsMax, upgradeWavesMax } = LIMITS;
  if (notes.length > upgradeNotesUnitsMax) return tooLong('notes', upgradeNotesUnitsMax);
  if (urls.length > upgradeUrlsMax) return tooLong('urls', upgradeUrlsMax);
  if (urls.some((url) => url.length > upgradeUrlUnitsMax)) {
    return tooLong('urls', upgradeUrlUnitsMax);
  }
  if (urls.some((url) => !/^https?:\/\/.+\/$/u.test(url)))
    return { kind: 'ill-formed', field: 'urls' };
  if (waves.length > upgradeWavesMax) return tooLong('waves', upgradeWavesMax);
  const members = new Set(holdings.chain().tip.members.map(({ device }) => device));
  if (waves.flat().some((device) => !members.has(device))) return { kind: 'unknown-device' };
  const { protocols, sequence, compliance } = manifest;
  if (sequence > LIMITS.releaseSequenceMax) return { kind: 'ill-formed', field: 'sequence' };
  const names = [...protocols, ...compliance];
  if (names.some((name) => name.length > LIMITS.protocolUnitsMax)) {
    return tooLong('protocols', LIMITS.protocolUnitsMax);
  }
  const isNeedless = fork === 'hard' && protocols.length === 0;
  return isNeedless ? { kind: 'empty', field: 'protocols' } : null;
};

const tooLong = (field: string, max: number): CommandError => ({ kind: 'too-long', field, max });

const bodyOf = (
  { urls, notes, fork, waves, expiresMs, graceMs = 0 }: Planned,
  manifest: Manifest,
  hash: Hash,
  nowMs: number,
  spoken: readonly string[],
): BodyOf<'upgrade.proposed'> => {
  const { package: name, version, sequence, protocols, compliance, files } = manifest;
  const news = protocols.filter((each) => !spoken.includes(each));
  return {
    ...{ kind: 'upgrade.proposed', manifest: hash, content: contentRootOf(manifest) },
    ...{ package: name, version, sequence, protocols, compliance, files: files.length },
    // What is new with a hard fork is what nobody may lack from then on.
    requires: fork === 'hard' ? news : [],
    ...{ bytes: bytesOf(manifest), urls, notes, fork },
    expires: Math.max(0, Math.floor(expiresMs ?? nowMs + ROUND_MS)),
    waves: waves.map((wave) => sortedUnique(wave, compareText)),
    grace: Math.max(0, Math.floor(graceMs)),
  };
};
