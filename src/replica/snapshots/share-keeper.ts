import type { HeadId, StatementHash } from '../../core/base/brands.js';
import type { RosterCompletion } from '../../core/authority/roster-completion.js';
import { completionsOf } from '../../core/authority/shown-record.js';
import { statementHashOf } from '../../core/authority/statement.js';
import { transitionStatement } from '../../core/authority/transition.js';
import { predecessorFor } from '../membership/choice.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { KEYS, deleteRow } from '../storage/rows.js';

/** Lets go of members' shares whose decision is long over (rules S5, C4). */
export interface ShareKeeper {
  /** Deletes what nobody can need from here any more; the heads are those that are outdated. */
  readonly prune: (outdated: ReadonlySet<HeadId>) => Promise<void>;
}

export const createShareKeeper = (context: Context): ShareKeeper => {
  const statements = new WeakMap<RosterCompletion, StatementHash>();

  /** Of a merge it goes by all branches (A3), as whoever judges it rebuilds it. */
  const votedOn = (holdings: Holdings, completion: RosterCompletion): StatementHash | null => {
    const held = statements.get(completion);
    if (held !== undefined) return held;
    const predecessor = predecessorFor(holdings, completion.record);
    if (predecessor === null) return null;
    const statement = statementHashOf(transitionStatement(completion, predecessor));
    statements.set(completion, statement);
    return statement;
  };

  /**
   * Statements whose completion is held and built upon, and whose proposal is here no more.
   *
   * A snapshot's once its payload is outdated; a roster change's once another record followed it.
   * Who never got its completion keeps its shares: somebody may still complete it (rule C10).
   */
  const spent = (holdings: Holdings, outdated: ReadonlySet<HeadId>): readonly StatementHash[] => {
    const { lineage, tipHash } = holdings.chain();
    const past = lineage.flatMap((hash) => {
      const transition = hash === tipHash ? undefined : holdings.transitions().get(hash);
      const shown = transition === undefined ? [] : completionsOf(transition);
      return shown.flatMap((each) => votedOn(holdings, each) ?? []);
    });
    const known = [...outdated].filter((head) => holdings.completions().has(head));
    return [...past, ...known].filter((each) => !holdings.ceremonies().has(each));
  };

  return {
    prune: async (outdated) => {
      const { holdings } = context;
      if (holdings === null || holdings.shares().size === 0) return;
      const gone = spent(holdings, outdated).filter((statement) =>
        holdings.shares().has(statement),
      );
      if (gone.length === 0) return;
      const rows = gone.flatMap((statement) =>
        [...(holdings.shares().get(statement)?.keys() ?? [])].map((device) =>
          deleteRow('governance', KEYS.share(statement, device)),
        ),
      );
      if ((await context.commit(rows, 'relaxed')).ok) holdings.dropShares(gone);
    },
  };
};
