import { isMatch } from '../../core/base/key-pattern.js';
import type { Floors, Invalidation } from '../../core/cache/validity.js';
import type { Context } from '../context.js';

/**
 * Writes a line for each invalidation that is heard of: what it covers, whose it is, and how many
 * values it cost here. What was known when the device was opened is old news.
 */
export const createInvalidationLog = (
  context: Context,
): ((floors: Floors, gone: readonly string[]) => void) => {
  let known: { readonly account: string; readonly seen: Set<string> } | null = null;
  const nameOf = ({ session, pattern, seq }: Invalidation): string =>
    `${session} ${seq} ${pattern}`;

  return ({ invalidations }, gone) => {
    const { holdings } = context;
    if (holdings === null) return;
    if (known?.account !== holdings.account) {
      known = { account: holdings.account, seen: new Set(invalidations.map(nameOf)) };
      return;
    }
    const { seen } = known;
    for (const each of invalidations) {
      if (seen.has(nameOf(each))) continue;
      seen.add(nameOf(each));
      context.activity.add(
        'cache-cleared',
        'plain',
        holdings.journal().tip(each.session)?.author ?? null,
        { keys: each.pattern, gone: gone.filter((key) => isMatch(each.pattern, key)).length },
      );
    }
  };
};
