import { need } from '../../core/authority/capability.js';
import type { DeviceId, Hash, StatementHash } from '../../core/base/brands.js';
import { loaderDue } from '../../core/upgrades/agreed-loaders.js';
import { rollOutOf, waveOf } from '../../core/upgrades/roll-out.js';
import type { LoaderPin } from '../../core/upgrades/loader-pin.js';
import { HEALTHY_MS_MAX, isUp } from '../../core/upgrades/slots.js';
import {
  bindingBlocker,
  holdersOf,
  switchBlocker,
  type UpgradeBlocker,
  verifiedBy,
} from '../../core/upgrades/switch-guard.js';
import { type Upgrade, isOver } from '../../core/upgrades/upgrade.js';
import type { Holdings } from '../journal/holdings.js';
import { strangersIn } from './loader-alarm.js';
import { viewReadyRule } from './ready-rule.js';
import { fencedOutHere } from './upgrade-fence.js';
import { fenceBehind, fetchBlocker, hasVetoed, lacking, mayTryAgain } from './upgrade-guards.js';
import type { UpgradeReading } from './upgrade-reading.js';
import type { UpgradeService } from './upgrade-service.js';
import { isAwaited } from './upgrade-waiting.js';
import type {
  AgreedCodeView,
  LoaderView,
  MineView,
  ReadinessView,
  RunningView,
  SwitchView,
  UpgradeView,
  UpgradesView,
  WaveView,
} from './upgrade-view.js';

type DecisionOf = (holdings: Holdings, upgrade: Upgrade) => StatementHash | null;

/** What the screens show of the account's code. */
export const viewUpgrades = (
  holdings: Holdings,
  upgrades: UpgradeService,
  decisionOf: DecisionOf,
  agreedCode: AgreedCodeView,
): UpgradesView => {
  const reading = upgrades.read(holdings);
  const { own } = upgrades;
  const all = [...reading.state.upgrades]
    .sort((a, b) => b.body.sequence - a.body.sequence || b.atMs - a.atMs)
    .map((upgrade) => viewUpgrade(holdings, upgrades, reading, upgrade, decisionOf));
  const cannotSwitch = own.cannotSwitch();
  const { tip } = holdings.chain();
  return {
    running: runningView(holdings, upgrades),
    ...{ cannotSwitch, canSwitch: cannotSwitch === null },
    isLoaderChanged: strangersIn(own.state(), reading.loaders).length > 0,
    loader: loaderView(upgrades, reading),
    pending: all.filter((each) => !isOver(each)),
    past: all.filter(isOver),
    health: upgrades.health.report(),
    history: historyView(upgrades, reading),
    policies: own.policies(),
    required: reading.required,
    fencedOut: fencedOutHere(holdings.me, own, reading),
    devices: reading.devices.map((device) => {
      const report = reading.bundleOf(device);
      const content = report?.content ?? null;
      return {
        ...{ device, content, version: report?.version ?? null, policy: report?.policy ?? null },
        ...{ protocols: report?.protocols ?? [], cohort: report?.cohort ?? null },
        isApproved: content !== null && reading.state.approved.has(content),
      };
    }),
    mayPublish: need('upgrade_publish')(tip, holdings.me),
    mayActivate: need('upgrade_activate')(tip, holdings.me),
    agreedCode,
    readyRule: viewReadyRule(holdings, reading),
  };
};

const loaderView = (
  { own, loaders }: UpgradeService,
  { loaders: agreed }: UpgradeReading,
): LoaderView | null => {
  const state = own.state();
  if (state === null || state.active === null) return null;
  const { version, inPlace, coming } = state.loader;
  const awaited = loaderDue(agreed, state.loader, state.quarantined);
  return { version, sha256: inPlace, awaited, isComing: coming !== null, fault: loaders.fault() };
};

const runningView = (holdings: Holdings, upgrades: UpgradeService): RunningView | null => {
  const { own } = upgrades;
  const state = own.state();
  if (state === null || state.active === null) return null;
  const { version, sequence, manifest, content, protocols, state: stage } = state.active;
  const isHeld = state.idle?.state === 'good';
  const { trial } = state;
  return {
    ...{ version, sequence, manifest, content, protocols, channel: own.channel, state: stage },
    trial: trial?.number ?? null,
    trialEndsMs: trial === null || isUp(trial) ? null : trial.sinceMs + HEALTHY_MS_MAX,
    canRollBack: isHeld && fenceBehind(holdings, upgrades) === null,
  };
};

const viewUpgrade = (
  holdings: Holdings,
  upgrades: UpgradeService,
  reading: UpgradeReading,
  upgrade: Upgrade,
  decisionOf: DecisionOf,
): UpgradeView => {
  const { body, stage, failure, lockedInMs, graceEndsMs, ready, needed, halted } = upgrade;
  const blocker = activateBlocker(holdings, upgrades, reading, upgrade, decisionOf);
  const isOpen = !isOver(upgrade);
  const isMine = upgrades.own.state()?.active?.content === body.content;
  return {
    ...{ id: upgrade.id, package: body.package, version: body.version, sequence: body.sequence },
    ...{ manifest: body.manifest, content: body.content, fork: body.fork, stage, failure },
    ...{ publishedBy: upgrade.author, publishedMs: upgrade.atMs, expiresMs: body.expires },
    ...{ notes: body.notes, compliance: body.compliance, bytes: body.bytes, files: body.files },
    ...{ urls: body.urls, protocols: body.protocols, requires: body.requires },
    brings: bringsOf(upgrades, body.manifest),
    readiness: reading.devices.map((device) => readinessView(reading, upgrade, device)),
    ...{ ready: ready.length, needed, lockedInMs },
    verified: verifiedBy(upgrade).length,
    activeMs: lockedInMs === null || body.fork === 'hard' ? null : (graceEndsMs ?? lockedInMs),
    ...{ halted, vetoes: upgrade.vetoes, wave: waveView(holdings, reading, upgrade) },
    mine: mineView(holdings, upgrades, reading, upgrade),
    canFetch: fetchBlocker(upgrade, upgrades, holdings) === null,
    canTryAgain: mayTryAgain(upgrade, upgrades, holdings),
    canDecline: isOpen && !isMine,
    canVeto: isOpen && lockedInMs === null && !hasVetoed(upgrades, holdings, upgrade),
    canRevoke: isOpen && upgrade.fence === null && lacking(holdings, 'upgrade_publish') === null,
    ...{ activateBlocker: blocker, canActivate: blocker === null },
    canUndo: body.fork === 'soft' || upgrade.fence === null,
    decision: decisionOf(holdings, upgrade),
    fence: upgrade.fence,
  };
};

/** What its manifest says, where that is here: it lies in a slot, or was asked for. */
const bringsOf = ({ own }: UpgradeService, manifest: Hash): LoaderPin | null => {
  const { active, idle } = own.state() ?? { active: null, idle: null };
  const note = [active, idle].find((each) => each?.manifest === manifest);
  return (note ?? own.told(manifest))?.brings ?? null;
};

const activateBlocker = (
  holdings: Holdings,
  upgrades: UpgradeService,
  { devices }: UpgradeReading,
  upgrade: Upgrade,
  decisionOf: DecisionOf,
): UpgradeBlocker | null => {
  const blocker = switchBlocker(upgrade, upgrades.groundOf(holdings, upgrade));
  const wantsBinding = blocker?.kind === 'already-running' && upgrade.body.fork === 'hard';
  if (!wantsBinding) return blocker;
  return bindingBlocker(upgrade, {
    devices,
    mayActivate: lacking(holdings, 'upgrade_activate') === null,
    isForked: holdings.chain().isForked,
    isAsked: decisionOf(holdings, upgrade) !== null,
  });
};

const readinessView = (
  { bundleOf, state }: UpgradeReading,
  { body, readiness }: Upgrade,
  device: DeviceId,
): ReadinessView => {
  const said = readiness.get(device);
  const report = bundleOf(device);
  return {
    ...{ device, verdict: said?.verdict ?? 'unknown', reason: said?.reason ?? null },
    ...{ atMs: said?.atMs ?? null, version: report?.version ?? null, words: said?.words ?? '' },
    trial: said?.trial ?? null,
    isRunning: report?.content === body.content,
    hasRolledBack: state.rolledBack.get(body.content)?.has(device) === true,
  };
};

const waveView = (
  holdings: Holdings,
  reading: UpgradeReading,
  upgrade: Upgrade,
): WaveView | null => {
  const rollOut = rollOutOf(upgrade, reading);
  return rollOut === null ? null : { ...rollOut, mine: waveOf(upgrade, holdings.me) };
};

const mineView = (
  holdings: Holdings,
  { own, fetching }: UpgradeService,
  { state: known, devices, bundleOf }: UpgradeReading,
  upgrade: Upgrade,
): MineView => {
  const { id, body, readiness } = upgrade;
  const progress = fetching.progressOf(id);
  if (progress !== null) return { kind: 'fetching', ...progress };
  const state = own.state();
  const { active, idle } = state ?? { active: null, idle: null };
  if (active?.content === body.content) {
    return { kind: active.state === 'trial' ? 'trial' : 'running' };
  }
  const hasFailed = state?.quarantined.includes(body.content) === true;
  const wentBack = known.rolledBack.get(body.content)?.has(holdings.me) === true;
  if (hasFailed || (wentBack && known.quarantined.has(body.content))) {
    return { kind: 'rolled-back' };
  }
  const said = readiness.get(holdings.me);
  if (said?.reason === 'declined') return { kind: 'declined' };
  if (idle?.state === 'staged' && idle.manifest === body.manifest) return { kind: 'verified' };
  const { verdict, reason, detail } = fetching.refusalOf(id) ?? { ...said, detail: null };
  if (reason == null) return { kind: 'none' };
  if (verdict !== 'not-ready' || !isAwaited(reason)) return { kind: 'refused', reason, detail };
  if (known.quarantined.has(body.content)) {
    return { kind: 'refused', reason: 'quarantined', detail: null };
  }
  const holders = holdersOf(upgrade, devices, bundleOf).filter((each) => each !== holdings.me);
  return { kind: 'awaited', reason, detail, holders };
};

const historyView = (
  { own }: UpgradeService,
  { state: { upgrades } }: UpgradeReading,
): readonly SwitchView[] => {
  const state = own.state();
  const held = [state?.active, state?.idle].flatMap((each) => each ?? []);
  const versionOf = (content: Hash | null): string | null =>
    upgrades.find(({ body }) => body.content === content)?.body.version ??
    held.find((each) => each.content === content)?.version ??
    null;
  return [...(state?.history ?? [])].reverse().map((each) => ({
    ...each,
    fromVersion: versionOf(each.from),
    toVersion: versionOf(each.to),
  }));
};
