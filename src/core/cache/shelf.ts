/** A value on a shelf, with what it weighs. */
export interface Shelved<T> {
  readonly value: T;
  readonly bytes: number;
}

/** Values by key within so many bytes: what was not asked for longest goes first. */
export interface Shelf<T> {
  /** Counts as asking for it. */
  readonly get: (key: string) => T | undefined;
  /** Gives the keys that had to go for it; itself, where it alone is too large. */
  readonly put: (key: string, value: T, bytes: number) => readonly string[];
  readonly drop: (key: string) => void;
  readonly entries: () => Iterable<readonly [string, Shelved<T>]>;
  readonly bytes: () => number;
}

export const createShelf = <T>(bytesMax: number): Shelf<T> => {
  /** In the order in which they were asked for, longest ago first. */
  const held = new Map<string, Shelved<T>>();
  let sum = 0;

  const drop = (key: string): void => {
    sum -= held.get(key)?.bytes ?? 0;
    held.delete(key);
  };

  return {
    get: (key) => {
      const found = held.get(key);
      if (found === undefined) return undefined;
      held.delete(key);
      held.set(key, found);
      return found.value;
    },
    put: (key, value, bytes) => {
      drop(key);
      held.set(key, { value, bytes });
      sum += bytes;
      const gone: string[] = [];
      for (const oldest of held.keys()) {
        if (sum <= bytesMax) break;
        drop(oldest);
        gone.push(oldest);
      }
      return gone;
    },
    drop,
    entries: () => held,
    bytes: () => sum,
  };
};
