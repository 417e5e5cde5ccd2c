import type { BlobId } from '../../core/base/brands.js';
import { wrapMark } from '../../core/journal/file-fields.js';
import type { Register } from '../../core/journal/state.js';
import type { Context } from '../context.js';
import type { BlobKeys } from './blob-keys.js';
import type { BlobShelf } from './blob-shelf.js';
import type { Tried } from './key-trial.js';

/**
 * Tells keys that open a file from others: any member may say a wrapped key, the account keeps what
 * was said last, and without its key nobody reads a file any more.
 */
export interface TrueKeys {
  /** Looks at what was said of these blobs since the last look. */
  readonly look: (blobs: Iterable<BlobId>) => Promise<void>;
  /** Those of these for which the account names a key that is not theirs. */
  readonly spoilt: (blobs: Iterable<BlobId>) => readonly BlobId[];
  /** The key of a blob, as far as this device can tell; null where it can open none. */
  readonly keyOf: (blob: BlobId) => Promise<Uint8Array | null>;
}

interface Finding extends Tried {
  /** What the account said when it was looked at. */
  readonly said: Register | undefined;
}

export const createTrueKeys = (context: Context, keys: BlobKeys, shelf: BlobShelf): TrueKeys => {
  const findings = new Map<BlobId, Finding>();
  const saidOf = (blob: BlobId): Register | undefined =>
    context.holdings?.fold().state().marks.get(wrapMark(blob));

  const isLooked = (blob: BlobId): boolean => {
    const found = findings.get(blob);
    if (found === undefined || found.said !== saidOf(blob)) return false;
    return !found.isOpen || shelf.of(blob).chunks.size === 0;
  };

  /** Another key than the account says, if that is known of what it says now. */
  const truthOf = (blob: BlobId): Uint8Array | null => {
    const found = findings.get(blob);
    return found?.said === saidOf(blob) ? (found?.truth ?? null) : null;
  };

  return {
    look: async (blobs) => {
      const unseen = [...blobs].filter((blob) => !isLooked(blob));
      // It comes with the first file; where it did not, it is asked for again.
      const part = unseen.length === 0 ? null : await import('./key-trial.js').catch(() => null);
      if (part === null) return;
      const said = new Map(unseen.map((blob) => [blob, saidOf(blob)]));
      const tried = await part.tryKeys(context, keys, shelf, unseen);
      for (const [blob, each] of tried) findings.set(blob, { ...each, said: said.get(blob) });
    },
    spoilt: (blobs) => [...blobs].filter((blob) => truthOf(blob) !== null),
    keyOf: async (blob) => truthOf(blob) ?? keys.keyOf(blob),
  };
};
