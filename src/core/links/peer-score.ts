import { compareNumbers } from '../base/ordering.js';

/**
 * What this device makes of another one's conduct (rule N5). It decides whom to ask first and who
 * passes things on, never what is true.
 */
export interface PeerStanding {
  /** 0 to 100. */
  readonly trust: number;
  /** What was asked for and given, and what was not; both fade with time. */
  readonly given: number;
  readonly failed: number;
  /** Monotonic ms at which the numbers above were right. */
  readonly atMs: number;
}

/** What raises and lowers trust, and by how much. */
export const PEER_ACTS = {
  /** Facts came in, and were what they said. */
  facts: { trust: 1, given: 1, failed: 0 },
  /** Something that was asked for came whole and right. */
  gave: { trust: 2, given: 1, failed: 0 },
  /** Something that it said it holds did not come in time. */
  'kept-waiting': { trust: -5, given: 0, failed: 1 },
  /** What came was not what it had to be. */
  'gave-wrong': { trust: -25, given: 0, failed: 1 },
  /** A message or an update that no honest device sends. */
  offence: { trust: -10, given: 0, failed: 1 },
  /** It sent more than it may, and was cut off. */
  flood: { trust: -40, given: 0, failed: 1 },
} as const;
export type PeerAct = keyof typeof PEER_ACTS;

/** A score in its parts, each 0 to 100, as it is shown. */
export interface PeerScore {
  readonly score: number;
  readonly trust: number;
  readonly success: number;
  readonly load: number;
}

export const TRUST_FIRST = 50;
/** Below it a peer is asked only when nobody above it is there. */
export const SCORE_THRESHOLD = 40;
/** Trust goes back to where newcomers start by a point in so many ms. */
const TRUST_POINT_MS = 30_000;
/** What was given and what failed counts half after so many ms. */
const HALF_LIFE_MS = 10 * 60_000;
/** So many things at once are a full load. */
const LOAD_FULL = 8;

/** Who was never seen before: above the threshold, so that every newcomer has its chance. */
export const newStanding = (nowMs: number): PeerStanding => ({
  ...{ trust: TRUST_FIRST, given: 0, failed: 0 },
  atMs: nowMs,
});

/** The standing as time leaves it: what was good or bad is forgotten slowly. */
export const standingAt = (standing: PeerStanding, nowMs: number): PeerStanding => {
  const passedMs = nowMs - standing.atMs;
  if (passedMs <= 0) return standing;
  const fading = 0.5 ** (passedMs / HALF_LIFE_MS);
  const away = standing.trust - TRUST_FIRST;
  const left = Math.max(0, Math.abs(away) - passedMs / TRUST_POINT_MS);
  return {
    trust: TRUST_FIRST + Math.sign(away) * left,
    given: standing.given * fading,
    failed: standing.failed * fading,
    atMs: nowMs,
  };
};

export const noteAct = (standing: PeerStanding, act: PeerAct, nowMs: number): PeerStanding => {
  const now = standingAt(standing, nowMs);
  const { trust, given, failed } = PEER_ACTS[act];
  return {
    ...now,
    trust: Math.min(100, Math.max(0, now.trust + trust)),
    given: now.given + given,
    failed: now.failed + failed,
  };
};

/**
 * Half of the score is trust, three tenths the rate of success, two tenths how little the peer is
 * busy with for us (`load`: things asked for and not here yet).
 */
export const scoreOf = (standing: PeerStanding, load: number, nowMs: number): PeerScore => {
  const { trust, given, failed } = standingAt(standing, nowMs);
  const success = 100 * ((given + 2) / (given + failed + 2));
  const busy = (100 * Math.min(Math.max(load, 0), LOAD_FULL)) / LOAD_FULL;
  const score = 0.5 * trust + 0.3 * success + 0.2 * (100 - busy);
  return { score, trust, success, load: busy };
};

/** Looked at in steps of so many ms; the success of a thousand failures comes back within. */
const LOOK_MS = 15_000;
const LOOKS_MAX = 1_000;

/**
 * In how many ms at most a score that sank is back above the threshold by time alone, were nothing
 * more to happen; 0 where it did not sink. Nobody stays below it for good.
 */
export const recoversInMs = (standing: PeerStanding, load: number, nowMs: number): number => {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (scoreOf(standing, load, nowMs + look * LOOK_MS).score >= SCORE_THRESHOLD) {
      return look * LOOK_MS;
    }
  }
  return LOOKS_MAX * LOOK_MS;
};

/**
 * In which order to ask: those above the threshold, best first; of all others none unless nobody
 * is above it, for nobody is ever dropped for good.
 */
export const choosePeers = <T>(peers: readonly T[], of: (peer: T) => number): readonly T[] => {
  const ranked = [...peers].sort((a, b) => compareNumbers(of(b), of(a)));
  const good = ranked.filter((peer) => of(peer) >= SCORE_THRESHOLD);
  return good.length > 0 ? good : ranked;
};
