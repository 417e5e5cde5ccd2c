import type { DeviceId, StatementHash } from '../../core/base/brands.js';
import type { Ceremony } from '../../core/ceremonies/ceremony.js';
import type { SnapshotMatter } from '../../core/ceremonies/matter.js';
import { lackedProtocols } from '../../core/links/code-said.js';
import type { Cancel } from '../../ports/clock.js';
import type { Change } from '../../ports/store.js';
import type { Context } from '../context.js';
import { KEYS, putRow } from '../storage/rows.js';
import { groundOf } from '../decisions/answers.js';
import { isFormatNewer } from '../journal/heads.js';
import type { Holdings } from '../journal/holdings.js';
import { isSetAside } from '../journal/set-aside.js';
import { isUndecided } from '../decisions/standing-of.js';
import { wallNowMs } from '../loop/wall-time.js';

interface Raised {
  readonly statement: StatementHash;
  readonly untilWallMs: number;
  readonly untilMonotonicMs: number;
}

/**
 * The writer fence of this device (rule S2).
 *
 * Raised once per proposal, on first sight, and for at most the fence time of wall or monotonic
 * time, whichever ends first, each for its own proposal; what too many refused has none. That it
 * was raised is durable before an edit is written; the fence itself is not, so a restart ends it.
 * So often and no more for what one member asks on the same ground: a cut parts old from new
 * without it, and nobody waits in vain.
 */
export interface Fence {
  readonly active: () => { readonly statement: StatementHash; readonly untilMs: number } | null;
  /**
   * Whether edits wait: a fence stands, the store has not yet taken that one was raised, or a hard
   * fork (rule U4) or a newer format of records (rule S13) left this device's code behind.
   */
  readonly isHolding: () => boolean;
  /** The row that notes a proposal as seen, for the commit that publishes one's own. */
  readonly raiseFor: (statement: StatementHash) => Change;
  /** The proposal that it was raised for was never stored. */
  readonly takeBack: (statement: StatementHash) => void;
  /** Looks at the open proposals; raises for new ones, drops what is over. */
  readonly settle: () => Promise<void>;
  readonly release: () => void;
  readonly load: (keys: readonly string[]) => void;
  readonly close: () => void;
}

/** So many of one proposer on one ground: it may have called off what it began. */
const FENCES_MAX = 3;

/** A store that refused to note a fence is asked again after so long. */
const RETRY_MS = 2_000;

export const createFence = (context: Context, lapsed: () => void): Fence => {
  const seen = new Set<string>();
  const standing = new Map<StatementHash, Raised>();
  const timers = new Map<StatementHash, Cancel>();
  /** Rows of fences that were raised on a store that refused them. */
  const unsaved = new Map<StatementHash, Change>();
  let retry: Cancel | null = null;

  const drop = (statement: StatementHash): void => {
    standing.delete(statement);
    timers.get(statement)?.();
    timers.delete(statement);
    context.changed();
  };

  const raiseFor = (statement: StatementHash): Change => {
    const { clock } = context.ports;
    const { fenceMs } = context.timing;
    seen.add(KEYS.fence(statement));
    standing.set(statement, {
      statement,
      untilWallMs: clock.wallMs() + fenceMs,
      untilMonotonicMs: clock.monotonicMs() + fenceMs,
    });
    timers.get(statement)?.();
    timers.set(statement, clock.after(fenceMs, lapsed));
    context.changed();
    return putRow('own', KEYS.fence(statement), { raised: wallNowMs(clock) });
  };

  const isOver = (fence: Raised): boolean => {
    const { clock } = context.ports;
    const isLate =
      clock.wallMs() >= fence.untilWallMs || clock.monotonicMs() >= fence.untilMonotonicMs;
    return isLate || !isOpen(context, fence.statement);
  };

  const settle = async (): Promise<void> => {
    for (const fence of [...standing.values()]) if (isOver(fence)) drop(fence.statement);
    const { holdings } = context;
    const asked = [...(holdings?.ceremonies().values() ?? [])].filter(isAboutSnapshot);
    const isSeen = ({ statement }: Ceremony): boolean => seen.has(KEYS.fence(statement));
    const raised = asked.filter(isSeen);
    for (const each of asked) {
      const { statement } = each;
      if (isSeen(each) || !isOpen(context, statement) || !hasTurn(holdings, each, raised)) continue;
      unsaved.set(statement, raiseFor(statement));
      raised.push(each);
    }
    if (unsaved.size === 0) return;
    const done = await context.commit([...unsaved.values()], 'strict');
    if (done.ok) unsaved.clear();
    else retry ??= context.ports.clock.after(RETRY_MS, tryAgain);
  };

  const tryAgain = (): void => {
    retry = null;
    lapsed();
  };

  /** Of several fences the one that ends last. */
  const active: Fence['active'] = () => {
    const left = [...standing.values()].filter((fence) => !isOver(fence));
    left.sort((a, b) => b.untilMonotonicMs - a.untilMonotonicMs);
    const last = left[0];
    return last === undefined ? null : { statement: last.statement, untilMs: last.untilWallMs };
  };

  const release = (): void => [...standing.keys()].forEach(drop);

  return {
    active,
    isHolding: () =>
      active() !== null ||
      lackedProtocols(context.code.required, context.code.protocols).length > 0 ||
      (context.holdings !== null && isFormatNewer(context.holdings)) ||
      [...unsaved.keys()].some((statement) => isOpen(context, statement)),
    raiseFor,
    takeBack: (statement) => {
      seen.delete(KEYS.fence(statement));
      drop(statement);
    },
    settle,
    release,
    load: (keys) => keys.forEach((key) => seen.add(key)),
    close: () => {
      release();
      retry?.();
    },
  };
};

type SnapshotCeremony = Ceremony & { readonly matter: SnapshotMatter };

const isAboutSnapshot = (ceremony: Ceremony): ceremony is SnapshotCeremony =>
  ceremony.matter.purpose === 'snapshot';

/** Whether somebody who asks for it told no two stories, and raised few on the same ground. */
const hasTurn = (
  holdings: Holdings | null,
  { matter, heldBy }: SnapshotCeremony,
  raised: readonly SnapshotCeremony[],
): boolean => {
  const ground = groundOf(matter.subject);
  const before = raised.filter((each) => groundOf(each.matter.subject) === ground);
  // Who took back what it asked has asked for it all the same.
  const isOf = (device: DeviceId) => (each: Ceremony) =>
    each.proposer === device || each.heldBy.has(device);
  return [...heldBy].some(
    (device) =>
      before.filter(isOf(device)).length < FENCES_MAX &&
      holdings !== null &&
      !isSetAside(holdings, device),
  );
};

const isOpen = (context: Context, statement: StatementHash): boolean => {
  const { holdings } = context;
  const ceremony = holdings?.ceremonies().get(statement);
  if (holdings == null || ceremony === undefined) return false;
  return isUndecided(holdings, ceremony, context.ports.clock.wallMs());
};
