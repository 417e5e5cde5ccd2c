import type { Clock } from '../../ports/clock.js';

/** Wall time as facts, rows and messages hold it: whole milliseconds, never before 1970. */
export const wallNowMs = (clock: Clock): number => Math.max(0, Math.floor(clock.wallMs()));
