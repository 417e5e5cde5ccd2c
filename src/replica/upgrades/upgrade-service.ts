import type { DeviceId, FactId } from '../../core/base/brands.js';
import { readOnce } from '../../core/base/read-once.js';
import {
  type KnownActivation,
  type MigrationTrial,
  type Upgrade,
  isOver,
} from '../../core/upgrades/upgrade.js';
import { forkMarkOf } from '../../core/links/code-said.js';
import { rollOutOf } from '../../core/upgrades/roll-out.js';
import type { SwitchGround } from '../../core/upgrades/switch-guard.js';
import type { Cancel } from '../../ports/clock.js';
import { createBundleMending } from './bundle-mending.js';
import { type CodeExchange, createCodeExchange } from './code-exchange.js';
import type { Context } from '../context.js';
import type { HealthCheck } from '../health/embedded-checks.js';
import { type HealthService, createHealthService } from '../health/health-service.js';
import type { Holdings } from '../journal/holdings.js';
import type { Intake } from '../journal/intake.js';
import { createLoaderAlarm } from './loader-alarm.js';
import { type LoaderPlacing, createLoaderPlacing } from './loader-placing.js';
import type { PeerChoice } from '../snapshots/payload-exchange.js';
import { createManifestSeeking } from './manifest-seeking.js';
import { type OwnBundle, type UpgradeChannel, createOwnBundle } from './own-bundle.js';
import {
  type Refusal,
  type UpgradeFetching,
  createUpgradeFetching,
  quarantinedHere,
} from './upgrade-fetching.js';
import { type UpgradeReading, createUpgradeReader } from './upgrade-reading.js';
import { isWayBack } from './upgrade-fence.js';
import { fetchBlocker } from './upgrade-guards.js';
import type { Tries } from './upgrade-following.js';
import { createUpgradeSights, momentsIn } from './upgrade-sights.js';
import { dueWords, isWordGiven, stagedUntold, triedWord } from './upgrade-telling.js';
import { type UpgradeWaiting, createUpgradeWaiting, isAwaited } from './upgrade-waiting.js';

/** What an embedding says of the code that it runs. */
export interface UpgradeOptions {
  readonly channel?: UpgradeChannel;
  /** What an app-store's binary was made to speak: this device speaks no more (rule U8). */
  readonly cap?: readonly string[];
  /** Loads the page anew, after this device switched by itself; none: at the next start. */
  readonly reload?: () => void;
  /** What has to be well besides what the app looks at itself. */
  readonly checks?: readonly HealthCheck[];
  /** Closes the replica because its host changed the loader; without it there is an alarm alone. */
  readonly lock?: () => void;
}

/** What all that has to do with the account's code shares. */
export interface UpgradeRoom {
  readonly own: OwnBundle;
  readonly health: HealthService;
  readonly fetching: UpgradeFetching;
  readonly waiting: UpgradeWaiting;
  readonly loaders: Pick<LoaderPlacing, 'fault'>;
  readonly read: (holdings: Holdings) => UpgradeReading;
  readonly groundOf: (holdings: Holdings, upgrade: Upgrade) => SwitchGround;
}

export interface UpgradeService extends UpgradeRoom {
  /** Versions that other members give, and are given. */
  readonly exchange: Pick<CodeExchange, 'received' | 'closed'>;
  /** Another device is connected now. */
  readonly met: (device: DeviceId) => void;
  /** This device woke, or its network came back. */
  readonly woke: () => void;
  /** Holds this device's code against what hard forks demand; before anything else is done. */
  readonly stand: () => void;
  /** True when it wrote something. */
  readonly settle: () => Promise<boolean>;
  readonly load: (own: Parameters<OwnBundle['load']>[0]) => Promise<void>;
  readonly close: () => void;
}

/** Hard forks are few, and their mark is asked for whenever anything settles. */
const markOf = readOnce((activations: readonly KnownActivation[]) =>
  forkMarkOf(activations.map(({ manifest }) => manifest)),
);

/** An upgrade that could not be had is asked for again after so long, where policy is `auto`. */
const RETRY_MS = 15 * 60_000;

/**
 * The code of this device as the account decides it (rules U1, U3, U4, U7, U9).
 *
 * It tells what runs here and how trials ended, and fetches soft upgrades, says that it is ready,
 * and switches once they locked in, as far as this device's policies say.
 */
export const createUpgradeService = (
  context: Context,
  intake: Intake,
  options: UpgradeOptions,
  peers: PeerChoice,
  settleSoon: () => void,
): UpgradeService => {
  const codeSource = { channel: options.channel ?? 'service-worker', cap: options.cap ?? null };
  const own = createOwnBundle(context, codeSource, () => {
    context.changed();
    settleSoon();
  });
  const health = createHealthService(context, own, peers, options.checks ?? []);
  const sights = createUpgradeSights(context);
  const read = createUpgradeReader(context, own, sights);
  const readNow = () => context.holdings && read(context.holdings);
  const alarm = createLoaderAlarm(context, own, () => readNow()?.loaders ?? [], options.lock);
  const loaders = createLoaderPlacing(context, own);
  let timer: Cancel | null = null;
  const waiting = createUpgradeWaiting(context, () => peers.ranked().map(({ peer }) => peer));

  /** Says whether this device has an upgrade, unless it said exactly that last. */
  const ended = async (
    upgrade: FactId,
    refusal: Refusal | null,
    trial: MigrationTrial | null,
  ): Promise<void> => {
    const { holdings } = context;
    const isNoFault = refusal?.verdict === 'not-ready' && isAwaited(refusal.reason);
    waiting.note(upgrade, isNoFault ? refusal.reason : null);
    settleSoon();
    if (holdings === null || context.stage !== 'member') return;
    const said = read(holdings).find(upgrade)?.readiness.get(holdings.me);
    const { verdict, reason } = refusal ?? { verdict: 'ready', reason: null };
    const bundle = own.state()?.active?.content ?? null;
    if (isWordGiven(said, { verdict, reason, bundle, trial })) return;
    await intake.own([
      { kind: 'upgrade.readied', upgrade, verdict, reason, bundle },
      ...(trial === null ? [] : [triedWord(upgrade, trial)]),
    ]);
  };
  const exchange = createCodeExchange(context, own, readNow, peers);
  const seeking = createManifestSeeking(context, own, exchange, settleSoon);
  const mending = createBundleMending(context, own, exchange);
  const fetching = createUpgradeFetching(context, own, readNow, exchange, ended);

  const groundOf: UpgradeRoom['groundOf'] = (holdings, upgrade) => {
    const reading = read(holdings);
    const { devices, nowMs } = reading;
    const state = own.state();
    return {
      ...{ me: holdings.me, devices, nowMs, cannotSwitch: own.cannotSwitch() },
      running: state?.active?.content ?? null,
      isOnTrial: (state?.trial ?? null) !== null,
      staged: state?.idle?.state === 'staged' ? state.idle.manifest : null,
      isWayBack: isWayBack(upgrade, holdings.me, own, reading),
      ...{ quarantined: quarantinedHere(own, reading), rollOut: rollOutOf(upgrade, reading) },
    };
  };

  /** Asks again for what no true copy came of; what lies here checked is not given up for it. */
  const tryAgain = (holdings: Holdings): void => {
    const mayFetch = (upgrade: Upgrade): boolean => {
      const idle = own.state()?.idle ?? null;
      const isFree = idle?.state !== 'staged' || idle.manifest === upgrade.body.manifest;
      return isFree && fetchBlocker(upgrade, room, holdings) === null;
    };
    const isWay = (upgrade: Upgrade): boolean => groundOf(holdings, upgrade).isWayBack;
    const due = waiting.due(holdings, read(holdings), mayFetch, isWay);
    if (due !== null) fetching.start(due);
  };

  const isFollowing = (): boolean => {
    const { fetch, activate } = own.policies();
    return fetch === 'auto' || activate === 'auto';
  };

  const triedMs = new Map<FactId, number>();
  const tries: Tries = {
    isDue: ({ id }, nowMs) => Math.abs(nowMs - (triedMs.get(id) ?? -Infinity)) >= RETRY_MS,
    note: ({ id }, nowMs) => void triedMs.set(id, nowMs),
  };

  /** Wakes when time alone changes something. */
  const wakeLater = (holdings: Holdings): void => {
    timer?.();
    timer = null;
    const reading = read(holdings);
    const moments = [...momentsIn(reading)];
    const isWaiting = reading.state.upgrades.some(
      (each) => !isOver(each) && each.stage !== 'active',
    );
    if (isFollowing() && isWaiting) moments.push(reading.nowMs + RETRY_MS);
    const againMs = fetching.isBusy() ? null : waiting.nextInMs();
    if (againMs !== null) moments.push(reading.nowMs + againMs);
    const isUntold = stagedUntold(holdings, own.state(), reading) !== null;
    if (isUntold && !fetching.isBusy()) moments.push(reading.nowMs + RETRY_MS);
    const next = Math.min(...moments.filter((each) => each > reading.nowMs));
    if (!Number.isFinite(next)) return;
    const waitMs = Math.min(next - reading.nowMs, 24 * 3_600_000);
    timer = context.ports.clock.after(waitMs, () => {
      timer = null;
      context.changed();
      settleSoon();
    });
  };

  const stand = (): void => {
    const { holdings } = context;
    const reading = holdings === null ? null : read(holdings);
    holdings?.readUpTo(own.fold());
    health.opened();
    context.code = {
      protocols: own.protocols(),
      content: own.content(),
      required: reading?.required ?? [],
      forks: reading && markOf(reading.activations),
    };
  };

  const room: UpgradeRoom = { own, health, fetching, waiting, loaders, read, groundOf };

  /** What this device does with nobody asking. Few do anything: what does comes to those alone. */
  const follow = async (holdings: Holdings): Promise<void> => {
    if (!isFollowing() || own.cannotSwitch() !== null) return;
    const part = await import('./upgrade-following.js').catch(() => null);
    await part?.followUpgrades(holdings, room, tries, options.reload);
  };

  /**
   * Takes up what lies here, checked, where the page died before it was tried, or told. Where the
   * store takes no word, as on a full disk, it waits: else it would be tried without end.
   */
  const tryStaged = (holdings: Holdings): boolean => {
    const reading = read(holdings);
    const { nowMs } = reading;
    const untold = stagedUntold(holdings, own.state(), reading);
    const isTaken = untold !== null && tries.isDue(untold, nowMs) && fetching.start(untold, true);
    if (isTaken) tries.note(untold, nowMs);
    return isTaken;
  };

  return {
    ...{ ...room, stand, exchange },
    settle: async () => {
      const { holdings } = context;
      if (holdings === null || context.stage !== 'member') return false;
      await sights.settle(read(holdings));
      const due = [...alarm.due(holdings), ...dueWords(holdings, own, read(holdings))];
      const hasSaid = due.length > 0 && (await intake.own(due)).ok;
      await alarm.settle(holdings);
      const { unread, loaders: agreed } = read(holdings);
      seeking.want(unread);
      loaders.settle(agreed);
      if (!hasSaid) tryAgain(holdings);
      if (!hasSaid && !tryStaged(holdings)) await follow(holdings);
      wakeLater(holdings);
      return hasSaid;
    },
    met: (device) => {
      exchange.opened();
      [mending, seeking].forEach((each) => each.hope());
      waiting.met(device);
      if (waiting.nextInMs() !== null) settleSoon();
    },
    woke: () => {
      mending.hope();
      loaders.hope();
      waiting.woke();
    },
    load: async (rows) => {
      own.load(rows);
      sights.load(rows);
      alarm.load(rows);
      health.load(rows);
      await own.refresh();
      stand();
      mending.start();
    },
    close: () => {
      timer?.();
      alarm.close();
      loaders.close();
      mending.close();
      seeking.close();
      fetching.close();
      exchange.close();
      own.close();
    },
  };
};
