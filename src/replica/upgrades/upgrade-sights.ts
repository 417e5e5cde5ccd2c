import type { DeviceId, FactId, Hash } from '../../core/base/brands.js';
import { rollOutOf } from '../../core/upgrades/roll-out.js';
import { type Upgrade, isOver } from '../../core/upgrades/upgrade.js';
import type { Row } from '../../ports/store.js';
import type { Context } from '../context.js';
import { KEYS, deleteRow, numberIn, putRow, readRow } from '../storage/rows.js';
import type { UpgradeReading } from './upgrade-reading.js';

/**
 * When this device first saw what the graces of upgrades run from (rules U4 and U9).
 *
 * The times that facts claim are anybody's: a phone whose year is set wrong would stop an upgrade
 * until then on all devices, and a stolen one would skip the grace. A sight is durable before it
 * counts, so a restart begins nothing anew; who comes back after months waits the grace once. What
 * is so no more is forgotten, and a clock that was set back begins anew.
 */
export interface UpgradeSights {
  /** That enough have it checked. */
  readonly agreedSinceMs: (upgrade: FactId) => number | null;
  /** That a device runs that content well. */
  readonly runsSinceMs: (device: DeviceId, content: Hash) => number | null;
  /** Writes down what is seen for the first time. */
  readonly settle: (reading: UpgradeReading) => Promise<void>;
  readonly load: (own: readonly Row[]) => void;
}

export const NOTHING_SEEN: Pick<UpgradeSights, 'agreedSinceMs' | 'runsSinceMs'> = {
  agreedSinceMs: () => null,
  runsSinceMs: () => null,
};

const PREFIX = KEYS.grace('');

/** Clocks are corrected by as much now and then; that restarts no grace. */
const JUMP_MS = 2_000;

const nameOf = (device: DeviceId, content: Hash): string => `${device}/${content}`;

export const createUpgradeSights = ({ commit }: Pick<Context, 'commit'>): UpgradeSights => {
  const firstMs = new Map<string, number>();
  return {
    agreedSinceMs: (upgrade) => firstMs.get(upgrade) ?? null,
    runsSinceMs: (device, content) => firstMs.get(nameOf(device, content)) ?? null,
    settle: async (reading) => {
      const { nowMs } = reading;
      const seen = new Set(reading.state.upgrades.flatMap((each) => seenOf(reading, each)));
      const isFresh = (name: string): boolean => (firstMs.get(name) ?? Infinity) > nowMs + JUMP_MS;
      const fresh = [...seen].filter(isFresh);
      const gone = [...firstMs.keys()].filter((name) => !seen.has(name));
      if (fresh.length + gone.length === 0) return;
      const rows = [
        ...fresh.map((name) => putRow('own', KEYS.grace(name), { at: nowMs })),
        ...gone.map((name) => deleteRow('own', KEYS.grace(name))),
      ];
      if (!(await commit(rows, 'strict')).ok) return;
      for (const name of gone) firstMs.delete(name);
      for (const name of fresh) firstMs.set(name, nowMs);
    },
    load: (own) => {
      for (const { key, value } of own) {
        const at = key.startsWith(PREFIX) ? numberIn(readRow(value), 'at') : null;
        if (at !== null) firstMs.set(key.slice(PREFIX.length), at);
      }
    },
  };
};

/** What of an upgrade a grace runs from now. */
const seenOf = ({ devices, bundleOf }: UpgradeReading, upgrade: Upgrade): readonly string[] => {
  const { id, body, graceEndsMs } = upgrade;
  const { waves, grace, content } = body;
  const hasWaves = waves.length > 0 && grace > 0 && upgrade.fence === null && !isOver(upgrade);
  const running = devices.filter((device) => bundleOf(device)?.content === content);
  return [
    ...(graceEndsMs === null ? [] : [id]),
    ...(hasWaves ? running.map((device) => nameOf(device, content)) : []),
  ];
};

/** When time alone changes something about upgrades, wall ms; some of it may be past. */
export const momentsIn = (reading: UpgradeReading): readonly number[] =>
  reading.state.upgrades.flatMap((upgrade) => {
    if (isOver(upgrade)) return [];
    const { body, lockedInMs, graceEndsMs } = upgrade;
    const { nextMs } = rollOutOf(upgrade, reading) ?? { nextMs: null };
    const endsMs = lockedInMs === null ? body.expires + 1 : graceEndsMs;
    return [endsMs, nextMs].flatMap((each) => each ?? []);
  });
