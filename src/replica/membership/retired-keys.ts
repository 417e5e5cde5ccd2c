import type { DeviceId } from '../../core/base/brands.js';
import { type RosterMember, memberOf } from '../../core/authority/roster.js';
import type { RosterChain } from '../../core/authority/chain.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { KEYS, putRow, readRow } from '../storage/rows.js';
import { wallNowMs } from '../loop/wall-time.js';

/** The devices that were removed lately, by this device's own clock (rules N2, N3). */
export interface RetiredKeys {
  /** Those that are still to learn why: at most RETIRED_MAX, the latest. */
  readonly served: (holdings: Holdings) => Promise<readonly RosterMember[]>;
}

/** So long a removed device finds somebody who tells it: 180 days. */
export const RETIRED_SERVED_MS = 180 * 24 * 3_600_000;
/** Rooms are not free: of more removed devices than these the latest are served. */
export const RETIRED_MAX = 16;

/**
 * Remembers since when this device knows of each removal, over restarts.
 *
 * No record states a time, so each device counts from its own first sight; a clock set back makes
 * it longer, one set ahead shorter, and nothing else depends on it.
 */
export const createRetiredKeys = (context: Context): RetiredKeys => {
  const sinceMs = new Map<DeviceId, number>();

  /** The row that says since when, made now where there is none. */
  const knownSince = async (device: DeviceId): Promise<number> => {
    const held = sinceMs.get(device);
    if (held !== undefined) return held;
    const read = await context.ports.store.get('profile', KEYS.retired(device));
    const value = read.ok && read.value !== null ? readRow(read.value) : null;
    const nowMs = wallNowMs(context.ports.clock);
    if (typeof value === 'number') sinceMs.set(device, value);
    else if (read.ok) {
      const row = putRow('profile', KEYS.retired(device), nowMs);
      const done = await context.commit([row], 'relaxed');
      if (done.ok) sinceMs.set(device, nowMs);
    }
    return sinceMs.get(device) ?? nowMs;
  };

  return {
    served: async (holdings) => {
      const nowMs = context.ports.clock.wallMs();
      const latest = retiredMembers(holdings.chain()).slice(0, RETIRED_MAX);
      const served: RosterMember[] = [];
      for (const member of latest) {
        if (nowMs - (await knownSince(member.device)) < RETIRED_SERVED_MS) served.push(member);
      }
      return served;
    },
  };
};

/** Who was a member and is no more, as last named, the latest removal first; paper left out. */
export const retiredMembers = (chain: RosterChain): readonly RosterMember[] => {
  const seen = new Set<DeviceId>();
  const retired: RosterMember[] = [];
  for (const hash of [...chain.lineage].reverse()) {
    for (const member of chain.recordAt(hash)?.members ?? []) {
      const isNew = !seen.has(member.device) && memberOf(chain.tip, member.device) === null;
      seen.add(member.device);
      if (isNew && member.storage !== 'paper') retired.push(member);
    }
  }
  return retired;
};
