import type { Words } from './words.js';

const DAY_MS = 24 * 60 * 60_000;

/** One text for each local day. */
export const dayKeyOf = (wallMs: number): string => new Date(wallMs).toDateString();

/** The day as a heading: "Today", "Yesterday", else its date. */
export const dayName = (words: Words, wallMs: number, nowMs: number): string => {
  const key = dayKeyOf(wallMs);
  if (key === dayKeyOf(nowMs)) return words.activity.today;
  if (key === dayKeyOf(nowMs - DAY_MS)) return words.activity.yesterday;
  return words.format.date(wallMs, nowMs);
};
