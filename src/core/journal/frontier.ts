import { compareBy, compareText } from '../base/ordering.js';
import type { FactId, SessionId } from '../base/brands.js';
import type { SessionTip } from '../facts/session.js';

export type { SessionTip } from '../facts/session.js';

/** Per session, the last contiguous fact held or covered. */
export type Frontier = ReadonlyMap<SessionId, SessionTip>;

/** One session's part of a cut, as it stands in statements. */
export interface CutEntry {
  readonly session: SessionId;
  readonly seq: number;
  readonly id: FactId;
}

/** The last seq that the frontier covers of a session; -1 when none. */
export const seqIn = (frontier: Frontier, session: SessionId): number =>
  frontier.get(session)?.seq ?? -1;

/** Tells whether every session of `lower` stands at least as far in `upper`. */
export const dominates = (upper: Frontier, lower: Frontier): boolean => {
  for (const [session, tip] of lower) if (seqIn(upper, session) < tip.seq) return false;
  return true;
};

/**
 * The least frontier that dominates both.
 *
 * Of two different facts at one place (an equivocation under two standing cuts) the one with the
 * lesser id is named, so that every replica names the same.
 */
export const joinFrontiers = (left: Frontier, right: Frontier): Frontier => {
  const joined = new Map(left);
  for (const [session, tip] of right) {
    const held = joined.get(session);
    if (held === undefined || isFurther(tip, held)) joined.set(session, tip);
  }
  return joined;
};

const isFurther = (tip: SessionTip, held: SessionTip): boolean =>
  tip.seq > held.seq || (tip.seq === held.seq && tip.id < held.id);

/** What a cut adds to its predecessors' joined cuts: sorted by session, only what advanced. */
export const advanceOf = (cut: Frontier, before: Frontier): readonly CutEntry[] => {
  const advance: CutEntry[] = [];
  for (const [session, tip] of cut) {
    if (tip.seq > seqIn(before, session)) advance.push({ session, seq: tip.seq, id: tip.id });
  }
  return advance.sort(compareBy(({ session }) => session, compareText));
};

/** The largest lamport along a frontier; 0 when it is empty. */
export const largestLamport = (frontier: Frontier): number => {
  let largest = 0;
  for (const tip of frontier.values()) largest = Math.max(largest, tip.lamport);
  return largest;
};
