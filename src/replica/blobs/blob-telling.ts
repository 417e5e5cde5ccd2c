import type { BlobId } from '../../core/base/brands.js';
import { compareText } from '../../core/base/ordering.js';
import { rangesOf } from '../../core/blobs/chunk-ranges.js';
import { HAVE_BLOBS_MAX } from '../../core/links/blob-messages.js';
import type { BlobHaveMessage } from '../../core/links/messages.js';
import type { Cancel } from '../../ports/clock.js';
import type { BlobShelf } from './blob-shelf.js';
import type { Context } from '../context.js';
import { type Link, isOpenMember, sendOn } from '../links/link.js';

/** Telling peers what of blobs is here: all of it at first, then what changed. */
export interface BlobTelling {
  /** Tells those who were told nothing yet. */
  readonly greet: () => void;
  readonly changed: (blob: BlobId) => void;
  readonly close: () => void;
}

/** What came is told to others and shown so often. */
const TELL_MS = 500;

export const createBlobTelling = (
  context: Context,
  shelf: BlobShelf,
  links: () => readonly Link[],
): BlobTelling => {
  const told = new WeakSet<Link>();
  const untold = new Set<BlobId>();
  let telling: Cancel | null = null;
  let isClosed = false;

  const messages = (
    scope: BlobHaveMessage['scope'],
    blobs: readonly BlobId[],
  ): readonly BlobHaveMessage[] => {
    const all: BlobHaveMessage[] = [];
    for (let at = 0; at < blobs.length; at += HAVE_BLOBS_MAX) {
      const held = blobs
        .slice(at, at + HAVE_BLOBS_MAX)
        .map((blob) => ({ blob, ranges: rangesOf(shelf.of(blob).chunks) }));
      all.push({ kind: 'blobHave', scope: at === 0 ? scope : 'more', blobs: held });
    }
    return all;
  };

  const members = (): readonly Link[] => links().filter(isOpenMember);

  const greet = (): void => {
    for (const link of members()) {
      if (told.has(link)) continue;
      told.add(link);
      const all = messages('all', [...shelf.blobs()].sort(compareText));
      for (const message of all) sendOn(link, message);
    }
  };

  const tellChanges = (): void => {
    const changes = messages('more', [...untold].sort(compareText));
    untold.clear();
    for (const link of members()) {
      if (!told.has(link)) continue;
      for (const message of changes) sendOn(link, message);
    }
    greet();
  };

  return {
    greet,
    changed: (blob) => {
      untold.add(blob);
      if (isClosed) return;
      telling ??= context.ports.clock.after(TELL_MS, () => {
        telling = null;
        context.run(async () => {
          tellChanges();
          context.changed();
        });
      });
    },
    close: () => {
      isClosed = true;
      telling?.();
    },
  };
};
