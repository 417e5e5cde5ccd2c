import type { BlobId } from '../../../core/base/brands.js';
import type { Replica } from '../../../replica/commands.js';
import { pictureUrl } from './hand-out.js';
import type { Picture } from './picture.svelte.js';
import { makeThumbnail } from './thumbnail.js';

/** One picture is opened at a time, so that memory holds the bytes of one. */
let line: Promise<unknown> = Promise.resolve();

/** What a small picture is kept by; the class of these keys is `thumb`. */
const keyOf = (blob: BlobId): string => `thumb:${blob}`;

/** The small picture of a file that is here: kept across restarts, made where there is none. */
const smallPicture = (replica: Replica, blob: BlobId): Promise<Uint8Array> =>
  replica.cache.fetchFresh(
    keyOf(blob),
    async () => {
      const read = await replica.files.read(blob);
      if (!read.ok) throw new Error(`the file cannot be read: ${read.error.kind}`);
      return makeThumbnail(read.value);
    },
    { isKept: true },
  );

/**
 * Draws the small picture of the file that `wanted` names, anew whenever that changes; null: none.
 *
 * Call it while a component is made; the address is let go of with it.
 */
export const createThumbnail = (replica: Replica, wanted: () => BlobId | null): Picture => {
  let url = $state<string | null>(null);
  $effect(() => {
    const blob = wanted();
    let isGone = false;
    let made: string | null = null;
    const draw = async (blob: BlobId): Promise<void> => {
      if (isGone) return;
      const small = await smallPicture(replica, blob);
      if (isGone) return;
      made = pictureUrl(small);
      url = made;
    };
    if (blob !== null) line = line.then(() => draw(blob)).catch(() => undefined);
    return () => {
      isGone = true;
      if (made !== null) URL.revokeObjectURL(made);
      url = null;
    };
  });
  return {
    get url() {
      return url;
    },
    spoil: () => (url = null),
  };
};
