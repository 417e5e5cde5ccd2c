import type { Hash } from '../core/base/brands.js';

/**
 * What a version does to a device that it does not suit: nothing is written any more, no signature
 * is found good, or the same journal comes to another digest.
 */
export type Ailment = 'writes' | 'verifies' | 'digests';

/** What is wrong on one device; the simulation's own knowledge, which no replica is asked for. */
export interface Ailments {
  /** Whatever code runs, no room is left by what the browser says. */
  isFull: boolean;
  /** By the content of a version: what it does here. */
  readonly byContent: Map<Hash, Ailment>;
}

export const noAilments = (): Ailments => ({ isFull: false, byContent: new Map() });

/** The check that sees each of them (rule H1). */
export const CHECK_OF = { writes: 'store', verifies: 'crypto', digests: 'digest' } as const;
