import { type Result, err, ok } from '../base/result.js';

/** Minutes of a day of 24 hours. */
export const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
/** No hours last longer, whatever a change of the clock adds to them. */
const LOOK_AHEAD_MINUTES = 3 * DAY_MINUTES;

/** The hours of the week in which a person wants to be called by nothing that can wait. */
export interface QuietHours {
  /** Minute of the day on which they begin, 0 to 1439. */
  readonly fromMinute: number;
  /** Minute on which they are over; where it is not after `fromMinute`, one of the next day. */
  readonly untilMinute: number;
  /** Days of the week on which they begin, each once, ascending; 0 is Sunday. Never empty. */
  readonly days: readonly number[];
}

/** What a clock on the wall shows. */
export interface LocalMoment {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** 0 to 1439. */
  readonly minute: number;
}

/** What the clock on this device's wall shows at a wall time in ms, daylight saving included. */
export type LocalClock = (wallMs: number) => LocalMoment;

/** no-days: they would begin on no day; no-span: they would begin and end at the same minute. */
export type QuietError = {
  readonly kind: 'no-days' | 'no-span' | 'malformed';
};

/**
 * Reads hours as they were set or kept. A day named twice counts once.
 *
 * Errors: malformed for what has another shape, no-span, no-days. Source: rule P5.
 */
export const parseQuietHours = (value: unknown): Result<QuietHours, QuietError> => {
  const { fromMinute, untilMinute, days } = (value ?? {}) as Record<string, unknown>;
  if (!isBelow(fromMinute, DAY_MINUTES) || !isBelow(untilMinute, DAY_MINUTES)) {
    return err({ kind: 'malformed' });
  }
  if (!Array.isArray(days) || !days.every((day) => isBelow(day, 7))) {
    return err({ kind: 'malformed' });
  }
  if (fromMinute === untilMinute) return err({ kind: 'no-span' });
  if (days.length === 0) return err({ kind: 'no-days' });
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  return ok({ fromMinute, untilMinute, days: sorted });
};

const isBelow = (value: unknown, end: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;

/** Whether the hours cover a moment. Those that pass midnight belong to the day they began on. */
export const isQuietAt = (hours: QuietHours, { weekday, minute }: LocalMoment): boolean => {
  const { fromMinute, untilMinute, days } = hours;
  const beginsOn = (day: number): boolean => days.includes(day);
  if (fromMinute < untilMinute) {
    return beginsOn(weekday) && minute >= fromMinute && minute < untilMinute;
  }
  const yesterday = (weekday + 6) % 7;
  return (
    (beginsOn(weekday) && minute >= fromMinute) || (beginsOn(yesterday) && minute < untilMinute)
  );
};

/**
 * When the hours that cover a wall time are over, wall ms; null where none cover it.
 *
 * Looked for minute by minute on the wall, so that nights of a changed clock end when people say.
 */
export const quietUntilMs = (
  hours: QuietHours,
  wallMs: number,
  local: LocalClock,
): number | null => {
  if (!isQuietAt(hours, local(wallMs))) return null;
  const startMs = Math.floor(wallMs / MINUTE_MS) * MINUTE_MS;
  for (let minutes = 1; minutes <= LOOK_AHEAD_MINUTES; minutes += 1) {
    const atMs = startMs + minutes * MINUTE_MS;
    if (!isQuietAt(hours, local(atMs))) return atMs;
  }
  return startMs + LOOK_AHEAD_MINUTES * MINUTE_MS;
};

/** Something that a person would be called for. Times are wall ms. */
export interface Call {
  readonly sinceMs: number;
  /** After this it is too late to do anything about it; null: it can wait. */
  readonly lateMs: number | null;
}

/** What calls a person now, and what waits. Each call is in one of the first two. */
export interface CallPlan<C extends Call> {
  readonly now: readonly C[];
  /** Kept quiet until `untilMs`. */
  readonly held: readonly C[];
  /** When the quiet hours are over; null outside them. */
  readonly untilMs: number | null;
  /** Of `now`: what came in the quiet hours that ended last, told together. */
  readonly gathered: readonly C[];
}

/** So long after its quiet hours something is told as having come in them. */
export const GATHERED_MS = 12 * 60 * MINUTE_MS;

/**
 * Decides what calls a person at a moment. In quiet hours only what would be too late at their end
 * does; when they are over all that waited does, at once.
 *
 * Limits: no number; order is kept. Errors: none. Source: rule P5.
 */
export const planCalls = <C extends Call>(
  calls: readonly C[],
  hours: QuietHours | null,
  nowMs: number,
  local: LocalClock,
): CallPlan<C> => {
  const untilMs = hours === null ? null : quietUntilMs(hours, nowMs, local);
  if (hours === null) return { now: calls, held: [], untilMs, gathered: [] };
  if (untilMs === null) {
    const isGathered = ({ sinceMs }: C): boolean => {
      if (nowMs - sinceMs > LOOK_AHEAD_MINUTES * MINUTE_MS + GATHERED_MS) return false;
      const endMs = quietUntilMs(hours, sinceMs, local);
      return endMs !== null && endMs <= nowMs && nowMs - endMs < GATHERED_MS;
    };
    return { now: calls, held: [], untilMs, gathered: calls.filter(isGathered) };
  }
  const canWait = ({ lateMs }: C): boolean => lateMs === null || lateMs >= untilMs;
  const held = calls.filter(canWait);
  return { now: calls.filter((each) => !canWait(each)), held, untilMs, gathered: [] };
};
