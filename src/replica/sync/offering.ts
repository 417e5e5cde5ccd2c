import type { DeviceId, SessionId } from '../../core/base/brands.js';
import type { Context } from '../context.js';
import type { IncomingRun } from '../journal/foreign.js';
import { type Link, sendOn } from '../links/link.js';
import { beTakenIn } from './healing.js';
import { factsFor, markSent, noteRuns } from './outgoing.js';
import { groundKey, standingKey } from './standing-words.js';
import { reachedBytes, reachedIn } from './steps.js';

/**
 * Facts for those who lack them, each with whom else it reached: those need not be told again by
 * whoever reads it (rule F12). Who claims too much delays, until the next heartbeat shows it.
 */
export interface Offering {
  /** Sends each of them what it lacks, as far as this device knows. */
  readonly to: (links: readonly Link[]) => void;
  /** News of a peer came: whoever it reached by its word lacks nothing of it. */
  readonly heard: (from: Link, runs: readonly IncomingRun[], reached: Uint8Array) => void;
}

/** Whom the last facts of so many sessions reached is remembered. */
const SESSIONS_MAX = 64;

interface Spread {
  readonly seq: number;
  readonly reached: ReadonlySet<DeviceId>;
}

export const createOffering = (
  context: Context,
  members: () => readonly Link[],
  newsSent: () => void,
): Offering => {
  const spreads = new Map<SessionId, Spread>();

  /** Who holds a session up to there, or is told now. */
  const reachedBy = (session: SessionId, seq: number, now: ReadonlySet<Link>): Uint8Array => {
    const { holdings } = context;
    if (holdings === null) return new Uint8Array(0);
    const spread = spreads.get(session);
    const reached = new Set(spread !== undefined && spread.seq >= seq ? spread.reached : []);
    reached.add(holdings.me);
    for (const link of members()) {
      if (now.has(link) || (link.frontier.get(session) ?? -1) >= seq) reached.add(link.peer);
    }
    return reachedBytes(holdings, reached);
  };

  const to = (links: readonly Link[]): void => {
    const { holdings } = context;
    if (holdings === null) return;
    const now = new Set(links.filter(({ theirs }) => theirs !== null));
    let isNews = false;
    for (const link of now) {
      const messages = factsFor(context, holdings, link, (session, seq) =>
        reachedBy(session, seq, now),
      );
      if (messages.length === 0) continue;
      for (const message of messages) beTakenIn(context, link, sendOn(link, message));
      markSent(holdings, link);
      const isTold = messages.every(({ kind }) => kind === 'news');
      isNews ||= isTold;
      if (isTold && link.toldGround === groundKey(holdings)) {
        link.toldFactSet = standingKey(holdings);
      } else link.isOwed = true;
    }
    if (isNews) newsSent();
  };

  return {
    to,
    heard: (from, runs, bytes) => {
      const { holdings } = context;
      if (holdings === null) return;
      const reached = reachedIn(holdings, bytes);
      if (spreads.size >= SESSIONS_MAX) spreads.clear();
      for (const { session, firstSeq, facts } of runs) {
        spreads.set(session, { seq: firstSeq + facts.length - 1, reached });
      }
      for (const link of members()) {
        if (link !== from && reached.has(link.peer)) noteRuns(holdings, link, runs);
      }
    },
  };
};
