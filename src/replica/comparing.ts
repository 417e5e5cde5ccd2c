import type { Cancel } from '../ports/clock.js';
import type { Context } from './context.js';
import type { Link } from './link.js';
import { isInStep, standingKey } from './standing-words.js';

/**
 * Standings are compared again with a peer that is not in step although nothing changes: first
 * after so long, then twice as rarely each time.
 */
const COMPARE_MS = 2_000;
const COMPARE_MS_MAX = 60_000;

/**
 * Saying again how far one is to whom it does not seem to have reached (rules F12, N5).
 *
 * Whatever one word is lost, one of the two sees the other out of step, or never heard of it at
 * all. It costs seconds, because the first comparisons come soon.
 */
export interface Comparing {
  /** A link opened, a word came, or something changed here: somebody may have to be told. */
  readonly follow: () => void;
  readonly close: () => void;
}

interface Turn {
  readonly dueMs: number;
  readonly waitMs: number;
  /** Where both stood when the first of these waits began. */
  readonly where: string;
}

export const createComparing = (
  context: Context,
  members: () => readonly Link[],
  tellWhole: (link: Link) => void,
): Comparing => {
  const turns = new WeakMap<Link, Turn>();
  let timer: Cancel | null = null;
  let dueMs = Infinity;
  let isClosed = false;

  const nowMs = (): number => context.ports.clock.monotonicMs();

  const begin = (link: Link, waitMs: number, where: string): Turn => {
    const turn = { dueMs: nowMs() + waitMs, waitMs, where };
    turns.set(link, turn);
    return turn;
  };

  /** The turn of a peer that is not in step; what is still being sent to it is waited for. */
  const turnOf = (link: Link, own: string): Turn | null => {
    const held = turns.get(link);
    if (isInStep(context, link)) {
      turns.delete(link);
      return null;
    }
    const { theirs } = link;
    const where = `${own}|${theirs?.base}|${theirs?.rosterTip}|${theirs?.factSet}`;
    if (held?.where !== where) return begin(link, COMPARE_MS, where);
    if (held.dueMs > nowMs()) return held;
    if (link.sending === 0) tellWhole(link);
    return begin(link, Math.min(held.waitMs * 2, COMPARE_MS_MAX), where);
  };

  const follow = (): void => {
    if (isClosed || context.holdings === null) return;
    const own = standingKey(context.holdings);
    const dues = members().flatMap((link) => turnOf(link, own)?.dueMs ?? []);
    const nextMs = Math.min(Infinity, ...dues);
    if (nextMs === dueMs && timer !== null) return;
    timer?.();
    dueMs = nextMs;
    timer =
      nextMs === Infinity ? null : context.ports.clock.after(Math.max(0, nextMs - nowMs()), look);
  };

  const look = (): void => {
    timer = null;
    context.run(async () => follow());
  };

  return {
    follow,
    close: () => {
      isClosed = true;
      timer?.();
    },
  };
};
