import type { BlobId } from '../../../core/base/brands.js';
import type { Replica } from '../../../replica/commands.js';
import { pictureUrl } from './hand-out.js';
import type { Picture } from './picture.svelte.js';
import { isSamePicture, isThumbnail, makeThumbnail } from './thumbnail.js';

/** One picture is opened at a time, so that memory holds the bytes of one. */
let line: Promise<unknown> = Promise.resolve();

/** What a small picture is kept by; the class of these keys is `thumb`. */
const keyOf = (blob: BlobId): string => `thumb:${blob}`;

/** A file, and whether all of it is on this device. */
export interface WantedPicture {
  readonly blob: BlobId;
  readonly isHere: boolean;
}

/**
 * The small picture of a file: kept across restarts, made where the file is here and there is none;
 * where it is not here, another device's, until this one can make its own and compare.
 */
const smallPicture = (
  replica: Replica,
  { blob, isHere }: WantedPicture,
): Promise<Uint8Array | null> => {
  const make = async (): Promise<Uint8Array> => {
    const read = await replica.files.read(blob);
    if (!read.ok) throw new Error(`the file cannot be read: ${read.error.kind}`);
    return makeThumbnail(read.value);
  };
  return replica.cache.fetchShared(keyOf(blob), {
    compute: isHere ? make : null,
    isSound: isThumbnail,
    isSame: isSamePicture,
  });
};

/**
 * Draws the small picture of the file that `wanted` names, anew whenever that changes; null: none.
 *
 * Call it while a component is made; the address is let go of with it.
 */
export const createThumbnail = (replica: Replica, wanted: () => WantedPicture | null): Picture => {
  let url = $state<string | null>(null);
  $effect(() => {
    const picture = wanted();
    let isGone = false;
    let made: string | null = null;
    const draw = async (picture: WantedPicture): Promise<void> => {
      if (isGone) return;
      const small = await smallPicture(replica, picture);
      if (isGone || small === null) return;
      made = pictureUrl(small);
      url = made;
    };
    // Asking others takes no memory, and may take its time.
    if (picture?.isHere === true) line = line.then(() => draw(picture)).catch(() => undefined);
    else if (picture !== null) draw(picture).catch(() => undefined);
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
