import type { CheckPolicy, CriticalCheck } from './checks.js';

/**
 * What the app works without, though less well: no bundle is blamed for it. Source: rule H1.
 *
 * loader: it controls the page; clock: it goes like those of the others; persistence: the browser
 * promised to keep what is stored; rendezvous: it can be reached; peers: another device was seen.
 */
export const DEGRADING_CHECKS = ['loader', 'clock', 'persistence', 'rendezvous', 'peers'] as const;

export type DegradingCheck = (typeof DEGRADING_CHECKS)[number];
/** The name of a check of the app itself; an embedding may add others. */
export type CheckName = CriticalCheck | DegradingCheck;

/** Once a person asks, everything that is stored is read again. */
export const WHOLE_POLICY: CheckPolicy = { timeoutMs: 120_000, intervalMs: 0, retries: 0 };

/** A clock that differs from most others by more is told of, ms. */
export const CLOCK_SKEW_MAX_MS = 5 * 60_000;
/** Whoever saw no other device for so long is told, ms. */
export const ALONE_MAX_MS = 7 * 24 * 3_600_000;

/** How far this clock is off those of most others, ms, by how far each of them is ahead of it. */
export const clockSkewOf = (aheadMs: readonly number[]): number => {
  const sorted = [...aheadMs].sort((a, b) => Math.abs(a) - Math.abs(b));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
};
