import type { Step } from '../../core/links/step.js';
import type { Context } from '../context.js';
import { type Link, forgetTold } from '../links/link.js';
import { isInStep, noteOwnWord } from './steps.js';

/**
 * Whole frontiers are exchanged again at most so often: twice as rarely each time that it is vain.
 */
const HEAL_MS = 2_000;
const HEAL_MS_MAX = 300_000;

/** A slow phone takes facts in at this pace: what it says before shows nothing to be lost. */
const TAKEN_BYTES_PER_MS = 256;

/** A peer was sent so many bytes of facts: it is not told them again before it can hold them. */
export const beTakenIn = (context: Context, link: Link, bytes: number): void => {
  const takenMs = context.ports.clock.monotonicMs() + Math.ceil(bytes / TAKEN_BYTES_PER_MS);
  link.healedMs = Math.max(link.healedMs, takenMs);
};

/**
 * Finding out what got lost between two devices (rule F12).
 *
 * Equal bases, nothing to send, and yet other facts: someone's idea of the other is wrong, because
 * a store refused or a message was lost. Each then believes the other's last word over what it
 * sent, and both tell their whole frontiers again.
 */
export interface Healing {
  /** Takes the last word of a peer; `isAsking`: it would be answered, were it said again. */
  readonly hear: (link: Link, step: Step, isAsking: boolean) => void;
  /** Looks, once that word was answered, whether the two understand each other. */
  readonly look: (link: Link) => void;
}

export const createHealing = (context: Context, announce: () => void): Healing => {
  /** Peers whose last word says what the one before said. */
  const repeating = new WeakSet<Link>();

  const hear = (link: Link, step: Step, isAsking: boolean): void => {
    if (isAsking && link.word === step) repeating.add(link);
    else repeating.delete(link);
    link.word = step;
    noteOwnWord(context, link, step);
  };

  const look = (link: Link): void => {
    const { holdings } = context;
    const { theirs } = link;
    if (holdings === null || theirs === null || theirs.base !== holdings.base().id) return;
    if (isInStep(context, link)) {
      link.healWaitMs = HEAL_MS;
      if (repeating.has(link)) answer(link);
      return;
    }
    const leftMs = link.healedMs + link.healWaitMs - context.ports.clock.monotonicMs();
    // What is still on its way over a slow line is not lost.
    const waitMs = link.sending > 0 ? Math.max(leftMs, HEAL_MS) : leftMs;
    if (waitMs > 0) return lookLater(link, waitMs);
    link.healedMs = context.ports.clock.monotonicMs();
    link.healWaitMs = Math.min(link.healWaitMs * 2, HEAL_MS_MAX);
    forgetTold(link);
    link.shown.clear();
    link.frontier.clear();
    for (const [session, seq] of link.claimed) link.frontier.set(session, seq);
    announce();
  };

  const lookLater = (link: Link, waitMs: number): void => {
    if (link.isHealing) return;
    link.isHealing = true;
    context.ports.clock.after(waitMs, () =>
      context.run(async () => {
        link.isHealing = false;
        if (link.isOpen) look(link);
      }),
    );
  };

  /**
   * A peer that is in step says the same again: it believes an earlier word of this device,
   * because the last one was lost. Two that answer each other's repetitions would never stop.
   */
  const answer = (link: Link): void => {
    const nowMs = context.ports.clock.monotonicMs();
    if (nowMs < link.healedMs + HEAL_MS) return;
    link.healedMs = nowMs;
    forgetTold(link);
    announce();
  };

  return { hear, look };
};
