import type { Clock } from '../../ports/clock.js';
import type { Link } from './link.js';
import type { PeerBook } from './peer-book.js';

/** How long peers take to answer the heartbeat. */
export interface Pings {
  /** A heartbeat with that number goes out to all. */
  readonly sent: (n: number) => void;
  readonly answered: (link: Link, n: number, wallMs: number) => void;
}

export const createPings = (clock: Clock, book: PeerBook): Pings => {
  let last = { n: -1, atMs: 0 };
  /** Only the first answer of a peer to the latest heartbeat is a measure. */
  let heard = new Set<Link['peer']>();

  return {
    sent: (n) => {
      last = { n, atMs: clock.monotonicMs() };
      heard = new Set();
    },
    answered: ({ peer }, n, wallMs) => {
      if (n !== last.n || heard.has(peer)) return;
      heard.add(peer);
      const tookMs = clock.monotonicMs() - last.atMs;
      // It answered in the middle of that time, more or less.
      book.noteAnswer(peer, tookMs, wallMs - (clock.wallMs() - tookMs / 2));
    },
  };
};
