/** How asking for values of one class went. */
export interface ClassCounts {
  readonly hits: number;
  readonly misses: number;
  /** Values that were there and could no longer be served; each is a miss as well. */
  readonly refusals: number;
}

/** With fewer questions than these a rate says nothing. */
const ASKED_MIN = 20;
const RATE_LOW = 0.5;

/**
 * The class of a key: what stands before its first colon; for what follows from the state alone,
 * `state:statistics:files` and such, what stands before its second.
 */
export const classOf = (key: string): string => {
  const [first = '', second] = key.split(':', 2);
  return first === 'state' && second !== undefined ? second : first;
};

/** The patterns that cover all keys of a class. */
export const patternsOf = (name: string): readonly string[] => [
  ...(name === 'state' ? [name] : [name, `${name}:*`]),
  ...[`state:${name}`, `state:${name}:*`],
];

/** Hits among all questions, from 0 to 1; null before there were enough of them. */
export const hitRateOf = ({ hits, misses }: ClassCounts): number | null =>
  hits + misses < ASKED_MIN ? null : hits / (hits + misses);

/** A low rate warns: values are invalidated more often than they are asked for (rule K3). */
export const isLow = (counts: ClassCounts): boolean => (hitRateOf(counts) ?? 1) < RATE_LOW;
