import type { KnownMessage } from '../../core/links/messages.js';
import { headsDigestOf } from '../../core/links/step.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { type Link, forgetTold, isKernelOnly, sendOn } from '../links/link.js';
import { groundKey, headsFor, knowsGround, standingFor, standingKey } from './standing-words.js';
import { ownStep } from './steps.js';

/**
 * What this device says of where it stands, never more than it takes (rule F12): a digest, else
 * what moved, else everything. Between devices that a hard fork parted no digest passes: heads are
 * what both have always understood (rule U5).
 */
export interface Telling {
  /** The first word on a link: a digest, unless this device knows that the peer is behind. */
  readonly first: (link: Link) => void;
  /** Where this device stands, to whom it is news. */
  readonly standing: (link: Link) => void;
  /** A digest, to find out whether anything is missing; on another base everything. */
  readonly ask: (link: Link) => void;
  /** Everything, to whom it may have known before. */
  readonly whole: (link: Link) => void;
  /** Whether the peer has to be told after a quiet time: all of them, or only who waits for it. */
  readonly isDue: (link: Link, isForAll: boolean) => boolean;
}

export const createTelling = (context: Context): Telling => {
  const say = (link: Link, ...messages: readonly KnownMessage[]): void => {
    const { holdings } = context;
    if (holdings === null) return;
    link.isOwed = false;
    link.toldFactSet = standingKey(holdings);
    for (const message of messages) sendOn(link, message);
  };

  const standing = (link: Link): void => {
    const { holdings } = context;
    if (holdings === null) return;
    const isEqual = link.theirs !== null && link.step === ownStep(holdings);
    if (isEqual && mayBeBrief(holdings, link)) return digest(link);
    say(link, ...standingFor(context, holdings, link));
  };

  const mayBeBrief = (holdings: Holdings, link: Link): boolean =>
    !isKernelOnly(context, link) && knowsGround(context, holdings, link);

  const digest = (link: Link): void => {
    const { holdings } = context;
    if (holdings === null) return;
    const reached = new Uint8Array(0);
    say(link, { kind: 'compare', step: ownStep(holdings), rest: null, reached });
  };

  return {
    first: (link) => {
      const { holdings } = context;
      if (holdings === null) return;
      forgetTold(link);
      const { step: before } = link.meter;
      const isBehind = before !== null && before !== ownStep(holdings);
      if (isBehind || isKernelOnly(context, link)) return standing(link);
      const heads = headsFor(context, holdings, link);
      link.said = { step: ownStep(holdings), rest: headsDigestOf(heads), heads };
      const { step, rest } = link.said;
      sendOn(link, { kind: 'compare', step, rest, reached: new Uint8Array(0) });
    },
    standing,
    ask: (link) => {
      const { holdings } = context;
      if (holdings === null) return;
      const isNear = link.theirs?.base === holdings.base().id;
      if (isNear && mayBeBrief(holdings, link)) return digest(link);
      forgetTold(link);
      standing(link);
    },
    whole: (link) => {
      forgetTold(link);
      standing(link);
    },
    isDue: (link, isForAll) => {
      const { holdings } = context;
      if (holdings === null) return false;
      if (link.isOwed) return true;
      // The first word is answered, or compared again, before anything else is said.
      if (link.said !== null && link.theirs === null) return false;
      if (link.toldGround !== groundKey(holdings)) return true;
      return isForAll && link.toldFactSet !== standingKey(holdings);
    },
  };
};
