import type { Hash } from '../../core/base/brands.js';
import { err, ok } from '../../core/base/result.js';
import {
  FIRST_LOADER,
  LOADER_PIN,
  LOADER_PINS,
  loaderNamed,
  loaderPath,
} from '../../core/upgrades/loader-pin.js';
import type { Bundles, LoaderNote } from '../../ports/bundles.js';
import type { PageValues } from './page-code.js';
import type { LoaderScript } from './loader-script.js';
import { STAGING_QUERY } from './loader-words.js';

/** A registered worker, as far as a page sees it. */
export interface SeenWorker {
  readonly scriptURL: string;
}

/** What the browser holds for this app; null: no worker is registered. */
export interface SeenRegistration {
  readonly active: SeenWorker | null;
  readonly waiting: SeenWorker | null;
  readonly installing: SeenWorker | null;
}

/** What keeping the loader takes. */
export interface LoaderParts {
  /** The folder of the page, with its slash. */
  readonly home: string;
  readonly registration: () => Promise<SeenRegistration | null | undefined>;
  readonly register: (path: string) => Promise<unknown>;
  /** What the host gives at an address; null: no script. */
  readonly fetchScript: (url: string) => Promise<LoaderScript | null>;
  /** Loaders that this device put in place itself, with their versions. */
  readonly placed: Pick<PageValues<Hash, number>, 'keys' | 'get' | 'put'>;
  /** Something about it is known now that was not. */
  readonly tell: () => void;
}

/** Which loader is in place, which comes, and which should not be there (rules U6 and U13). */
export interface LoaderKeeping {
  readonly note: () => LoaderNote;
  /** The script to register: what is there, or comes, stays; else what comes with this build. */
  readonly path: () => Promise<string>;
  /** Looks at what is registered, and at what the host gives under that name. */
  readonly check: () => Promise<void>;
  /** Another worker waits, or has taken this page over; under the very name of before it is one. */
  readonly changed: (worker: SeenWorker | undefined, how: 'waits' | 'took-over') => Promise<void>;
  readonly place: Bundles['placeLoader'];
  /** Puts the one that comes with this build in the place of an older one that it knows. */
  readonly placeOwn: () => Promise<void>;
}

/**
 * Keeps the loader: its script lies under its own hash, so a host never has to replace it, and what
 * lies there is either that or a stranger.
 *
 * Errors: none; what cannot be asked is asked another time.
 */
export const createLoaderKeeping = (parts: LoaderParts): LoaderKeeping => {
  const { home, fetchScript, placed, tell } = parts;
  const strangers = new Set<Hash | null>();
  const versions = new Map<Hash, number>(
    LOADER_PINS.map(({ sha256, version }) => [sha256, version]),
  );
  /** What gave this page away. */
  let begunWith: Hash | null = null;
  let seen: Pick<LoaderNote, 'inPlace' | 'coming'> & { readonly isThere: boolean } = {
    ...{ inPlace: null, coming: null, isThere: false },
  };

  const nameOf = ({ scriptURL }: SeenWorker): Hash | null => {
    const { href } = new URL(scriptURL);
    return href.startsWith(home) ? loaderNamed(href.slice(home.length)) : null;
  };

  const look = async (): Promise<SeenWorker | null> => {
    for (const sha256 of await placed.keys().catch(() => [])) {
      versions.set(sha256, (await placed.get(sha256).catch(() => null)) ?? FIRST_LOADER);
    }
    const found = await parts.registration().catch(() => null);
    const { active = null, waiting = null, installing = null } = found ?? {};
    const next = installing ?? waiting;
    const workers = [active, waiting, installing].flatMap((each) => each ?? []);
    for (const name of workers.map(nameOf)) {
      if (name === null || !versions.has(name)) strangers.add(name);
    }
    const inPlace = active === null ? null : nameOf(active);
    seen = { inPlace, coming: next === null ? null : nameOf(next), isThere: active !== null };
    return next ?? active;
  };

  /** A name says what lies there; under any other there is nothing to compare it with. */
  const compare = async (worker: SeenWorker): Promise<void> => {
    const name = nameOf(worker);
    if (name === null) return;
    const script = await fetchScript(`${home}${loaderPath(name)}${STAGING_QUERY}${name}`);
    if (script !== null && script.sha256 !== name) strangers.add(script.sha256);
  };

  const check = async (): Promise<void> => {
    const newest = await look();
    if (newest !== null) await compare(newest);
    tell();
  };

  const place: LoaderKeeping['place'] = async ({ version, sha256 }) => {
    const newest = await look();
    if (newest === null) return err({ kind: 'no-loader' });
    const path = loaderPath(sha256);
    if (nameOf(newest) === sha256) return ok(undefined);
    const script = await fetchScript(`${home}${path}${STAGING_QUERY}${sha256}`);
    if (script === null) return err({ kind: 'unreachable', path });
    if (script.sha256 !== sha256) return err({ kind: 'mismatch', path });
    await placed.put(sha256, version);
    await parts.register(path);
    await check();
    return ok(undefined);
  };

  return {
    note: () => {
      const { inPlace, coming, isThere } = seen;
      const version = inPlace === null ? undefined : versions.get(inPlace);
      const none = isThere ? FIRST_LOADER : LOADER_PIN.version;
      return { version: version ?? none, inPlace, coming, strangers: [...strangers] };
    },
    path: async () => {
      const newest = await look();
      begunWith = seen.inPlace;
      return newest === null ? loaderPath(LOADER_PIN.sha256) : newest.scriptURL.slice(home.length);
    },
    check,
    changed: async (worker, how) => {
      await look();
      const before = how === 'waits' ? seen.inPlace : begunWith;
      if (worker !== undefined && nameOf(worker) === before) strangers.add(null);
      await check();
    },
    place,
    placeOwn: async () => {
      await look();
      const { inPlace, isThere } = seen;
      const version = inPlace === null ? 0 : versions.get(inPlace);
      // One that this code does not know may be newer: it stays.
      if (isThere && version !== undefined && version < LOADER_PIN.version) await place(LOADER_PIN);
    },
  };
};
