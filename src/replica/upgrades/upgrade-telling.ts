import type { DeviceId, FactId, Hash } from '../../core/base/brands.js';
import type { Body, BodyOf } from '../../core/facts/bodies.js';
import { isOnTerms } from '../../core/upgrades/as-proposed.js';
import { THIS_BUILD } from '../../core/upgrades/this-build.js';
import type {
  MigrationTrial,
  Readiness,
  Upgrade,
  UpgradeState,
} from '../../core/upgrades/upgrade.js';
import type { BundleNote, Switch } from '../../core/upgrades/slots.js';
import type { BundlesState } from '../../ports/bundles.js';
import type { Holdings } from '../journal/holdings.js';
import type { OwnBundle } from './own-bundle.js';
import { remarkOf } from '../loop/remark.js';
import type { UpgradeReading } from './upgrade-reading.js';

/**
 * What this device has to tell of its own code now (rules U1, U3 and U7): what it runs once that is
 * good, how trials ended, and that it is ready for what it runs already.
 */
export const dueWords = (
  holdings: Holdings,
  own: OwnBundle,
  reading: UpgradeReading,
): readonly Body[] => {
  const state = own.state();
  if (state === null || state.active === null) return [];
  const { active, history } = state;
  const switches = switchesToTell(holdings, history, reading);
  if (active.state !== 'good') return switches;
  return [
    ...switches,
    ...bundleToTell(holdings, own, active, reading),
    ...readinessToTell(holdings, active, reading),
    ...(own.channel === 'app-store' ? storeToTell(holdings, active, reading) : []),
  ];
};

const bundleToTell = (
  holdings: Holdings,
  own: OwnBundle,
  active: BundleNote,
  reading: UpgradeReading,
): readonly Body[] => {
  const told = reading.bundleOf(holdings.me);
  const { manifest, content, version, sequence, fold } = active;
  const protocols = own.capped(active.protocols);
  const { activate: policy, cohort } = own.policies();
  const isTold =
    told !== null &&
    told.manifest === manifest &&
    told.policy === policy &&
    told.cohort === cohort &&
    told.channel === own.channel &&
    told.protocols.join('\n') === protocols.join('\n');
  if (isTold) return [];
  return [
    {
      ...{ kind: 'device.bundled', manifest, content, version, sequence, protocols, fold },
      ...{ package: THIS_BUILD.package, channel: own.channel, policy, cohort },
      generation: (told?.generation ?? 0) + 1,
    },
  ];
};

/** A switch is told once: as many times as the bundle store remembers it and no more. */
const switchesToTell = (
  { me }: Holdings,
  history: readonly Switch[],
  { words, state }: UpgradeReading,
): readonly Body[] => {
  const toldCount = new Map<string, number>();
  for (const { author, body } of words) {
    if (author !== me || body.kind !== 'upgrade.switched') continue;
    const name = `${body.from}/${body.to}/${body.outcome}`;
    toldCount.set(name, (toldCount.get(name) ?? 0) + 1);
  }
  return history.flatMap(({ from, to, outcome, cause, isAutomatic }): readonly Body[] => {
    if (from === null) return [];
    const name = `${from}/${to}/${outcome}`;
    const count = toldCount.get(name) ?? 0;
    if (count > 0) {
      toldCount.set(name, count - 1);
      return [];
    }
    const judged = outcome === 'good' ? to : from;
    const upgrade = state.upgrades.findLast(({ body }) => body.content === judged)?.id ?? null;
    return [
      {
        ...{ kind: 'upgrade.switched', upgrade, from, to, outcome, automatic: isAutomatic },
        cause: remarkOf(cause),
      },
    ];
  });
};

/** Who runs a bundle and found it good is ready for it, whoever brought it there; said once. */
const readinessToTell = (
  { me }: Holdings,
  active: BundleNote,
  { state, words }: UpgradeReading,
): readonly Body[] => {
  const isUntold = ({ id, body, stage }: Upgrade): boolean => {
    if (body.content !== active.content || !isOpen(stage)) return false;
    // Of one bundle somebody may announce other things; of another with its files nothing is known.
    if (body.manifest === active.manifest && !isOnTerms(body, active)) return false;
    const said = words.findLast(
      (word) =>
        word.author === me && word.body.kind === 'upgrade.readied' && word.body.upgrade === id,
    )?.body;
    const isSaid = said?.kind === 'upgrade.readied' && said.verdict === 'ready';
    return !isSaid || (body.fork === 'hard' && said.bundle !== active.content);
  };
  const { content } = active;
  return state.upgrades.filter(isUntold).map(({ id }) => readied(id, 'ready', null, content));
};

/**
 * What lies here whole and checked, and of which this device said nothing yet, as where the page
 * died in between: it is still to be tried. Who said anything of it is not asked again.
 */
export const stagedUntold = (
  { me }: Holdings,
  bundles: BundlesState | null,
  { state }: UpgradeReading,
): Upgrade | null => {
  const idle = bundles?.active?.state === 'good' ? bundles.idle : null;
  if (idle?.state !== 'staged') return null;
  return unsaidBy(me, state).find(({ body }) => body.manifest === idle.manifest) ?? null;
};

/**
 * Whether the last word of this device says all of that. That nothing came says less than that
 * something else did, so a host that is false and gone by turns is told of once.
 */
export const isWordGiven = (
  said: Readiness | undefined,
  word: Pick<Readiness, 'verdict' | 'reason' | 'bundle' | 'trial'>,
): boolean => {
  const isLess = said?.reason === 'mismatch' && word.reason === 'unreachable';
  return (
    said?.verdict === word.verdict &&
    (said.reason === word.reason || isLess) &&
    said.bundle === word.bundle &&
    said.trial?.outcome === word.trial?.outcome
  );
};

/** What trying showed, as it is told beside readiness. */
export const triedWord = (upgrade: FactId, trial: MigrationTrial): Body => {
  const { outcome, from, to, lossy, durationMs, bytes } = trial;
  return { kind: 'upgrade.tried', upgrade, outcome, from, to, lossy, duration: durationMs, bytes };
};

const isOpen = (stage: Upgrade['stage']): boolean =>
  stage === 'proposed' || stage === 'started' || stage === 'locked-in';

/** What a store has not brought yet is not ready here, and nothing here can change that (U8). */
const storeToTell = (
  { me }: Holdings,
  { content, sequence }: BundleNote,
  { state }: UpgradeReading,
): readonly Body[] =>
  unsaidBy(me, state)
    .filter(({ body }) => body.sequence > sequence)
    .map(({ id }) => readied(id, 'not-ready', 'app-store', content));

/** Open ones of which this device said nothing yet. */
const unsaidBy = (me: DeviceId, { upgrades }: UpgradeState): readonly Upgrade[] =>
  upgrades.filter(({ stage, readiness }) => isOpen(stage) && !readiness.has(me));

const readied = (
  upgrade: FactId,
  verdict: BodyOf<'upgrade.readied'>['verdict'],
  reason: BodyOf<'upgrade.readied'>['reason'],
  bundle: Hash | null,
): Body => ({ kind: 'upgrade.readied', upgrade, verdict, reason, bundle });
