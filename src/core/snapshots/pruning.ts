import type { DeviceId } from '../base/brands.js';
import type { DeviceReport, Lease } from '../journal/device-marks.js';
import type { SnapshotPolicy } from './policy.js';

/**
 * Until when a lease counts, wall ms: as long as it says, but no longer than the bound from when it
 * was taken, with grace for clocks that differ.
 *
 * One that says to have been taken further ahead than the bound comes from a clock that is wrong,
 * and does not count until then: so nobody stops pruning for longer than the bound twice over.
 */
export const leaseEndMs = (
  lease: Pick<Lease, 'takenMs' | 'untilMs'>,
  policy: Pick<SnapshotPolicy, 'leaseMs' | 'leaseGraceMs'>,
): number => Math.min(lease.untilMs, lease.takenMs + policy.leaseMs) + policy.leaseGraceMs;

/** The leases of members that stop pruning now, the one that ends last first (rule S5). */
export const liveLeases = (
  leases: readonly Lease[],
  isMember: (device: DeviceId) => boolean,
  policy: SnapshotPolicy,
  nowMs: number,
): readonly Lease[] =>
  leases
    .filter(({ device, takenMs }) => isMember(device) && takenMs <= nowMs + policy.leaseMs)
    .filter((lease) => nowMs < leaseEndMs(lease, policy))
    .sort((a, b) => leaseEndMs(b, policy) - leaseEndMs(a, policy));

/** Whether a device's browser promised to keep what it holds (rule S11). */
export const isDurable = (report: Pick<DeviceReport, 'persisted'> | null): boolean =>
  report?.persisted === true;

/** What pruning after one snapshot depends on, besides that its payload is verified. */
export interface PruningCase {
  readonly me: DeviceId;
  readonly leases: readonly Lease[];
  /** Members that are durable, by their own last word. */
  readonly durable: ReadonlySet<DeviceId>;
  /** Who is known to hold the payload. */
  readonly holders: ReadonlySet<DeviceId>;
  /** Covered facts that are held here: none, and there is nothing to wait for. */
  readonly coveredFacts: number;
  /** Whether the state at the cut follows from the facts held here. */
  readonly isComputable: boolean;
}

/** Why a device does not prune yet. */
export interface PruningWait {
  /** The leases that it waits for; none when it does not. */
  readonly leases: readonly Lease[];
  /** Durable devices that hold the payload and that have to; null when there are enough. */
  readonly durable: { readonly have: number; readonly need: number } | null;
}

/**
 * Whether a device prunes by a snapshot now; null: it does (rules S5, S11).
 *
 * A durable device never waits for others to hold the payload: it is one of those who keep it, and
 * were each of them to wait for another, none would. A device that lacks facts below the cut needs
 * the payload to see what they said, so it waits for leases alone.
 */
export const whyNotPrune = (
  { me, leases, durable, holders, coveredFacts, isComputable }: PruningCase,
  policy: Pick<SnapshotPolicy, 'durableHolders'>,
): PruningWait | null => {
  if (coveredFacts === 0) return null;
  const need = Math.min(policy.durableHolders, durable.size);
  const have = [...durable].filter((device) => holders.has(device)).length;
  const isKept = have >= need || durable.has(me) || !isComputable;
  if (leases.length === 0 && isKept) return null;
  return { leases, durable: isKept ? null : { have, need } };
};
