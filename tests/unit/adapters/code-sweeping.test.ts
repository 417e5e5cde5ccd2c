import { afterEach, describe, expect, test, vi } from 'vitest';
import { sweepCode, useBundle } from '../../../src/adapters/bundles/code-sweeping.js';
import type { Hash } from '../../../src/core/base/brands.js';
import { NO_BUNDLES, type Slot } from '../../../src/core/upgrades/slots.js';
import { hashNamed } from '../upgrades/sample-bundle.js';

/** Locks of one origin: what is asked for is had, unless it is taken and may not be waited for. */
const stubLocks = (): Set<string> => {
  const held = new Set<string>();
  vi.stubGlobal('navigator', {
    locks: {
      query: async () => ({ held: [...held].map((name) => ({ name })) }),
      request: async (
        name: string,
        options: { readonly mode?: string; readonly ifAvailable?: boolean },
        work: (lock: object | null) => Promise<unknown>,
      ) => {
        if (options.ifAvailable === true && held.has(name)) return work(null);
        held.add(name);
        return work({}).finally(() => held.delete(name));
      },
    },
  });
  return held;
};
afterEach(() => vi.unstubAllGlobals());

const slotOf = (manifest: Hash) => ({ manifest, stage: 'good' }) as Slot;
const NAMES = ['active', 'idle', 'open', 'closed'] as const;
const manifestOf = (name: string): Hash => hashNamed(`manifest ${name}`);

/** Four bundles, each with a file of its own and one that all of them have. */
const bench = () => {
  const files = (name: string) =>
    [`own ${name}`, 'common'].map((path) => ({ path, bytes: 1, sha256: hashNamed(path) }));
  const lists = new Map(NAMES.map((name) => [manifestOf(name), files(name)]));
  const kept = new Set([...lists.values()].flat().map(({ sha256 }) => sha256));
  kept.add(hashNamed('of none'));
  const sweep = (): Promise<boolean> =>
    sweepCode(
      {
        read: async () => ({
          ...NO_BUNDLES,
          ...{ active: 'a', a: slotOf(manifestOf('active')), b: slotOf(manifestOf('idle')) },
        }),
        lists: {
          get: async (manifest) => lists.get(manifest) ?? null,
          keys: async () => [...lists.keys()],
          put: async () => undefined,
          drop: async (manifest) => void lists.delete(manifest),
        },
      },
      { hashes: async () => kept, drop: async (sha256) => void kept.delete(sha256) },
    );
  return { lists, kept, sweep };
};

describe('files of bundles', () => {
  test('[U6] go when neither a slot nor an open page names them, and not before', async () => {
    stubLocks();
    const { lists, kept, sweep } = bench();
    useBundle(manifestOf('open'));
    expect(await sweep()).toBe(true);
    expect([...lists.keys()]).toEqual(['active', 'idle', 'open'].map(manifestOf));
    const left = ['own active', 'common', 'own idle', 'own open'].map(hashNamed);
    expect([...kept].sort()).toEqual(left.sort());
  });

  test('[U6] stay while somebody stages', async () => {
    const held = stubLocks();
    const { lists, kept, sweep } = bench();
    held.add('upkeep.code');
    expect(await sweep()).toBe(false);
    expect([lists.size, kept.size]).toEqual([4, 6]);
  });
});
