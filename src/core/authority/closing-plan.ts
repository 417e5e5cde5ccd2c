import type { DeviceId } from '../base/brands.js';
import { compareBy, compareText, sortedBy } from '../base/ordering.js';
import type { Frontier } from '../journal/frontier.js';
import { effectiveMask } from './capability.js';
import { memberOf, type ClosingPoint, type RosterRecord } from './roster.js';

/** So many sessions a record names however little room it has: a device at home has no more. */
export const CLOSING_POINTS_LEAST = 8;

/** The members from which a record takes membership, a capability or the admin's part. */
export const losersOf = (previous: RosterRecord, next: RosterRecord): readonly DeviceId[] =>
  previous.members
    .filter((before) => {
      const after = memberOf(next, before.device);
      if (after === null || (effectiveMask(before) & ~effectiveMask(after)) !== 0) return true;
      return previous.admin === before.device && next.admin !== before.device;
    })
    .map(({ device }) => device);

/**
 * The closing frontier of a record: where every session of a member that loses something stands.
 *
 * `folded` is the frontier of what was folded here, so that no point includes a fact that is
 * unknown or undecided; what lies beyond stays as evidence. A session that is left out would count
 * as empty, so all of them are named; of others' sessions none is.
 * Source: rule A4.
 */
export const planClosing = (
  previous: RosterRecord,
  next: RosterRecord,
  folded: Frontier,
): readonly ClosingPoint[] => {
  const losers = new Set(losersOf(previous, next));
  const points = [...folded].flatMap(([session, { author, seq, id }]) =>
    losers.has(author) ? { session, seq, id } : [],
  );
  return sortedBy(
    points,
    compareBy((point) => point.session as string, compareText),
  );
};

/**
 * Whether everything below a record's closing frontier was folded here, fact for fact.
 *
 * Who votes for a record vouches for it: what a voter does not hold, or has not been able to judge,
 * it cannot say to be all that counts (rule A4).
 */
export const closingMissing = (record: RosterRecord, folded: Frontier): number => {
  let missing = 0;
  for (const { session, seq } of record.closing) {
    missing += Math.max(0, seq - (folded.get(session)?.seq ?? -1));
  }
  return missing;
};
