import { need } from '../../core/authority/capability.js';
import { devicesOf } from '../../core/authority/roster.js';
import type { BaseId, DeviceId, StatementHash } from '../../core/base/brands.js';
import type { SnapshotPolicy } from '../../core/snapshots/policy.js';
import {
  type TriggerCase,
  causeOfComment,
  planTrigger,
  triggerComment,
} from '../../core/snapshots/triggers.js';
import type { Cancel } from '../../ports/clock.js';
import { awaitedHeads } from './awaited-heads.js';
import type { Done } from '../commands.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import type { LinkService } from '../links/link-service.js';
import type { Receipts } from './receipts.js';
import { isUndecided } from '../decisions/standing-of.js';
import { epochsSinceSnapshot } from './pruning-view.js';

/** What a person opens the app for comes first, and a snapshot of a long journal takes seconds. */
const FIRST_MS = 5_000;

/** Proposes snapshots with nobody asking, where the policy says so (rule S8). */
export interface SnapshotTriggers {
  /** True when it proposed one. */
  readonly settle: () => Promise<boolean>;
  readonly close: () => void;
}

export const createSnapshotTriggers = (
  context: Context,
  policy: SnapshotPolicy,
  receipts: Receipts,
  propose: (comment: string) => Done<StatementHash>,
  linkService: () => LinkService,
  settleSoon: () => void,
): SnapshotTriggers => {
  const { clock } = context.ports;
  const beginMs = clock.monotonicMs() + FIRST_MS;
  let timer: Cancel | null = null;
  /** Since when there is a cause on that base. */
  let since: { readonly base: BaseId; readonly atMs: number } | null = null;

  const settle = async (): Promise<boolean> => {
    timer?.();
    timer = null;
    const { holdings } = context;
    if (holdings === null || holdings.chain().isForked) return false;
    const earlyMs = beginMs - clock.monotonicMs();
    if (earlyMs > 0) {
      timer = clock.after(Math.ceil(earlyMs), settleSoon);
      return false;
    }
    const nowMs = clock.wallMs();
    const base = holdings.base().id;
    const sinceMs = since?.base === base ? Math.min(since.atMs, nowMs) : null;
    const known = caseOf(context, holdings, receipts, seenLately(holdings), sinceMs);
    const plan = known === null ? null : planTrigger(known, policy);
    if (plan === null) {
      if (known !== null && !known.isPending) since = null;
      return false;
    }
    since ??= { base, atMs: nowMs };
    if (since.base !== base) since = { base, atMs: nowMs };
    if (plan.kind === 'propose') {
      const done = await propose(triggerComment(plan.cause));
      if (done.ok) return true;
    }
    const leftMs = plan.kind === 'later' ? plan.atMs - nowMs : policy.turnMs;
    timer = clock.after(Math.min(leftMs, policy.seenMs), settleSoon);
    return false;
  };

  /** Members that may propose and were here within the day, this device included. */
  const seenLately = (holdings: Holdings): readonly DeviceId[] => {
    const { tip } = holdings.chain();
    const nowMs = clock.wallMs();
    return devicesOf(tip).flatMap(({ device }) => {
      const seenMs = context.lastSeen.of(device) ?? -Infinity;
      const isHere = device === holdings.me || linkService().linkTo(device) !== null;
      const isSeen = isHere || nowMs - seenMs <= policy.seenMs;
      return isSeen && need('snapshot_propose')(tip, device) ? [device] : [];
    });
  };

  return { settle, close: () => timer?.() };
};

/** Null while it is not known when the last snapshot came. */
const caseOf = (
  context: Context,
  holdings: Holdings,
  receipts: Receipts,
  proposers: readonly DeviceId[],
  sinceMs: number | null,
): TriggerCase | null => {
  const { id: base, heads } = holdings.base();
  const nowMs = context.ports.clock.wallMs();
  const cameMs = heads.flatMap((head) => receipts.byHead.get(head)?.atMs ?? []);
  if (cameMs.length < heads.length) return null;
  const snapshots = [...holdings.ceremonies().values()].filter(
    ({ matter }) => matter.purpose === 'snapshot',
  );
  const automatic = snapshots.filter(({ comment }) => causeOfComment(comment) !== null);
  const isWaiting = awaitedHeads(holdings).length > 0;
  return {
    me: holdings.me,
    ...{ nowMs, base, proposers, sinceMs },
    journalBytes: holdings.journal().byteCount(),
    facts: holdings.journal().factCount(),
    epochsSince: epochsSinceSnapshot(holdings),
    lastSnapshotMs: cameMs.length === 0 ? null : Math.max(...cameMs),
    lastAutomaticMs:
      automatic.length === 0 ? null : Math.max(...automatic.map(({ proposedMs }) => proposedMs)),
    // What too many refused may lapse in a hundred years: it ends no pruning (rule C3).
    isPending: isWaiting || snapshots.some((each) => isUndecided(holdings, each, nowMs)),
  };
};
