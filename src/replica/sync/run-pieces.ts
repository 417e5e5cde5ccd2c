import type { DeviceId, SessionId } from '../../core/base/brands.js';
import { LIMITS } from '../../core/base/limits.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { WantRunsMessage } from '../../core/links/messages.js';
import type { Context } from '../context.js';
import type { IncomingRun } from '../journal/foreign.js';
import { type Link, raiseFrontier, sendOn } from '../links/link.js';

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
   * themselves. A piece is a full message of one run that no signature covers yet. Of each peer
   * those of one session are held, whatever comes of others in between.
   */
  readonly join: (link: Link, runs: readonly IncomingRun[]) => readonly IncomingRun[];
  /** Asks a peer to go on where a link with it ended, before it hears how far this device is. */
  readonly ask: (link: Link) => void;
  /** A peer holds unsigned pieces up to there, and is sent what follows. */
  readonly goOn: (link: Link, want: WantRunsMessage) => void;
}

/** Whether what this link is sent next has to join pieces that its peer holds; once. */
export const isGoingOn = (link: Link): boolean => goingOn.delete(link);

const goingOn = new WeakSet<Link>();

interface Held {
  readonly session: SessionId;
  readonly firstSeq: number;
  readonly facts: readonly Uint8Array[];
  readonly bytes: number;
}

export const createRunPieces = (context: Context): RunPieces => {
  /** By whom they came from: what a liar gave is joined to nobody else's. Longest ago first. */
  const heldByPeer = new Map<DeviceId, Held>();

  const heldSeq = (session: SessionId): number =>
    seqIn(context.holdings?.journal().frontier() ?? new Map(), session);
  const isWanted = ({ session, firstSeq, bytes }: Held): boolean =>
    bytes <= HELD_BYTES_MAX && firstSeq <= heldSeq(session) + 1;

  /** Of several peers' pieces those that came last stay, as many as are let lie here. */
  const keep = (peer: DeviceId, held: Held): void => {
    heldByPeer.delete(peer);
    heldByPeer.set(peer, held);
    let bytes = [...heldByPeer.values()].reduce((sum, each) => sum + each.bytes, 0);
    for (const [other, each] of heldByPeer) {
      if (bytes <= HELD_BYTES_MAX) return;
      heldByPeer.delete(other);
      bytes -= each.bytes;
    }
  };

  return {
    join: (link, runs) => {
      const held = heldByPeer.get(link.peer);
      // Facts of other sessions, as they are written meanwhile, part no pieces.
      const same = runs.find(({ session }) => session === held?.session);
      if (same !== undefined) heldByPeer.delete(link.peer);
      const isNext = held !== undefined && same?.firstSeq === held.firstSeq + held.facts.length;
      const join = (run: IncomingRun): IncomingRun =>
        isNext && run === same
          ? { ...run, firstSeq: held.firstSeq, facts: [...held.facts, ...run.facts] }
          : run;
      const [run, ...others] = runs;
      const size = run?.facts.reduce((sum, { length }) => sum + length, 0) ?? 0;
      const isPiece = others.length === 0 && run?.signatures.size === 0 && size >= PIECE_BYTES;
      if (!isPiece) return runs.map(join);
      const next = { ...join(run), bytes: size + (isNext ? held.bytes : 0) };
      if (isWanted(next)) keep(link.peer, next);
      return [];
    },
    ask: (link) => {
      for (const [peer, { session, firstSeq, facts }] of heldByPeer) {
        const fromSeq = firstSeq + facts.length;
        // Somebody else gave it meanwhile.
        if (heldSeq(session) >= fromSeq - 1) heldByPeer.delete(peer);
        else if (peer === link.peer) {
          const ranges = [{ session, fromSeq, toSeq: LIMITS.integerMax }];
          sendOn(link, { kind: 'wantRuns', ranges });
        }
      }
    },
    goOn: (link, { ranges }) => {
      // Nothing follows in a session that is not held here.
      for (const { session, fromSeq } of ranges) {
        if (heldSeq(session) >= 0) raiseFrontier(link, session, fromSeq - 1);
      }
      goingOn.add(link);
    },
  };
};
