import { brandHex, isHex32 } from '../../core/base/brands.js';
import type { DeviceId } from '../../core/base/brands.js';
import type { Change, Row } from '../../ports/store.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';

/** How far what is stored may lag behind: it is shown as an age, and no rule reads it. */
const LAG_MS = 60_000;

/** When this device last had a link to each other one, by its own wall clock; kept on disk. */
export interface LastSeen {
  readonly of: (device: DeviceId) => number | null;
  readonly note: (device: DeviceId, wallMs: number) => void;
  readonly load: (profile: readonly Row[]) => void;
  /** The row to go with the next commit; none while what is stored is about right. */
  readonly takeChanges: () => readonly Change[];
}

export const createLastSeen = (): LastSeen => {
  const seenMs = new Map<DeviceId, number>();
  const storedMs = new Map<DeviceId, number>();

  return {
    of: (device) => seenMs.get(device) ?? null,
    note: (device, wallMs) => void seenMs.set(device, Math.floor(wallMs)),
    load: (profile) => {
      const row = profile.find((each) => each.key === KEYS.lastSeen);
      const value = row === undefined ? null : readRow(row.value);
      if (typeof value !== 'object' || value === null) return;
      for (const [device, atMs] of Object.entries(value)) {
        if (!isHex32(device) || typeof atMs !== 'number') continue;
        seenMs.set(brandHex<DeviceId>(device), atMs);
        storedMs.set(brandHex<DeviceId>(device), atMs);
      }
    },
    takeChanges: () => {
      const isStale = ([device, atMs]: [DeviceId, number]): boolean =>
        Math.abs(atMs - (storedMs.get(device) ?? -LAG_MS)) >= LAG_MS;
      if (![...seenMs].some(isStale)) return [];
      for (const [device, atMs] of seenMs) storedMs.set(device, atMs);
      return [putRow('profile', KEYS.lastSeen, Object.fromEntries(seenMs))];
    },
  };
};
