/** Milliseconds before a peer that failed or closed is dialled again; doubles each time. */
const REDIAL_MS_MIN = 1_000;
const REDIAL_MS_MAX = 8_000;

/** A channel that lived so long was a good one, and the waiting starts afresh. */
const GOOD_LIFE_MS = 20_000;
const REMEMBERED_MAX = 256;

/** Remembers whom to leave alone for a while, so that refusing a peer does not spin. */
export interface Redial {
  /** Notes the end of a connection or attempt; answers how many ms to wait. */
  readonly closed: (peerId: string, lifeMs: number, nowMs: number) => number;
  readonly mayDial: (peerId: string, nowMs: number) => boolean;
  /** How many ms it is still to be left alone; 0 where it may be dialled. */
  readonly waitMs: (peerId: string, nowMs: number) => number;
  /** Forgets everyone: the network changed. */
  readonly reset: () => void;
}

/** Creates the memory of one room; it holds the REMEMBERED_MAX latest peers. */
export const createRedial = (): Redial => {
  const waits = new Map<string, { readonly delayMs: number; readonly untilMs: number }>();
  return {
    closed: (peerId, lifeMs, nowMs) => {
      const before = lifeMs >= GOOD_LIFE_MS ? undefined : waits.get(peerId);
      const doubled = before === undefined ? REDIAL_MS_MIN : before.delayMs * 2;
      const delayMs = Math.min(REDIAL_MS_MAX, doubled);
      waits.delete(peerId);
      waits.set(peerId, { delayMs, untilMs: nowMs + delayMs });
      const oldest = waits.keys().next().value;
      if (waits.size > REMEMBERED_MAX && oldest !== undefined) waits.delete(oldest);
      return delayMs;
    },
    waitMs: (peerId, nowMs) => Math.max(0, (waits.get(peerId)?.untilMs ?? 0) - nowMs),
    mayDial: (peerId, nowMs) => nowMs >= (waits.get(peerId)?.untilMs ?? 0),
    reset: () => waits.clear(),
  };
};
