import { need } from '../authority/capability.js';
import type { RosterChain } from '../authority/chain.js';
import type { StatementHash } from '../base/brands.js';
import type { Act } from '../journal/state.js';
import { type Ceremony, type VerifiedShares, foldCeremonies } from './ceremony.js';

/**
 * The decisions in the making, but for versions to bind that nobody asked for who may.
 *
 * Whoever agreed to such a record puts it forward again where its ballot was overtaken or its
 * proposer is gone, and has to where votes must be repeated (rule A3): so a ballot of it counts by
 * whoever opened it, as long as one that holds `upgrade_activate` opened one. The same for any
 * order of hearing of them. Source: rules U4, F8 and A8.
 */
export const ceremoniesIn = (
  { account, recordAt }: Pick<RosterChain, 'account' | 'recordAt'>,
  acts: readonly Act[],
  shares: VerifiedShares,
): ReadonlyMap<StatementHash, Ceremony> => {
  const all = foldCeremonies(account, acts, shares);
  const binding = [...all.values()].flatMap(({ statement, matter }) =>
    matter.purpose === 'roster' && matter.record.activation !== null
      ? [{ statement, ...matter }]
      : [],
  );
  const asked = binding.filter(({ previous, ballotProposer }) => {
    const before = recordAt(previous);
    return before !== null && need('upgrade_activate')(before, ballotProposer);
  });
  const unasked = binding.filter(({ recordHash }) =>
    asked.every((each) => each.recordHash !== recordHash),
  );
  if (unasked.length === 0) return all;
  const left = new Map(all);
  for (const { statement } of unasked) left.delete(statement);
  return left;
};
