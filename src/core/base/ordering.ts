/** Negative when left sorts first, positive when right does, 0 when they are the same. */
export type Compare<T> = (left: T, right: T) => number;

/**
 * Orders text by UTF-16 code units, as `<` does: the same in every locale and on every device.
 *
 * For identifiers (lowercase hex) this is the order of their bytes.
 */
export const compareText: Compare<string> = (left, right) =>
  left < right ? -1 : left > right ? 1 : 0;

export const compareNumbers: Compare<number> = (left, right) =>
  left < right ? -1 : left > right ? 1 : 0;

/** Orders what a map holds by its keys. */
export const compareEntries: Compare<readonly [string, unknown]> = ([left], [right]) =>
  compareText(left, right);

/** Orders by the first of the given orders that tells the two apart. */
export const compareInTurn =
  <T>(...compares: readonly Compare<T>[]): Compare<T> =>
  (left, right) => {
    for (const compare of compares) {
      const order = compare(left, right);
      if (order !== 0) return order;
    }
    return 0;
  };

/** Orders things by something that is read from them. */
export const compareBy =
  <T, K>(keyOf: (item: T) => K, compare: Compare<K>): Compare<T> =>
  (left, right) =>
    compare(keyOf(left), keyOf(right));

/** A sorted copy. */
export const sortedBy = <T>(items: Iterable<T>, compare: Compare<T>): T[] =>
  [...items].sort(compare);

/** A sorted copy in which of equal things only the first stays. */
export const sortedUnique = <T>(items: Iterable<T>, compare: Compare<T>): T[] =>
  sortedBy(items, compare).filter(
    (item, index, sorted) => index === 0 || compare(sorted[index - 1] as T, item) !== 0,
  );

/** Whether each thing sorts strictly before the next: sorted, and nothing twice. */
export const isStrictlySorted = <T>(items: readonly T[], compare: Compare<T>): boolean =>
  items.every((item, index) => index === 0 || compare(items[index - 1] as T, item) < 0);
