import type { Cancel } from '../../ports/clock.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { type Link, isKernelOnly, sendOn } from '../links/link.js';
import { standingKey } from './standing-words.js';
import { isInStep, isSaidToHoldTheSame, ownStep, reachedBytes, reachedIn } from './steps.js';

/**
 * Who sent news hears from each who got it, and then says once to all who stands where it stands.
 *
 * So everybody knows of everybody with three messages a device, where each telling each took as
 * many as there are devices. What a peer says of a third one is believed until that one's next
 * heartbeat.
 */
export interface Rounds {
  /** News went out. */
  readonly begin: () => void;
  /** A peer said where it stands: the round may be complete. */
  readonly heard: () => void;
  /** A peer that stands where this device stands says who else does. */
  readonly believe: (from: Link, reached: Uint8Array) => void;
  readonly close: () => void;
}

/** Who did not say by then where it stands is left out, and asked. */
const ROUND_MS = 1_000;

export const createRounds = (
  context: Context,
  links: () => readonly Link[],
  ask: (link: Link) => void,
): Rounds => {
  const members = (): readonly Link[] => links().filter((link) => !isKernelOnly(context, link));
  let timer: Cancel | null = null;

  const inStepByWord = (holdings: Holdings): readonly Link[] => {
    const own = ownStep(holdings);
    return members().filter(({ word, theirs }) => theirs !== null && word === own);
  };

  const end = (): void => {
    timer?.();
    timer = null;
    const { holdings } = context;
    if (holdings === null) return;
    const inStep = inStepByWord(holdings);
    if (inStep.length < 2) return;
    const step = ownStep(holdings);
    const reached = reachedBytes(holdings, new Set(inStep.map(({ peer }) => peer)));
    for (const link of inStep) {
      link.toldFactSet = standingKey(holdings);
      sendOn(link, { kind: 'compare', step, rest: null, reached });
    }
  };

  /** Who is silent may have lost the news: its sender asks, before all others do. */
  const endLate = (): void => {
    end();
    const base = context.holdings?.base().id;
    for (const link of members()) {
      const isOnBase = link.theirs !== null && link.theirs.base === base;
      if (isOnBase && !isInStep(context, link) && link.sending === 0) ask(link);
    }
  };

  return {
    begin: () => {
      timer?.();
      timer = context.ports.clock.after(ROUND_MS, () => context.run(async () => endLate()));
    },
    heard: () => {
      if (timer === null || context.holdings === null) return;
      if (inStepByWord(context.holdings).length === members().length) end();
    },
    believe: (from, bytes) => {
      const { holdings } = context;
      if (holdings === null) return;
      const reached = reachedIn(holdings, bytes);
      for (const link of members()) {
        if (link === from || link.theirs === null || !reached.has(link.peer)) continue;
        isSaidToHoldTheSame(holdings, link);
        if (reached.has(holdings.me)) link.toldFactSet = standingKey(holdings);
      }
    },
    close: () => timer?.(),
  };
};
