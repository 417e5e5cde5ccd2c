import type { Room } from 'y-webrtc';
import type { Redial } from './redial.js';
import type { Announcement } from './signals.js';

/** Connections per room that y-webrtc keeps at once. */
export const CONNECTIONS_MAX = 24;
const TOKENS_REMEMBERED_MAX = 256;

/** Decides which announcements y-webrtc gets to see. */
export interface Screening {
  readonly admits: (announcement: Announcement, room: Room, nowMs: number) => boolean;
  /**
   * How many ms an offer, or a candidate of it, has to wait that would be refused only because its
   * sender was let go just now. Its sender may know nothing of that, and would wait for an answer
   * in vain.
   */
  readonly waitMs: (announcement: Announcement, room: Room, nowMs: number) => number;
}

/**
 * Creates the screening of one room.
 *
 * Refused are: an answer without an offer of ours (it would throw in y-webrtc), an offer that is
 * not newer than the last one of its sender (replayed), announcements and offers of whom we just
 * let go, signals to others, and newcomers beyond CONNECTIONS_MAX.
 */
export const createScreening = (redial: Redial): Screening => {
  const tokenByPeer = new Map<string, number>();

  const isNewOffer = (from: string, token: number | undefined): boolean => {
    if (token === undefined || token <= (tokenByPeer.get(from) ?? 0)) return false;
    tokenByPeer.delete(from);
    tokenByPeer.set(from, token);
    const oldest = tokenByPeer.keys().next().value;
    if (tokenByPeer.size > TOKENS_REMEMBERED_MAX && oldest !== undefined) {
      tokenByPeer.delete(oldest);
    }
    return true;
  };

  return {
    waitMs: (announcement, room, nowMs) => {
      if (announcement.type !== 'signal' || announcement.to !== room.peerId) return 0;
      const { type } = announcement.signal;
      const isAwaited = type === 'candidate' && room.webrtcConns.has(announcement.from);
      return type === 'answer' || isAwaited ? 0 : redial.waitMs(announcement.from, nowMs);
    },
    admits: (announcement, room, nowMs) => {
      const { from } = announcement;
      if (from === room.peerId) return false;
      const isKnown = room.webrtcConns.has(from);
      if (!isKnown && room.webrtcConns.size >= CONNECTIONS_MAX) return false;
      if (announcement.type === 'announce') return redial.mayDial(from, nowMs);
      if (announcement.to !== room.peerId) return false;
      switch (announcement.signal.type) {
        case 'answer':
          return isKnown;
        case 'candidate':
          return isKnown || redial.mayDial(from, nowMs);
        case 'offer':
          return redial.mayDial(from, nowMs) && isNewOffer(from, announcement.token);
      }
    },
  };
};
