import type { BlobId } from '../../../core/base/brands.js';
import type { Replica } from '../../../replica/commands.js';
import { pictureUrl } from './hand-out.js';

/** One picture is opened at a time, so that memory holds the bytes of one. */
let line: Promise<unknown> = Promise.resolve();

/** A picture of an attached file, once its bytes are read and found to be one. */
export interface Picture {
  /** An address of this page alone; null while it is read, and where there is none to draw. */
  readonly url: string | null;
  /** It begins like a picture and cannot be drawn all the same. */
  readonly spoil: () => void;
}

/**
 * Reads and draws the picture that `wanted` names, anew whenever that changes; null: none.
 *
 * Call it while a component is made; the address is let go of with it.
 */
export const createPicture = (replica: Replica, wanted: () => BlobId | null): Picture => {
  let url = $state<string | null>(null);
  $effect(() => {
    const blob = wanted();
    let isGone = false;
    let made: string | null = null;
    const draw = async (blob: BlobId): Promise<void> => {
      if (isGone) return;
      const read = await replica.files.read(blob);
      if (isGone || !read.ok) return;
      made = pictureUrl(read.value);
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
