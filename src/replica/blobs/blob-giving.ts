import { encodeIndex } from '../../core/blobs/blob-index.js';
import type { BlobMessage } from '../../core/links/messages.js';
import type { BlobShelf } from './blob-shelf.js';
import { type Giving, createGiving } from './giving.js';

type Asked = Extract<BlobMessage, { readonly kind: 'wantIndex' | 'wantChunk' }>;

/** Giving out files that lie on the shelf. */
export const createBlobGiving = (shelf: BlobShelf): Giving<Asked> =>
  createGiving(async (_link, want): Promise<BlobMessage> => {
    const { blob } = want;
    if (want.kind === 'wantIndex') {
      const { index } = shelf.of(blob);
      return { kind: 'blobIndex', blob, index: index === null ? null : encodeIndex(index) };
    }
    const { chunk } = want;
    const bytes = shelf.of(blob).chunks.has(chunk) ? await shelf.chunk(blob, chunk) : null;
    return { kind: 'blobChunk', blob, chunk, bytes };
  });
