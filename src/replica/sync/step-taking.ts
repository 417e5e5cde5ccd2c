import type { CompareMessage, HeadsMessage } from '../../core/links/messages.js';
import { type Step, headsDigestOf } from '../../core/links/step.js';
import type { Context } from '../context.js';
import type { Healing } from './healing.js';
import type { Link } from '../links/link.js';
import type { Rounds } from './rounds.js';
import { noteHeadsTold, standingKey } from './standing-words.js';
import { holdsTheSame, isInStep, noteOwnWord, ownStep } from './steps.js';
import type { Telling } from './telling.js';

/** A digest that came, in words or, where nobody is named at all, with a heartbeat. */
export interface StepWord extends Pick<CompareMessage, 'step' | 'rest'> {
  readonly reached: Uint8Array | null;
}

/** What follows from a peer's digest of where it stands. */
export interface StepTaking {
  /** The heads that a first word stands for, where they are this device's own; else null. */
  readonly answered: (link: Link, word: StepWord) => HeadsMessage | null;
  readonly take: (link: Link, word: StepWord) => void;
  /** Something may have changed here. */
  readonly noteOwn: () => void;
  /** News say where their sender stands with them. */
  readonly noteNews: (link: Link, step: Step) => void;
}

export interface StepUses {
  readonly healing: Healing;
  readonly rounds: Rounds;
  readonly telling: Telling;
}

/** So long after a change here, a word that does not know of it is merely early, in ms. */
const CALM_MS = 1_000;

export const createStepTaking = (
  context: Context,
  { healing, rounds, telling }: StepUses,
  announce: () => void,
): StepTaking => {
  let last: { readonly step: Step | null; readonly sinceMs: number } = { step: null, sinceMs: 0 };

  const noteOwn = (): void => {
    const { holdings } = context;
    const step = holdings === null ? null : ownStep(holdings);
    if (step !== last.step) last = { step, sinceMs: context.ports.clock.monotonicMs() };
  };

  /** Whether this device has stood where it stands long enough for others to have heard of it. */
  const isCalm = (): boolean => {
    noteOwn();
    return context.ports.clock.monotonicMs() - last.sinceMs >= CALM_MS;
  };

  const take = (link: Link, { step, rest, reached }: StepWord): void => {
    const { holdings } = context;
    if (holdings === null) return;
    if (rest !== null) {
      // Heads that were told already are answered with heads.
      if (link.toldHeads === null) telling.whole(link);
      return;
    }
    const isAsking = reached !== null && reached.length === 0;
    if (reached === null) noteOwnWord(context, link, step);
    else healing.hear(link, step, isAsking);
    if (link.theirs === null) return;
    if (!isInStep(context, link)) {
      if (isCalm()) healing.look(link);
      return;
    }
    holdsTheSame(holdings, link);
    healing.look(link);
    if (reached !== null) rounds.believe(link, reached);
    if (isAsking && link.toldFactSet !== standingKey(holdings)) {
      link.isOwed = true;
      announce();
    }
    rounds.heard();
  };

  return {
    answered: (link, { step, rest }) => {
      const { holdings } = context;
      const { said } = link;
      if (holdings === null || rest === null || said === null || link.theirs !== null) return null;
      if (said.step !== step) return null;
      // Whether it takes updates yet is no difference, and is known from its digest all the same.
      const heads = { ...said.heads, name: '' };
      const likely = [heads.stateVector ?? new Uint8Array(0), null].map((stateVector) => ({
        ...heads,
        stateVector,
      }));
      const theirs = likely.find((each) => headsDigestOf(each) === rest) ?? null;
      if (theirs !== null) noteHeadsTold(holdings, link, said.heads);
      return theirs;
    },
    take,
    noteOwn,
    noteNews: (link, step) => {
      const { holdings } = context;
      healing.hear(link, step, false);
      if (holdings !== null && isInStep(context, link)) holdsTheSame(holdings, link);
    },
  };
};
