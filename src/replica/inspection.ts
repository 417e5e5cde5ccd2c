import { settledState } from '../core/snapshots/payload.js';
import type { Inspection } from './commands.js';
import { NOTHING_HELD } from './empty-view.js';
import type { Holdings } from './holdings.js';
import { heldSetOf } from './standing-words.js';

/** What this replica compares with others (rule S4): the digest that a proposal would name. */
export const inspectHoldings = (holdings: Holdings | null): Inspection => {
  if (holdings === null) return NOTHING_HELD;
  const state = settledState(holdings.fold().state(), holdings.chain().tipHash);
  return {
    digest: holdings.tree().root(state),
    base: holdings.base().id,
    factSet: heldSetOf(holdings),
    facts: holdings.journal().factCount(),
  };
};
