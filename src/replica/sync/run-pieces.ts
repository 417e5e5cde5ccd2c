import type { SessionId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { Context } from '../context.js';
import type { IncomingRun } from '../journal/foreign.js';
import type { Link } from '../links/link.js';

/**
 * Facts of one message weigh at most about this much: a slow line is silent for as long as one
 * message takes, and who is silent for ten seconds is away.
 */
export const PIECE_BYTES = 256 * 1024;
/** What comes unsigned is no more than a payload may be. */
const HELD_BYTES_MAX = LIMITS.payloadBytesMax;

/** Runs that no message holds, put together again from the pieces that come over a link (F4). */
export interface RunPieces {
  /**
   * The runs of a message, each with the pieces that came before it; none where they are a piece
   * themselves. A piece is a full message of one run that no signature covers yet.
   */
  readonly join: (link: Link, runs: readonly IncomingRun[]) => readonly IncomingRun[];
}

interface Held {
  readonly session: SessionId;
  readonly firstSeq: number;
  readonly facts: readonly Uint8Array[];
  readonly bytes: number;
}

export const createRunPieces = (context: Context): RunPieces => {
  const heldByLink = new WeakMap<Link, Held>();

  const isWanted = ({ session, firstSeq, bytes }: Held): boolean => {
    const frontier = context.holdings?.journal().frontier() ?? new Map();
    return bytes <= HELD_BYTES_MAX && firstSeq <= seqIn(frontier, session) + 1;
  };

  return {
    join: (link, [run, ...others]) => {
      if (run === undefined) return [];
      const held = heldByLink.get(link);
      heldByLink.delete(link);
      const size = run.facts.reduce((sum, { length }) => sum + length, 0);
      const isNext =
        held?.session === run.session && held.firstSeq + held.facts.length === run.firstSeq;
      const whole = isNext
        ? { ...run, firstSeq: held.firstSeq, facts: [...held.facts, ...run.facts] }
        : run;
      const isPiece = others.length === 0 && run.signatures.size === 0 && size >= PIECE_BYTES;
      if (!isPiece) return [whole, ...others];
      const next = { ...whole, bytes: size + (isNext ? held.bytes : 0) };
      if (isWanted(next)) heldByLink.set(link, next);
      return [];
    },
  };
};
