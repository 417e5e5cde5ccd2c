import { describe, expect, test } from 'vitest';
import {
  type SeenRegistration,
  createLoaderKeeping,
} from '../../../src/adapters/bundles/loader-keeping.js';
import type { Hash } from '../../../src/core/base/brands.js';
import { LOADER_PIN, loaderPath } from '../../../src/core/upgrades/loader-pin.js';
import { hashNamed } from '../upgrades/sample-bundle.js';

const HOME = 'https://host.example/app/';
const OWN = LOADER_PIN.sha256;
const NEXT = { version: LOADER_PIN.version + 1, sha256: hashNamed('the next loader') };
const STRANGE = hashNamed('a stranger');

const workerAt = (sha256: Hash | 'unnamed') => ({
  scriptURL: `${HOME}${sha256 === 'unnamed' ? 'sw.js' : loaderPath(sha256)}`,
});

/** A browser and a host; what is registered waits, as while pages are open. */
const bench = (first: Hash | 'unnamed' | null, versions: Record<string, number> = {}) => {
  let registered: SeenRegistration | null = null;
  if (first !== null) registered = { active: workerAt(first), waiting: null, installing: null };
  const scripts = new Map<string, Hash | null>();
  const placed = new Map(Object.entries(versions)) as Map<Hash, number>;
  const asked: string[] = [];
  const keeping = createLoaderKeeping({
    home: HOME,
    registration: async () => registered,
    register: async (path) => {
      const waiting = { scriptURL: HOME + path };
      registered = { active: null, installing: null, ...registered, waiting };
    },
    fetchScript: async (url) => {
      asked.push(url);
      const path = url.slice(HOME.length).split('?', 1)[0] ?? '';
      const sha256 = scripts.get(path);
      return sha256 === undefined ? null : { sha256 };
    },
    placed: {
      keys: async () => [...placed.keys()],
      get: async (sha256) => placed.get(sha256) ?? null,
      put: async (sha256, version) => void placed.set(sha256, version),
    },
    tell: () => undefined,
  });
  return {
    ...{ keeping, asked, placed },
    gives: (sha256: Hash, what: Hash | null) => void scripts.set(loaderPath(sha256), what),
    restarted: () => {
      if (registered?.waiting)
        registered = { ...registered, active: registered.waiting, waiting: null };
    },
  };
};

describe('the loader of a device', () => {
  test('[U13] is at first the one that the page is pinned to, and stays what is registered', async () => {
    expect(await bench(null).keeping.path()).toBe(loaderPath(OWN));
    expect(await bench(NEXT.sha256).keeping.path()).toBe(loaderPath(NEXT.sha256));
    const { keeping } = bench(OWN);
    await keeping.check();
    expect(keeping.note()).toEqual({
      ...{ version: LOADER_PIN.version, inPlace: OWN, coming: null, strangers: [] },
    });
  });

  test('[U13] is replaced by the script that hashes to what was agreed, and by nothing else', async () => {
    const { keeping, gives, placed, restarted } = bench(OWN);
    const path = loaderPath(NEXT.sha256);
    expect(await keeping.place(NEXT)).toEqual({ ok: false, error: { kind: 'unreachable', path } });
    for (const other of [STRANGE, null]) {
      gives(NEXT.sha256, other);
      expect(await keeping.place(NEXT)).toEqual({ ok: false, error: { kind: 'mismatch', path } });
    }
    expect([keeping.note().coming, placed.size]).toEqual([null, 0]);
    gives(NEXT.sha256, NEXT.sha256);
    expect((await keeping.place(NEXT)).ok).toBe(true);
    expect(keeping.note()).toMatchObject({ inPlace: OWN, coming: NEXT.sha256, version: 1 });
    restarted();
    await keeping.check();
    expect(keeping.note()).toMatchObject({ ...{ inPlace: NEXT.sha256, coming: null }, ...NEXT_IS });
    expect(keeping.note().strangers).toEqual([]);
  });

  test('[U13] that this device put in place is none that older code takes for a stranger', async () => {
    const { keeping } = bench(NEXT.sha256, { [NEXT.sha256]: NEXT.version });
    await keeping.check();
    expect(keeping.note()).toMatchObject({ ...NEXT_IS, strangers: [] });
    await keeping.placeOwn();
    expect(keeping.note().coming).toBeNull();
  });

  test('[U6] with another name, or other bytes under its name, is a stranger', async () => {
    const named = bench(STRANGE);
    await named.keeping.check();
    expect(named.keeping.note()).toMatchObject({ strangers: [STRANGE], version: 1 });
    const unnamed = bench('unnamed');
    await unnamed.keeping.check();
    expect(unnamed.keeping.note().strangers).toEqual([null]);
    const { keeping, gives } = bench(OWN);
    gives(OWN, OWN);
    await keeping.check();
    gives(OWN, STRANGE);
    await keeping.check();
    gives(OWN, null);
    await keeping.check();
    gives(OWN, OWN);
    await keeping.check();
    expect(keeping.note().strangers).toEqual([STRANGE, null]);
  });

  test('[U6] that the browser replaced under one name is a stranger, whatever the host says', async () => {
    const { keeping, gives } = bench(OWN);
    await keeping.path();
    gives(OWN, OWN);
    await keeping.changed(workerAt(OWN), 'waits');
    expect(keeping.note().strangers).toEqual([null]);
    const other = bench(OWN, { [NEXT.sha256]: NEXT.version });
    await other.keeping.path();
    await other.keeping.changed(workerAt(NEXT.sha256), 'took-over');
    expect(other.keeping.note().strangers).toEqual([]);
    await other.keeping.changed(workerAt(OWN), 'took-over');
    expect(other.keeping.note().strangers).toEqual([null]);
  });

  test('[U13] of an older build gives way to that of the build a person moved to', async () => {
    const { keeping, gives } = bench('unnamed');
    gives(OWN, OWN);
    await keeping.placeOwn();
    expect(keeping.note().coming).toBe(OWN);
    const none = bench(null);
    await none.keeping.placeOwn();
    expect(none.keeping.note().coming).toBeNull();
    expect(await none.keeping.place(NEXT)).toMatchObject({ error: { kind: 'no-loader' } });
  });
});

const NEXT_IS = { version: NEXT.version };
