import type { Cancel } from '../../ports/clock.js';
import type { Context } from '../context.js';
import type { Link } from '../links/link.js';
import type { Telling } from './telling.js';
import { isInStep, ownStep } from './steps.js';

/**
 * Standings are compared again with a peer that is not in step although nothing changes: first
 * after so long, then twice as rarely each time.
 */
const COMPARE_MS = 2_000;
const COMPARE_MS_MAX = 60_000;
/**
 * Whose own word differs over so many heartbeats is told everything; twice as rarely each time.
 */
const BEATS_APART = 3;
const APART_MS_MAX = 300_000;

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

interface Wait {
  readonly dueMs: number;
  readonly waitMs: number;
}

interface Apart extends Wait {
  /** When the two last agreed. */
  readonly sinceMs: number;
}

interface Turn extends Wait {
  /** Where both stood when the first of these waits began. */
  readonly where: string;
}

export const createComparing = (
  context: Context,
  members: () => readonly Link[],
  { ask, whole }: Pick<Telling, 'ask' | 'whole'>,
): Comparing => {
  const turns = new WeakMap<Link, Turn>();
  /** Peers whose own word differs from where this device stands. */
  const apart = new WeakMap<Link, Apart>();
  let timer: Cancel | null = null;
  let dueMs = Infinity;
  let isClosed = false;

  const nowMs = (): number => context.ports.clock.monotonicMs();

  const begin = (link: Link, waitMs: number, where: string): Turn => {
    const turn = { dueMs: nowMs() + waitMs, waitMs, where };
    turns.set(link, turn);
    return turn;
  };

  /**
   * When a peer whose own word differs is told everything, whatever happens until then: neither
   * what others say of it nor news that never cease put that off.
   */
  const latestMs = (link: Link, own: string): number => {
    if (link.ownWord === own) {
      link.agreedMs = nowMs();
      return Infinity;
    }
    const first = BEATS_APART * context.timing.pingMs;
    const { agreedMs: sinceMs } = link;
    const held = apart.get(link);
    const wait =
      held?.sinceMs === sinceMs ? held : { sinceMs, dueMs: sinceMs + first, waitMs: first };
    const isDue = wait.dueMs <= nowMs();
    if (isDue && link.sending === 0) whole(link);
    const waitMs = isDue ? Math.min(wait.waitMs * 2, APART_MS_MAX) : wait.waitMs;
    const next = isDue ? { sinceMs, dueMs: nowMs() + waitMs, waitMs } : wait;
    apart.set(link, next);
    return next.dueMs;
  };

  /** The turn of a peer that is not in step; what is still being sent to it is waited for. */
  const turnOf = (link: Link, own: string): Turn | null => {
    const held = turns.get(link);
    if (isInStep(context, link)) {
      turns.delete(link);
      return null;
    }
    const where = `${own}|${link.step}`;
    if (held?.where !== where) return begin(link, COMPARE_MS, where);
    if (held.dueMs > nowMs()) return held;
    // A digest first: mostly it was the peer's last word that is missing, and nothing else.
    if (link.sending === 0) (held.waitMs === COMPARE_MS ? ask : whole)(link);
    return begin(link, Math.min(held.waitMs * 2, COMPARE_MS_MAX), where);
  };

  const follow = (): void => {
    if (isClosed || context.holdings === null) return;
    const own = ownStep(context.holdings);
    const dues = members().flatMap((link) => [
      turnOf(link, own)?.dueMs ?? Infinity,
      latestMs(link, own),
    ]);
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
