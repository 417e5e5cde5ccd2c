import type { BaseId, DeviceId } from '../base/brands.js';
import { compareText } from '../base/ordering.js';
import { sha256Hex } from '../base/hash.js';
import { encodeCanonical } from '../base/canonical.js';
import type { SnapshotPolicy } from './policy.js';

/** Why a snapshot is proposed with nobody asking for it. */
export type TriggerCause = 'bytes' | 'facts' | 'epochs' | 'schedule';

/** What an automatic proposal says in place of a comment: words for people are made of it. */
const PREFIX = 'upkeep:auto:';
const CAUSES: readonly TriggerCause[] = ['bytes', 'facts', 'epochs', 'schedule'];

export const triggerComment = (cause: TriggerCause): string => PREFIX + cause;

/** The cause that a comment names; null for what a person wrote. */
export const causeOfComment = (comment: string): TriggerCause | null =>
  CAUSES.find((cause) => comment === triggerComment(cause)) ?? null;

/** What one device knows of its account at one moment. */
export interface TriggerCase {
  readonly me: DeviceId;
  readonly nowMs: number;
  readonly base: BaseId;
  readonly journalBytes: number;
  readonly facts: number;
  readonly epochsSince: number;
  /** When the last snapshot came here; null without one. */
  readonly lastSnapshotMs: number | null;
  /** When an automatic one was last proposed, by whoever, since the base; null: never. */
  readonly lastAutomaticMs: number | null;
  readonly isPending: boolean;
  /** Members that may propose and were seen lately, this device among them. */
  readonly proposers: readonly DeviceId[];
  /** Since when the cause holds here; null: it was not looked at before. */
  readonly sinceMs: number | null;
}

/** propose: now, for that cause; later: at the earliest then, if the cause still holds. */
export type TriggerPlan =
  | { readonly kind: 'propose'; readonly cause: TriggerCause }
  | { readonly kind: 'later'; readonly cause: TriggerCause; readonly atMs: number };

/**
 * Whether this device proposes a snapshot by itself (rule S8).
 *
 * Never with one pending, and never sooner after the last than the least distance. Whose turn it is
 * follows from the base and the members that may propose, alike for all who see each other; the
 * next in turn goes ahead when the one before it did not. Null: there is no cause.
 */
export const planTrigger = (known: TriggerCase, policy: SnapshotPolicy): TriggerPlan | null => {
  const cause = causeOf(known, policy);
  if (cause === null || known.isPending) return null;
  const turn = turnOrder(known.base, known.proposers).indexOf(known.me);
  if (turn < 0) return null;
  const { nowMs, sinceMs, lastSnapshotMs, lastAutomaticMs } = known;
  // A clock a little ahead counts as now; one far ahead does not stop others for good.
  const isClaimable = (ms: number | null): ms is number =>
    ms !== null && ms <= nowMs + policy.leastDistanceMs;
  const lasts = [lastSnapshotMs, lastAutomaticMs].filter(isClaimable);
  const lastMs = Math.max(-Infinity, ...lasts.map((ms) => Math.min(ms, nowMs)));
  const dueMs = Math.max(lastMs + policy.leastDistanceMs, sinceMs ?? nowMs);
  const atMs = dueMs + turn * policy.turnMs;
  return atMs <= nowMs ? { kind: 'propose', cause } : { kind: 'later', cause, atMs };
};

const causeOf = (known: TriggerCase, policy: SnapshotPolicy): TriggerCause | null => {
  const isOver = (value: number, limit: number | null): boolean => limit !== null && value >= limit;
  if (known.facts === 0) return null;
  if (isOver(known.journalBytes, policy.journalBytes)) return 'bytes';
  if (isOver(known.facts, policy.facts)) return 'facts';
  if (isOver(known.epochsSince, policy.epochs)) return 'epochs';
  const ageMs = known.lastSnapshotMs === null ? 0 : known.nowMs - known.lastSnapshotMs;
  return isOver(ageMs, policy.scheduleMs) ? 'schedule' : null;
};

/** Who proposes first, second and so on upon a base: by hash, so that it is not always the same. */
export const turnOrder = (base: BaseId, devices: readonly DeviceId[]): readonly DeviceId[] =>
  [...new Set(devices)]
    .map((device) => ({ device, at: sha256Hex(encodeCanonical([base, device])) }))
    .sort((a, b) => compareText(a.at, b.at))
    .map(({ device }) => device);
