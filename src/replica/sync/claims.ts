import type { FrontierItem } from '../../core/links/messages.js';
import { LIMITS } from '../../core/base/limits.js';
import type { Holdings } from '../journal/holdings.js';
import { type Link, raiseFrontier } from '../links/link.js';

/**
 * So many sessions that are not held here are noted of one peer, twice what a message names. More
 * of them are made up, or come again once the first are here.
 */
const UNKNOWN_MAX = 2 * LIMITS.sessionsPerUpdateMax;

/**
 * Notes how far a peer says that it stands (rules F12, N8).
 *
 * What is not noted of sessions that this device lacks costs a repetition at most: the peer is sent
 * facts of them that it holds.
 */
export const noteClaims = (
  holdings: Holdings,
  link: Link,
  frontier: readonly Pick<FrontierItem, 'session' | 'seq'>[],
): void => {
  const held = holdings.journal().frontier();
  const countMax = held.size + UNKNOWN_MAX;
  for (const { session, seq } of frontier) {
    const isNoted = held.has(session) || link.claimed.has(session);
    if (!isNoted && link.claimed.size >= countMax) continue;
    link.claimed.set(session, seq);
    raiseFrontier(link, session, seq);
  }
};

/** On another base a peer starts from what it says now, whatever it held on the one before. */
export const forgetClaims = (link: Link): void => {
  link.claimed.clear();
  link.frontier.clear();
};
