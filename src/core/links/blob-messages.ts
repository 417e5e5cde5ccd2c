import type { BlobId } from '../base/brands.js';
import { LIMITS } from '../base/limits.js';
import { compareBy, compareText } from '../base/ordering.js';
import { bytes, hex32, integer, nullable, oneOf, where, type Shape } from '../base/shape.js';
import { list, row, setOf } from '../base/shape-groups.js';

/** Chunks from `from` on, `count` of them. */
export interface HeldRange {
  readonly from: number;
  readonly count: number;
}

/** What of one blob its sender has; no ranges: nothing any more. */
export interface HeldBlob {
  readonly blob: BlobId;
  readonly ranges: readonly HeldRange[];
}

/** What of blobs is on the sender's disk: all that there is, or only what changed since. */
export interface BlobHaveMessage {
  readonly kind: 'blobHave';
  readonly scope: 'all' | 'more';
  readonly blobs: readonly HeldBlob[];
}

/** Asks for the index of a blob. */
export interface WantIndexMessage {
  readonly kind: 'wantIndex';
  readonly blob: BlobId;
}

/** The index of a blob; null: it is not here. */
export interface BlobIndexMessage {
  readonly kind: 'blobIndex';
  readonly blob: BlobId;
  readonly index: Uint8Array | null;
}

/** Asks for one chunk of a blob. */
export interface WantChunkMessage {
  readonly kind: 'wantChunk';
  readonly blob: BlobId;
  readonly chunk: number;
}

/** One encrypted chunk of a blob; null: it is not here. */
export interface BlobChunkMessage {
  readonly kind: 'blobChunk';
  readonly blob: BlobId;
  readonly chunk: number;
  readonly bytes: Uint8Array | null;
}

/** What moves files between devices (rule N7). */
export type BlobMessage =
  BlobHaveMessage | WantIndexMessage | BlobIndexMessage | WantChunkMessage | BlobChunkMessage;

const CHUNKS_MAX = Math.ceil(LIMITS.blobBytesMax / LIMITS.blobChunkBytes);
/** A message that says what is held names so many blobs at most. */
export const HAVE_BLOBS_MAX = 500;
const INDEX_BYTES_MAX = CHUNKS_MAX * 32 + 16;
const TAG_BYTES = 16;

const blob = hex32<BlobId>();
const chunk = integer(0, CHUNKS_MAX - 1);

/** In order, none empty, none touching the next: one form for one set. */
const ranges = where(
  list(row<HeldRange>({ from: chunk, count: integer(1, CHUNKS_MAX) }), CHUNKS_MAX),
  (all) =>
    all.every(({ from, count }, at) => {
      const before = all[at - 1];
      const isApart = before === undefined || from > before.from + before.count;
      return isApart && from + count <= CHUNKS_MAX;
    }),
);

type Shapes<M extends BlobMessage> = {
  readonly [K in Exclude<keyof M, 'kind'>]-?: Shape<M[K]>;
};

/** The bodies of these messages. */
export const BLOB_SHAPES: {
  readonly blobHave: Shapes<BlobHaveMessage>;
  readonly wantIndex: Shapes<WantIndexMessage>;
  readonly blobIndex: Shapes<BlobIndexMessage>;
  readonly wantChunk: Shapes<WantChunkMessage>;
  readonly blobChunk: Shapes<BlobChunkMessage>;
} = {
  blobHave: {
    scope: oneOf('all', 'more'),
    blobs: setOf(
      row<HeldBlob>({ blob, ranges }),
      compareBy((held: HeldBlob) => held.blob, compareText),
      HAVE_BLOBS_MAX,
    ),
  },
  wantIndex: { blob },
  blobIndex: { blob, index: nullable(bytes(1, INDEX_BYTES_MAX)) },
  wantChunk: { blob, chunk },
  blobChunk: {
    blob,
    chunk,
    bytes: nullable(bytes(TAG_BYTES, LIMITS.blobChunkBytes + TAG_BYTES)),
  },
};
