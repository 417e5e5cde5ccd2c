/** Number, date and plural formatting of one language, by Intl alone. */
export interface Format {
  readonly number: (value: number) => string;
  /** 3.1 MB, never parted by a line's end. Decimal units, at most one digit after the point. */
  readonly bytes: (value: number) => string;
  /** The bare number of that many bytes in the unit of `whole`: 12, where that is 48 MB. */
  readonly bytesLike: (value: number, whole: number) => string;
  /** Chooses the form by the language's own rules; `#` stands for the number. */
  readonly plural: (count: number, forms: PluralForms) => string;
  readonly list: (items: readonly string[]) => string;
  /** "Anna or Ben". */
  readonly choice: (items: readonly string[]) => string;
  /** 14:02. */
  readonly time: (wallMs: number) => string;
  /** 21 November, with the year when it is not this one. */
  readonly date: (wallMs: number, nowMs: number) => string;
  /** 21 November 2026 at 14:02. */
  readonly dateTime: (wallMs: number) => string;
  /** "14:02" today, "yesterday, 20:20", the date otherwise. */
  readonly moment: (wallMs: number, nowMs: number) => string;
  /** "3 days ago", "now", "in 4 minutes". */
  readonly age: (wallMs: number, nowMs: number) => string;
  /** "9 days", rounded to the largest fitting unit. */
  readonly span: (durationMs: number) => string;
}

export type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & {
  readonly other: string;
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const UNITS = [
  ['year', 365 * 24 * 60 * MINUTE_MS],
  ['month', 30 * 24 * 60 * MINUTE_MS],
  ['week', 7 * 24 * 60 * MINUTE_MS],
  ['day', 24 * 60 * MINUTE_MS],
  ['hour', 60 * MINUTE_MS],
  ['minute', MINUTE_MS],
] as const;
const stepOf = (bytes: number): number =>
  bytes < 1000 ? 0 : bytes < 999_950 ? 1 : bytes < 999_950_000 ? 2 : 3;
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** Days stay days up to three weeks, as people count them. */
const unitOf = (durationMs: number): readonly [Intl.RelativeTimeFormatUnit, number] => {
  const size = Math.abs(durationMs);
  for (const [unit, unitMs] of UNITS) {
    const from = unit === 'week' ? 3 * unitMs : unit === 'month' ? 2 * unitMs : unitMs;
    if (size >= from) return [unit, Math.trunc(durationMs / unitMs)];
  }
  return ['minute', 0];
};

/** Made when it is first asked for: each takes a slow phone some ms, and a screen needs few. */
const once = <T>(make: () => T): (() => T) => {
  let made: T | null = null;
  return () => (made ??= make());
};

/**
 * Makes the formatting of a language.
 *
 * `justNow` is said for anything less than a minute away. Limits: none; errors: an unknown locale
 * falls back to the browser's own, as Intl does.
 */
export const createFormat = (locale: string, justNow: string): Format => {
  const number = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }));
  const plurals = once(() => new Intl.PluralRules(locale));
  const relative = once(() => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  const time = once(
    () => new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  );
  const day = once(() => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' }));
  const dayOfYear = once(() => new Intl.DateTimeFormat(locale, { dateStyle: 'long' }));
  const both = once(
    () =>
      new Intl.DateTimeFormat(locale, {
        ...{ dateStyle: 'long', timeStyle: 'short', hourCycle: 'h23' },
      }),
  );
  const and = once(() => new Intl.ListFormat(locale, { type: 'conjunction' }));
  const or = once(() => new Intl.ListFormat(locale, { type: 'disjunction' }));
  const sizes = BYTE_UNITS.map((unit) =>
    once(
      () =>
        new Intl.NumberFormat(locale, {
          ...{ style: 'unit', unit, maximumFractionDigits: 1 },
          unitDisplay: unit === 'byte' ? 'long' : 'short',
        }),
    ),
  );
  const spans = new Map<string, Intl.NumberFormat>();
  const spanOf = (unit: Intl.RelativeTimeFormatUnit): Intl.NumberFormat => {
    const held = spans.get(unit);
    if (held !== undefined) return held;
    const made = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' });
    spans.set(unit, made);
    return made;
  };
  const isSameYear = (a: number, b: number): boolean =>
    new Date(a).getFullYear() === new Date(b).getFullYear();
  const isSameDay = (a: number, b: number): boolean =>
    new Date(a).toDateString() === new Date(b).toDateString();
  const date = (wallMs: number, nowMs: number): string =>
    (isSameYear(wallMs, nowMs) ? day : dayOfYear)().format(wallMs);

  return {
    number: (value) => number().format(value),
    bytes: (value) => {
      const step = stepOf(value);
      const size = sizes[step]?.().format(value / 1000 ** step) ?? '';
      return size.replaceAll(' ', '\u00a0');
    },
    bytesLike: (value, whole) => number().format(value / 1000 ** stepOf(whole)),
    plural: (count, forms) =>
      (forms[plurals().select(count)] ?? forms.other).replaceAll('#', number().format(count)),
    list: (items) => and().format(items),
    choice: (items) => or().format(items),
    time: (wallMs) => time().format(wallMs),
    date,
    dateTime: (wallMs) => both().format(wallMs),
    moment: (wallMs, nowMs) => {
      if (isSameDay(wallMs, nowMs)) return time().format(wallMs);
      if (!isSameDay(wallMs, nowMs - DAY_MS)) return date(wallMs, nowMs);
      return `${relative().format(-1, 'day')}, ${time().format(wallMs)}`;
    },
    age: (wallMs, nowMs) => {
      const [unit, value] = unitOf(wallMs - nowMs);
      return value === 0 ? justNow : relative().format(value, unit);
    },
    span: (durationMs) => {
      const roughMs = durationMs < DAY_MS ? durationMs : Math.round(durationMs / DAY_MS) * DAY_MS;
      const [unit, value] = unitOf(Math.max(roughMs, MINUTE_MS));
      return spanOf(unit).format(value);
    },
  };
};
