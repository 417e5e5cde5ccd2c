import type { StatementHash } from '../core/base/brands.js';
import type { Cancel } from '../ports/clock.js';
import type { Change } from '../ports/store.js';
import type { Context } from './context.js';
import { KEYS, putRow } from './rows.js';
import { stageNow } from './standing-of.js';

interface Raised {
  readonly statement: StatementHash;
  readonly untilWallMs: number;
  readonly untilMonotonicMs: number;
}

/**
 * The writer fence of this device (rule S2).
 *
 * Raised once per proposal, on first sight, and for at most the fence time of wall or monotonic time,
 * whichever ends first. That it was raised is durable; the fence itself is not, so a restart ends it.
 */
export interface Fence {
  readonly active: () => { readonly statement: StatementHash; readonly untilMs: number } | null;
  /** The row that notes a proposal as seen, for the commit that publishes one's own. */
  readonly raiseFor: (statement: StatementHash) => Change;
  /** Looks at the open proposals; raises for new ones, drops what is over. */
  readonly settle: () => Promise<void>;
  readonly release: () => void;
  readonly load: (keys: readonly string[]) => void;
  readonly close: () => void;
}

export const createFence = (context: Context, lapsed: () => void): Fence => {
  const seen = new Set<string>();
  let raised: Raised | null = null;
  let timer: Cancel | null = null;

  const drop = (): void => {
    raised = null;
    timer?.();
    timer = null;
    context.changed();
  };

  const raiseFor = (statement: StatementHash): Change => {
    const { clock } = context.ports;
    const { fenceMs } = context.timing;
    seen.add(KEYS.fence(statement));
    raised = {
      statement,
      untilWallMs: clock.wallMs() + fenceMs,
      untilMonotonicMs: clock.monotonicMs() + fenceMs,
    };
    timer?.();
    timer = clock.after(fenceMs, lapsed);
    context.changed();
    return putRow('own', KEYS.fence(statement), { raised: Math.floor(clock.wallMs()) });
  };

  const isOver = (fence: Raised): boolean => {
    const { clock } = context.ports;
    const isLate =
      clock.wallMs() >= fence.untilWallMs || clock.monotonicMs() >= fence.untilMonotonicMs;
    return isLate || !isOpen(context, fence.statement);
  };

  const settle = async (): Promise<void> => {
    if (raised !== null && isOver(raised)) drop();
    for (const [statement, ceremony] of context.holdings?.ceremonies() ?? []) {
      const isSeen = seen.has(KEYS.fence(statement));
      if (ceremony.matter.purpose !== 'snapshot' || isSeen || !isOpen(context, statement)) continue;
      await context.commit([raiseFor(statement)], 'strict');
    }
  };

  return {
    active: () =>
      raised === null || isOver(raised)
        ? null
        : { statement: raised.statement, untilMs: raised.untilWallMs },
    raiseFor,
    settle,
    release: drop,
    load: (keys) => keys.forEach((key) => seen.add(key)),
    close: () => timer?.(),
  };
};

const isOpen = (context: Context, statement: StatementHash): boolean => {
  const { holdings } = context;
  const ceremony = holdings?.ceremonies().get(statement);
  if (holdings == null || ceremony === undefined) return false;
  return stageNow(holdings, ceremony, context.ports.clock.wallMs()) === 'open';
};
