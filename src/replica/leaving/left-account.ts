import type { LeftAccount } from '../../core/authority/leaving.js';
import type { HeadId } from '../../core/base/brands.js';
import { compareBy, compareInTurn, compareNumbers, compareText } from '../../core/base/ordering.js';
import type { Holdings } from '../journal/holdings.js';

/** The account that is left, as far as is held here. */
export const leftBy = (holdings: Holdings): LeftAccount => ({
  account: holdings.account,
  chain: holdings.chain(),
  standing: holdings.standing(),
});

/** The last snapshot of the base: of several that it is joined from the one with most before it. */
export const headOfBase = (holdings: Holdings): HeadId | null => {
  const indexOf = (head: HeadId): number => holdings.completions().get(head)?.completion.index ?? 0;
  const last = [...holdings.base().heads].sort(
    compareInTurn<HeadId>(
      compareBy((head) => -indexOf(head), compareNumbers),
      compareBy((head) => head as string, compareText),
    ),
  );
  return last[0] ?? null;
};
