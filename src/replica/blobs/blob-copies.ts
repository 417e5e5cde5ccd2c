import type { BlobId, DeviceId } from '../../core/base/brands.js';
import { seqIn } from '../../core/journal/frontier.js';
import type { CommandError } from '../command-error.js';
import type { Holdings } from '../journal/holdings.js';
import { authorOf } from './blob-listing.js';
import type { BlobNames } from './blob-names.js';

/** Who else keeps files (rules S5 and S11). */
export interface Keepers {
  /** Members that are connected and said that they have all of it. */
  readonly holdersOf: (blob: BlobId) => readonly DeviceId[];
  /** Members that are durable by their own last word. */
  readonly durable: () => ReadonlySet<DeviceId>;
  /** So many of them are enough, by policy. */
  readonly durableHolders: number;
}

/**
 * Why a copy stays here though a person would let go of it; null: it may go (rule S5).
 *
 * What others have is their own word, and a browser may take away what it never promised to keep:
 * the word of a durable one is asked for. Whoever attached it keeps it besides until a snapshot
 * covers that, and until as many durable ones have it as policy asks for.
 */
export const whyKept = (
  holdings: Holdings,
  names: BlobNames,
  blob: BlobId,
  { holdersOf, durable, durableHolders }: Keepers,
): CommandError | null => {
  const own = (names.byBlob(holdings).get(blob)?.namings ?? []).filter(
    ({ session }) => authorOf(holdings, session) === holdings.me,
  );
  const { frontier } = holdings.base().state;
  const isUncovered = own.some(({ session, seq }) => seq > seqIn(frontier, session));
  const need = own.length > 0 ? Math.max(1, durableHolders) : 1;
  const safe = durable();
  const have = holdersOf(blob).filter((each) => each !== holdings.me && safe.has(each)).length;
  return have < need || isUncovered ? { kind: 'only-copy', have, need, isUncovered } : null;
};
