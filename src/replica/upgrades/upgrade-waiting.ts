import type { DeviceId, FactId } from '../../core/base/brands.js';
import type { ReadinessReason } from '../../core/facts/upgrade-bodies.js';
import { holdersOf } from '../../core/upgrades/switch-guard.js';
import { type Readiness, type Upgrade, isOver } from '../../core/upgrades/upgrade.js';
import { FIRST_WAIT_MS, backOffMs } from '../loop/back-off.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { UpgradeReading } from './upgrade-reading.js';

/**
 * Upgrades of which no true copy came yet, and when they are asked for again (rules U3 and U10).
 *
 * A host that gives other bytes says nothing of the content that people agreed to: only that
 * content is judged, and a copy of it is waited for.
 */
export interface UpgradeWaiting {
  /** How an attempt ended. */
  readonly note: (upgrade: FactId, reason: ReadinessReason | null) => void;
  /** A person stopped it. */
  readonly forget: (upgrade: FactId) => void;
  /** Somebody connected: what that device has is asked for, though it was asked before. */
  readonly met: (device: DeviceId) => void;
  /** What hosts give may be something else by now: the device woke, or its network came back. */
  readonly woke: () => void;
  /** Of those that may be fetched the one to ask for now: the newest. */
  readonly due: (
    holdings: Holdings,
    reading: UpgradeReading,
    mayFetch: (upgrade: Upgrade) => boolean,
    /** What lets this device back over a fence is waited for, be it over or not. */
    isWayBack: (upgrade: Upgrade) => boolean,
  ) => Upgrade | null;
  /** In so many ms one may be due; null: nothing is waited for. */
  readonly nextInMs: () => number | null;
}

interface Wait {
  attempts: number;
  /** Monotonic ms of this run. */
  endedMs: number;
  /** Who was connected then, and could have been asked. */
  asked: ReadonlySet<DeviceId>;
  /** Something changed since that may bring it. */
  isHopeful: boolean;
}

/** Whatever happens meanwhile, nobody is asked sooner: not even this often at first. */
const BETWEEN_MS_MAX = 5 * 60_000;

/** What is no fault of the content: a true copy may still come. */
export const isAwaited = (reason: ReadinessReason | null): reason is 'mismatch' | 'unreachable' =>
  reason === 'mismatch' || reason === 'unreachable';

/** Whether a device waits for a copy, by its own word. */
export const saysItWaits = (said: Readiness | undefined): boolean =>
  said?.verdict === 'not-ready' && isAwaited(said.reason);

/** `connected` answers who of the account is connected now. */
export const createUpgradeWaiting = (
  { ports: { clock } }: Pick<Context, 'ports'>,
  connected: () => readonly DeviceId[],
): UpgradeWaiting => {
  const waits = new Map<FactId, Wait>();
  let isResumed = false;

  const delayOf = ({ attempts }: Wait): number => backOffMs(attempts);

  /** After a restart it goes on with what this device said that it waits for. */
  const resume = ({ me }: Holdings, { state }: UpgradeReading): void => {
    isResumed = true;
    for (const { id, readiness } of state.upgrades) {
      if (!saysItWaits(readiness.get(me)) || waits.has(id)) continue;
      waits.set(id, { attempts: 0, endedMs: -FIRST_WAIT_MS, asked: new Set(), isHopeful: true });
    }
  };

  const leftOf = (wait: Wait): number => {
    const delayMs = delayOf(wait);
    const waitMs = wait.isHopeful ? Math.min(delayMs, BETWEEN_MS_MAX) : delayMs;
    return wait.endedMs + waitMs - clock.monotonicMs();
  };

  return {
    note: (upgrade, reason) => {
      if (!isAwaited(reason)) return void waits.delete(upgrade);
      waits.set(upgrade, {
        attempts: (waits.get(upgrade)?.attempts ?? 0) + 1,
        endedMs: clock.monotonicMs(),
        ...{ asked: new Set(connected()), isHopeful: false },
      });
    },
    forget: (upgrade) => void waits.delete(upgrade),
    met: (device) => {
      for (const wait of waits.values()) {
        wait.asked = new Set([...wait.asked].filter((each) => each !== device));
      }
    },
    woke: () => {
      for (const wait of waits.values()) wait.isHopeful = true;
    },
    due: (holdings, reading, mayFetch, isWayBack) => {
      if (!isResumed) resume(holdings, reading);
      const open = [...waits.keys()].flatMap((id) => {
        const upgrade = reading.find(id);
        const reason = upgrade?.readiness.get(holdings.me)?.reason;
        const isOpen = upgrade !== null && (!isOver(upgrade) || isWayBack(upgrade));
        if (isOpen && reason !== 'declined') return [upgrade];
        waits.delete(id);
        return [];
      });
      const here = new Set(connected());
      return open.reduce<Upgrade | null>((best, upgrade) => {
        const wait = waits.get(upgrade.id);
        if (wait === undefined) return best;
        // Its publisher has at least the manifest.
        const able = [...holdersOf(upgrade, reading.devices, reading.bundleOf), upgrade.author];
        wait.isHopeful ||= able.some((each) => here.has(each) && !wait.asked.has(each));
        if (leftOf(wait) > 0 || !mayFetch(upgrade)) return best;
        return best !== null && best.body.sequence >= upgrade.body.sequence ? best : upgrade;
      }, null);
    },
    nextInMs: () => {
      if (waits.size === 0) return null;
      const leftMs = Math.min(...[...waits.values()].map(leftOf));
      // What is due and cannot be fetched now is looked at again.
      return leftMs > 0 ? leftMs : BETWEEN_MS_MAX;
    },
  };
};
