import type { Digest, RosterHash } from '../../core/base/brands.js';
import type { Fold } from '../../core/journal/fold.js';
import { settledState } from '../../core/snapshots/payload.js';
import type { Inspection } from '../commands.js';
import { NOTHING_HELD } from '../views/empty-view.js';
import type { Holdings } from './holdings.js';
import { heldSetOf } from '../sync/standing-words.js';

/** What this replica compares with others (rule S4): the digest that a proposal would name. */
export const inspectHoldings = (holdings: Holdings | null): Inspection => {
  if (holdings === null) return NOTHING_HELD;
  return {
    digest: digestNow(holdings),
    base: holdings.base().id,
    factSet: heldSetOf(holdings),
    facts: holdings.journal().factCount(),
  };
};

interface Digested {
  readonly applied: number;
  readonly roster: RosterHash;
  readonly digest: Digest;
}

const digestByFold = new WeakMap<Fold, Digested>();

/** Worked out again only where a fact was folded, or another record is in force. */
const digestNow = (holdings: Holdings): Digest => {
  const fold = holdings.fold();
  const applied = fold.appliedCount();
  const roster = holdings.chain().tipHash;
  const held = digestByFold.get(fold);
  if (held?.applied === applied && held.roster === roster) return held.digest;
  const digest = holdings.tree().root(settledState(fold.state(), roster));
  digestByFold.set(fold, { applied, roster, digest });
  return digest;
};
