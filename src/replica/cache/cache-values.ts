import { type CanonicalValue, encodeCanonical } from '../../core/base/canonical.js';
import { isMatch } from '../../core/base/key-pattern.js';
import {
  type ClassCounts,
  classOf,
  hitRateOf,
  isLow,
  patternsOf,
} from '../../core/cache/hit-rate.js';
import { createShelf } from '../../core/cache/shelf.js';
import {
  type Floors,
  type Stamp,
  isSameStamp,
  isServable,
  readFloors,
  stampOf,
} from '../../core/cache/validity.js';
import type { Fold } from '../../core/journal/fold.js';
import type { CacheClassView, CacheCommands, CacheHow } from './cache-commands.js';
import { valueFrom, valueRow } from './cache-rows.js';
import type { Context } from '../context.js';
import type { Holdings } from '../journal/holdings.js';
import { deleteRow } from '../storage/rows.js';

/** So many bytes of values are held at most, those across restarts included. */
export const CACHE_BYTES_MAX = 16 * 1024 * 1024;
/** A value that invalidations overtake so often is given and not held. */
const TRIES_MAX = 3;
const STATE = 'state:';

interface Held {
  readonly stamp: Stamp;
  /** Which facts it follows from, for keys of the state; else empty. */
  readonly version: string;
  readonly value: CanonicalValue;
  readonly isKept: boolean;
}

interface Running {
  readonly stamp: Stamp;
  readonly version: string;
  readonly value: Promise<CanonicalValue>;
}

/** The values of one device, and what it knows of them. */
export interface CacheValues extends Pick<CacheCommands, 'isValid' | 'get' | 'fetchFresh' | 'set'> {
  readonly floors: () => Floors;
  /** A value that may be served, with what was known of it; nobody counts that it was asked for. */
  readonly peek: (key: string) => Promise<Pick<Held, 'stamp' | 'value'> | null>;
  /** Holds a value across restarts as what was known where it was made allows. */
  readonly hold: (key: string, stamp: Stamp, value: CanonicalValue) => Promise<void>;
  /** Works a value out whatever is held of it, once for all who ask at one time. */
  readonly workOut: (
    key: string,
    compute: () => Promise<CanonicalValue>,
    how: CacheHow,
  ) => Promise<CanonicalValue>;
  /** Lets go of what is bad; gives its keys. */
  readonly letGo: (isBad: (key: string, held: Held) => boolean) => Promise<readonly string[]>;
  readonly countOf: (isCounted: (value: CanonicalValue) => boolean) => number;
  /** Lets go of every value that may not be served any more, for good; gives their keys. */
  readonly sweep: () => Promise<readonly string[]>;
  readonly drop: (classes: readonly string[]) => Promise<number>;
  readonly classes: () => readonly CacheClassView[];
  readonly count: () => number;
  readonly bytes: () => number;
}

const NO_COUNTS: ClassCounts = { hits: 0, misses: 0, refusals: 0 };
const NOTHING: Floors = readFloors(new Map());

export const createCacheValues = (context: Context): CacheValues => {
  const shelf = createShelf<Held>(CACHE_BYTES_MAX);
  const running = new Map<string, Running>();
  const countsByClass = new Map<string, ClassCounts>();
  let read: { readonly version: string; readonly floors: Floors } | null = null;
  let loading: Promise<void> | null = null;
  let account: string | null = null;
  let seen: Fold | null = null;
  let foldNumber = 0;

  /** Every fold of all facts anew has a number of its own, and a fold only grows with its facts. */
  const versionOf = ({ fold, journal }: Holdings): string => {
    if (seen !== fold()) {
      seen = fold();
      foldNumber += 1;
    }
    return `${foldNumber}:${journal().factCount()}`;
  };

  const floors = (): Floors => {
    const { holdings } = context;
    if (holdings === null) return NOTHING;
    const version = versionOf(holdings);
    if (read?.version !== version) {
      read = { version, floors: readFloors(holdings.fold().state().marks) };
    }
    return read.floors;
  };

  const epoch = (): number => context.holdings?.chain().tip.epoch ?? 0;

  const versionFor = (key: string): string =>
    key.startsWith(STATE) && context.holdings !== null ? versionOf(context.holdings) : '';

  const now = (key: string): Pick<Held, 'stamp' | 'version'> => ({
    stamp: stampOf(floors(), key, epoch()),
    version: versionFor(key),
  });

  const isGood = (key: string, held: Pick<Held, 'stamp' | 'version'>): boolean =>
    isServable(floors(), key, held.stamp) && held.version === versionFor(key);

  const count = (key: string, what: keyof ClassCounts): void => {
    const name = classOf(key);
    const held = countsByClass.get(name) ?? NO_COUNTS;
    countsByClass.set(name, { ...held, [what]: held[what] + 1 });
  };

  /** Nothing depends on these rows: what cannot be written is worked out again. */
  const commit = async (changes: Parameters<typeof context.commit>[0]): Promise<void> => {
    if (changes.length > 0) await context.ports.store.commit(changes, 'relaxed');
  };

  const load = async (id: string): Promise<void> => {
    const rows = await context.ports.store.read('cache');
    if (!rows.ok) return;
    const gone: string[] = [];
    for (const row of rows.value) {
      const stored = valueFrom(id, row);
      const held = { version: '', isKept: true };
      if (stored === null || !isServable(floors(), row.key, stored.stamp)) gone.push(row.key);
      else gone.push(...shelf.put(row.key, { ...held, ...stored }, stored.bytes));
    }
    await commit(gone.map((key) => deleteRow('cache', key)));
  };

  /** Reads what lies in the store, once for each account that this device belongs to. */
  const loaded = (): Promise<void> => {
    const id = context.holdings?.account ?? null;
    if (id === null) return Promise.resolve();
    if (account !== id || loading === null) {
      if (account !== null) for (const [key] of [...shelf.entries()]) shelf.drop(key);
      account = id;
      loading = load(id);
    }
    return loading;
  };

  const put = async (key: string, held: Held): Promise<void> => {
    if (!isGood(key, held)) return;
    const bytes = encodeCanonical(held.value).length + key.length;
    const had = shelf.get(key)?.isKept ?? false;
    const gone = shelf.put(key, held, bytes);
    const isKept = held.isKept && account !== null && !gone.includes(key);
    const rows = isKept ? [valueRow(account ?? '', key, held.stamp, held.value)] : [];
    const others = gone.filter((each) => each !== key).map((each) => deleteRow('cache', each));
    await commit([...rows, ...others, ...(had && !isKept ? [deleteRow('cache', key)] : [])]);
  };

  const letGo = async (isBad: (key: string, held: Held) => boolean): Promise<readonly string[]> => {
    const bad = [...shelf.entries()].filter(([key, { value }]) => isBad(key, value));
    for (const [key] of bad) shelf.drop(key);
    const kept = bad.filter(([, { value }]) => value.isKept);
    await commit(kept.map(([key]) => deleteRow('cache', key)));
    return bad.map(([key]) => key);
  };

  const isKeptOf = (key: string, how: CacheHow): boolean =>
    how.isKept === true && !key.startsWith(STATE);

  const find = async (key: string): Promise<CanonicalValue | undefined> => {
    await loaded();
    const held = shelf.get(key);
    if (held !== undefined && isGood(key, held)) {
      count(key, 'hits');
      return held.value;
    }
    count(key, 'misses');
    if (held === undefined) return undefined;
    count(key, 'refusals');
    shelf.drop(key);
    if (held.isKept) await commit([deleteRow('cache', key)]);
    return undefined;
  };

  const computed = async (
    key: string,
    begun: Pick<Held, 'stamp' | 'version'>,
    compute: () => CanonicalValue | Promise<CanonicalValue>,
    how: CacheHow,
  ): Promise<CanonicalValue> => {
    let known = begun;
    for (let tries = 1; ; tries += 1) {
      const value = await compute();
      const present = now(key);
      const isSame = present.version === known.version && isSameStamp(present.stamp, known.stamp);
      if (isSame) await put(key, { ...known, value, isKept: isKeptOf(key, how) });
      if (isSame || tries === TRIES_MAX) return value;
      known = present;
    }
  };

  const start = (
    key: string,
    compute: () => CanonicalValue | Promise<CanonicalValue>,
    how: CacheHow,
  ): Promise<CanonicalValue> => {
    const known = now(key);
    const other = running.get(key);
    const isShared =
      other !== undefined &&
      other.version === known.version &&
      isSameStamp(other.stamp, known.stamp);
    if (isShared) return other.value;
    const mine: Running = { ...known, value: computed(key, known, compute, how) };
    running.set(key, mine);
    const end = (): void => {
      if (running.get(key) === mine) running.delete(key);
    };
    mine.value.then(end, end);
    return mine.value;
  };

  return {
    floors,
    isValid: (key, at) => at >= floors().floorOf(key),
    get: async <T extends CanonicalValue>(key: string) => (await find(key)) as T | undefined,
    fetchFresh: async <T extends CanonicalValue>(
      key: string,
      compute: () => T | Promise<T>,
      how: CacheHow = {},
    ) => ((await find(key)) ?? (await start(key, compute, how))) as T,
    peek: async (key) => {
      await loaded();
      const held = shelf.get(key);
      return held !== undefined && isGood(key, held) ? held : null;
    },
    hold: async (key, stamp, value) => {
      await loaded();
      await put(key, { stamp, version: versionFor(key), value, isKept: true });
    },
    workOut: start,
    letGo,
    countOf: (isCounted) =>
      [...shelf.entries()].filter(([, { value }]) => isCounted(value.value)).length,
    set: async (key, value, how = {}) => {
      await loaded();
      await put(key, { ...now(key), value, isKept: isKeptOf(key, how) });
    },
    sweep: () => letGo((key, held) => !isGood(key, held)),
    drop: async (classes) => {
      await loaded();
      const patterns = classes.flatMap(patternsOf);
      return (await letGo((key) => patterns.some((each) => isMatch(each, key)))).length;
    },
    classes: () => {
      const names = [...shelf.entries()].map(([key]) => classOf(key));
      return [...new Set([...names, ...countsByClass.keys()])].sort().map((name) => {
        const counts = countsByClass.get(name) ?? NO_COUNTS;
        const held = [...shelf.entries()].filter(([key]) => classOf(key) === name);
        const bytes = held.reduce((sum, [, each]) => sum + each.bytes, 0);
        const rate = { hitRate: hitRateOf(counts), isLow: isLow(counts) };
        return { name, ...counts, ...rate, values: held.length, bytes };
      });
    },
    count: () => [...shelf.entries()].length,
    bytes: shelf.bytes,
  };
};
