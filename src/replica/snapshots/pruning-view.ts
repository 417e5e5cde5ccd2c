import { devicesOf } from '../../core/authority/roster.js';
import type { DeviceId, HeadId } from '../../core/base/brands.js';
import { reportOf } from '../../core/journal/device-marks.js';
import type { SnapshotPolicy } from '../../core/snapshots/policy.js';
import { awaitedFrom, awaitedHeads } from './awaited-heads.js';
import type { Holdings } from '../journal/holdings.js';
import type { HeldBack, PruningGate } from './pruning-gate.js';

export type { DeviceReport } from '../../core/journal/device-marks.js';

/** A member says that it still needs older entries; the time is as it said. */
export interface LeaseView {
  readonly device: DeviceId;
  readonly purpose: string;
  readonly untilMs: number;
}

/** A snapshot that was agreed on, and what this device waits for before it lets the past go. */
export interface PruningWaitView {
  readonly head: HeadId;
  readonly index: number;
  /** What would go here. */
  readonly facts: number;
  readonly leases: readonly LeaseView[];
  /** Durable devices that hold the snapshot and that have to; null when that is no reason. */
  readonly durable: { readonly have: number; readonly need: number } | null;
}

/** What stands in the way of letting the past go, and how long it was not let go. */
export interface PruningView {
  readonly waits: readonly PruningWaitView[];
  /** Those that count now, whether something waits for them or not. */
  readonly leases: readonly LeaseView[];
  /**
   * Members that may bring a snapshot which was agreed to and is not here; nobody where none is
   * waited for. No other is proposed meanwhile, until none of them belongs to the account.
   */
  readonly awaitedFrom: readonly DeviceId[];
  /** Devices whose browsers promised to keep their data, by their own word. */
  readonly durable: readonly DeviceId[];
  /** Identity epochs since the last snapshot, or since the account began. */
  readonly epochsSince: number;
  /** So many that people are warned (rule S8). */
  readonly isOverdue: boolean;
}

/** What one device let go when it took a snapshot over, by its own word (rule S11). */
export interface ReceiptView {
  readonly device: DeviceId;
  readonly facts: number;
  readonly bytes: number;
}

/** Identity epochs since the newest snapshot of the base, or since the beginning. */
export const epochsSinceSnapshot = (holdings: Holdings): number => {
  const completions = holdings.base().heads.map((head) => holdings.completions().get(head));
  const last = Math.max(0, ...completions.map((each) => each?.completion.epoch ?? 0));
  return Math.max(0, holdings.chain().tip.epoch - last);
};

export const viewPruning = (
  holdings: Holdings,
  gate: PruningGate,
  policy: SnapshotPolicy,
): PruningView => {
  const epochsSince = epochsSinceSnapshot(holdings);
  const leaseViews = (leases: HeldBack['leases']): readonly LeaseView[] =>
    leases.map(({ device, purpose, untilMs, takenMs }) => ({
      ...{ device, purpose, untilMs: Math.min(untilMs, takenMs + policy.leaseMs) },
    }));
  return {
    waits: gate.heldBack().map(({ head, facts, leases, durable }) => ({
      ...{ head, facts, durable, leases: leaseViews(leases) },
      index: holdings.completions().get(head)?.completion.index ?? 0,
    })),
    leases: leaseViews(gate.liveLeases()),
    awaitedFrom: awaitedFrom(holdings, awaitedHeads(holdings)),
    durable: [...gate.durable()],
    epochsSince,
    isOverdue: epochsSince >= policy.warnEpochs,
  };
};

/** The receipts of devices for one snapshot: each tells of the last one that it took over. */
export const receiptsOf = (holdings: Holdings, head: HeadId): readonly ReceiptView[] => {
  const { marks } = holdings.fold().state();
  return devicesOf(holdings.chain().tip).flatMap(({ device }) => {
    const receipt = reportOf(marks, device)?.receipt ?? null;
    return receipt?.head === head ? { device, facts: receipt.facts, bytes: receipt.bytes } : [];
  });
};
