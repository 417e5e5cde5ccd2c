import type { Context } from '../context.js';
import type { PairingParts, PairingSides } from './pairing-sides.js';

/**
 * Pairing, whose code is fetched when somebody first asks for it: an account that stands goes for
 * years without.
 */
export interface Pairing {
  /** Null where its code did not come; asking again tries again. */
  readonly fetch: () => Promise<PairingSides | null>;
  /** Null until it was fetched: then nothing of it is under way. */
  readonly sides: () => PairingSides | null;
}

export const createPairing = (context: Context, parts: PairingParts): Pairing => {
  let sides: PairingSides | null = null;
  return {
    fetch: async () => {
      const code = await import('./pairing-sides.js').catch(() => null);
      if (code !== null) sides ??= code.createPairingSides(context, parts);
      return sides;
    },
    sides: () => sides,
  };
};
