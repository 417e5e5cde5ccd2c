import type { BlobId } from '../../core/base/brands.js';
import { encodeIndex, isChunkHash } from '../../core/blobs/blob-index.js';
import type { BlobMessage } from '../../core/links/messages.js';
import type { Cipher } from '../../ports/cipher.js';
import type { BlobShelf } from './blob-shelf.js';
import { type Giving, createGiving } from './giving.js';

type Asked = Extract<BlobMessage, { readonly kind: 'wantIndex' | 'wantChunk' }>;

/** Giving out files that lie on the shelf; `lost`: some of one had gone bad there. */
export const createBlobGiving = (
  shelf: BlobShelf,
  cipher: Pick<Cipher, 'digest'>,
  lost: () => void,
): Giving<Asked> => {
  /** Checked once more: whoever gives out what went bad on a disk would be taken for a liar. */
  const soundChunk = async (blob: BlobId, chunk: number): Promise<Uint8Array | null> => {
    const { index, chunks } = shelf.of(blob);
    if (index === null || !chunks.has(chunk)) return null;
    const bytes = await shelf.chunk(blob, chunk);
    if (bytes !== null && isChunkHash(index, chunk, await cipher.digest(bytes))) return bytes;
    await shelf.dropChunk(blob, chunk);
    lost();
    return null;
  };

  return createGiving(async (_link, want): Promise<BlobMessage> => {
    const { blob } = want;
    if (want.kind === 'wantIndex') {
      const { index } = shelf.of(blob);
      return { kind: 'blobIndex', blob, index: index === null ? null : encodeIndex(index) };
    }
    const { chunk } = want;
    return { kind: 'blobChunk', blob, chunk, bytes: await soundChunk(blob, chunk) };
  });
};
