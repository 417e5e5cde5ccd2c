import { FOLD_VERSION } from '../journal/fold-version.js';

/** What this code is, as its manifest says it (rules U1 and U2). */
export const THIS_BUILD = {
  package: 'upkeep',
  version: '0.1.0',
  /** What it speaks with other devices, sorted. */
  protocols: ['records/2', 'upkeep/1'],
  /** The highest fold version that it implements. */
  fold: FOLD_VERSION,
  /** The least version of the loader that can run it. */
  loader: 1,
} as const;
