import { err } from '../../core/base/result.js';
import type { CacheCommands } from './cache-commands.js';

/** The cache of a device that opened nothing: it holds no value, so each is worked out. */
export const NO_CACHE: CacheCommands = {
  invalidate: async () => err({ kind: 'busy' }),
  isValid: () => false,
  get: async () => undefined,
  fetchFresh: async (_key, compute) => compute(),
  fetchShared: async (_key, { compute }) => (await compute?.()) ?? null,
  set: async () => undefined,
  drop: async () => 0,
  figures: () => ({
    ...{
      values: 0,
      bytes: 0,
      bytesMax: 0,
      foreign: 0,
      classes: [],
      waiting: 0,
      mayInvalidate: false,
    },
  }),
};

/** What passes everything on to the cache of a replica that is yet to be opened. */
export const passedOn = (
  cache: () => CacheCommands,
  invalidate: CacheCommands['invalidate'],
): CacheCommands => ({
  invalidate,
  isValid: (...said) => cache().isValid(...said),
  get: (key) => cache().get(key),
  fetchFresh: (...said) => cache().fetchFresh(...said),
  fetchShared: (...said) => cache().fetchShared(...said),
  set: (...said) => cache().set(...said),
  drop: (...said) => cache().drop(...said),
  figures: () => cache().figures(),
});
